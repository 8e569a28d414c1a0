"""Rearing: what a checked config asks of the training room, as plain values and functions."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from lab.config.build import build
from lab.config.train import Train
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.individual import Individual
from lab.records.environment import installed
from lab.records.identity import flat
from lab.training import ranks
from lab.training.cost import flops_per_character
from lab.training.learner import Averaging
from lab.training.lesson import Lesson, lesson
from lab.training.loop import Plan
from lab.training.milestones import Rearing
from lab.training.precision import Arithmetic, choose

GUESSED_RATE = 1e11  # operations a second, where only minutes say how long a run will be


def find_parent(config: Train) -> Individual | None:
    """The finished individual to start from; one line tells how to get it where there is none."""
    if config.parent is None:
        return None
    try:
        found = individual.find(config.parent, Path(config.root), complain)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{error}: rear it first, python -m lab.train +exp={config.parent}"
        ) from None
    folder = found.path.parent.parent
    if (folder / "config.yaml").exists() and not (folder / "result.json").exists():
        raise ValueError(f"{folder} is not finished: let it end before its child starts")
    return found


def complain(text: str) -> None:
    """Show what is wrong with a parent's checkpoints."""
    if ranks.index() == 0:
        print(f"lab: {text}", file=sys.stderr)


def study(config: Train, parent: Individual | None) -> Lesson:
    """Read the corpus and make a lesson of it."""
    vocabulary = Vocabulary.from_dict(parent.birth["vocabulary"]) if parent else None
    frame = build(config.framing) if config.framing else None
    return lesson(build(config.corpus), frame, config.training.context, vocabulary)


def shape(config: Train, taught: Lesson, parent: Individual | None) -> Architecture:
    """The parent's architecture, or the one the config describes."""
    if parent:
        return parent.genotype.architecture
    return Architecture(vocab_size=len(taught.vocabulary), **asdict(config.model))


def framing(config: Train) -> str | None:
    """conditional, unconditional, or None for running text."""
    return config.framing["_target_"].rsplit(".", 1)[-1] if config.framing else None


def settle(config: Train, architecture: Architecture) -> Arithmetic:
    """The arithmetic of this run, on this machine."""
    work = operations(config, architecture)
    return choose(config.device, config.precision, config.compile, config.attention, work)


def operations(config: Train, architecture: Architecture) -> float:
    """What the run needs, by the first budget that is set."""
    training = config.training
    each = flops_per_character(architecture, training.context)
    if training.steps:
        return each * training.steps * training.batch * training.context
    return (
        each * training.tokens if training.tokens else 60 * (training.minutes or 0.0) * GUESSED_RATE
    )


def rearing(config: Train, arithmetic: Arithmetic, parent: Individual | None) -> Rearing:
    """The config as the rearing room wants it: plain values and functions."""
    told = asdict(config.training)
    plan = Plan(**{key: told[key] for key in Plan.__dataclass_fields__})
    birth = {
        "name": config.name,
        "framing": framing(config),
        "context": config.training.context,
        "parents": [parent.id] if parent else [],
        "code": installed("model-breeding-lab"),
        "recipe": {"kind": "trained", "config": flat(asdict(config))},
    }
    return Rearing(
        folder=Path(config.root) / str(config.name) / "checkpoint",
        seed=config.seed,
        context=config.training.context,
        batch=config.training.batch,
        plan=plan,
        arithmetic=arithmetic,
        averaging=Averaging(told["ema"], told["average_last"], told["average_every"]),
        make_optimizer=build(config.optimizer),
        schedule=build(config.schedule),
        birth=birth,
        evaluate_windows=config.training.evaluate_windows,
        keep=config.training.keep,
    )
