"""Training workflow: one individual from a config to a finished run."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lab.config.instantiate import instantiate
from lab.config.scales import numbers
from lab.config.schemas.train import Train
from lab.corpora.dataset import Lesson, lesson, spread
from lab.corpora.vocabulary import Vocabulary
from lab.films.accuracy import examine
from lab.films.frame_generator import Projector
from lab.galleries.generate import pieces
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records import Run, environment
from lab.records.config_hash import flat
from lab.records.environment import installed
from lab.terminal.progress import duration
from lab.training import distributed
from lab.training.callbacks import Rearing
from lab.training.fit import rear
from lab.training.flops import flops_per_character, matrix_rate, peak_memory
from lab.training.learner import Averaging, Diverged
from lab.training.loop import Plan
from lab.training.precision import Arithmetic, choose
from lab.training.run_logger import Witness
from lab.training.runtime_estimate import seconds_per_character
from lab.training.signals import Request, caught

JUDGED_AT_ONCE = 1e13  # operations; on a CPU more are `lab.evaluate split=report`'s


def rear_run(config: Train) -> dict[str, Any]:
    """Rear an individual in its run's folder and return its result; done already, only return it.

    Raises SystemExit: 128 + n after signal n, with a checkpoint; 1 where the loss diverges.
    """
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    parent = find_parent(config)
    with caught() as request, distributed.joined(config.device):
        finished = (Path(config.root) / str(config.name) / "result.json").is_file()
        done = finished and not config.again
        taught = None if done else study(config, parent)  # a bad corpus leaves no folder behind
        told = {**asdict(config), "parent_id": parent.id if parent else None}
        folder = Run(config.root, str(config.name), told, config.again, told["tracker"])
        with distributed.first(folder) as run:
            result = run.result if run is not None else None
            if distributed.told(result is not None):
                if run is not None:
                    print(f"lab: {run.folder} is done already", file=sys.stderr)
                return result or {}
            if run is not None and parent is not None:
                run.mirror.used(str(config.parent), parent.id)
            return grow(config, taught or study(config, parent), parent, run, request)


def grow(
    config: Train, taught: Lesson, parent: Individual | None, run: Run | None, request: Request
) -> dict[str, Any]:
    """Train in an open run (None on ranks that do not write), score, and finish the run."""
    architecture = shape(config, taught, parent)
    arithmetic = settle(config, architecture)

    def show(genotype: Genotype) -> list[str]:
        wishes = spread(taught.wishes, config.training.samples)
        if taught.film is not None:
            return list(theatre(config, taught, genotype, arithmetic).frames(wishes))
        length, device = config.training.context, arithmetic.device
        asked = (taught.vocabulary, framing(config), wishes, range(len(wishes)))
        return pieces(genotype, *asked, length=length, device=device)

    witness = Witness(config.name, arithmetic.device, run, show)
    begin(witness, architecture, taught, arithmetic, run)
    what = rearing(config, arithmetic, parent)
    try:
        reared = rear(what, taught, architecture, parent, witness, request)
    except Diverged as error:
        witness.warn(f"stopped: {error}; the last good checkpoint is in {what.folder}")
        raise SystemExit(1) from None
    finally:
        witness.console.close()
    if reared.ended == "signal":
        witness.warn(f"stopped at step {reared.progress.step}; the same command goes on there")
        raise SystemExit(request.exit_code)
    result = {
        "individual": reared.individual.id if reared.individual else None,
        "ended": reared.ended,
        "parameters": architecture.num_parameters,
        "vocabulary": architecture.vocab_size,
        "context": what.context,
        "stride": what.context,
        **reared.progress.to_dict(),
        "operations": reared.progress.tokens * flops_per_character(architecture, what.context),
        "memory": peak_memory(arithmetic.device),
        "corpus": {**taught.about, "left_out": taught.left_out},
        "scores": {name: scores.summary() for name, scores in reared.scores.items()},
    }
    if run is not None and reared.individual is not None:
        result["drawings"] = show(reared.individual.genotype)
        if taught.film is not None:
            alone = theatre(config, taught, reared.individual.genotype, arithmetic)
            reading = (
                len(taught.film)
                * len(taught.film[0])
                * flops_per_character(architecture, what.context)
            )
            fast = arithmetic.device.type != "cpu" or reading < JUDGED_AT_ONCE
            result["freely"] = examine(alone, taught.film, everything=fast)
        run.finish(result)
        run.mirror.produced(run.name, reared.individual.id)
    return result


def theatre(config: Train, taught: Lesson, genotype: Genotype, arithmetic: Arithmetic) -> Projector:
    """Who plays the film that is learned, frame by frame, without help."""
    length, device = config.training.context + 1, arithmetic.device
    drafting = device.type == "cpu"
    return Projector(
        genotype, taught.vocabulary, str(framing(config)), length, device, drafting=drafting
    )


def judged(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What became of a film: names and figures; nothing of another corpus."""
    return list(result.get("freely", {}).items())


def begin(
    witness: Witness,
    architecture: Architecture,
    taught: Lesson,
    arithmetic: Arithmetic,
    run: Run | None,
) -> None:
    """Say what will be reared, and note on what."""
    if run is not None:
        rate = matrix_rate(arithmetic.dtype, arithmetic.device)
        threads = torch.get_num_threads()
        run.note_environment(environment(**arithmetic.to_dict(), threads=threads, rate=rate))
    size, (kind, much) = architecture.num_parameters, taught.amount
    learned = f"{much:,} {kind} of {taught.about['name']} on {arithmetic.device}"
    witness.console.say(f"{witness.console.name}: {size:,} parameters learn {learned}")


def next_scale(config: Train, result: dict[str, Any]) -> str:
    """What the next scale up would take here, by a few real steps of it."""
    if not config.scale.get("next"):
        return ""
    larger = numbers(config.scale["next"], config.kind)
    size = {key: larger[key] for key in ("dim", "depth", "heads", "dim_head")}
    told = {**asdict(config.model), **size, "kv_heads": None, "neurons": None}
    architecture = Architecture(vocab_size=result["vocabulary"], **told)
    arithmetic = choose(config.device, config.precision, False, config.attention, 0)
    each = seconds_per_character(architecture, larger["context"], arithmetic)
    takes = duration(each * larger["steps"] * larger["batch"] * larger["context"])
    name, parameters = config.scale["next"], architecture.num_parameters
    return f"scale={name} ({parameters:,} parameters) would take about {takes} here\n"


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
    if distributed.index() == 0:
        print(f"lab: {text}", file=sys.stderr)


def study(config: Train, parent: Individual | None) -> Lesson:
    """Read the corpus and make a lesson of it."""
    vocabulary = Vocabulary.from_dict(parent.birth["vocabulary"]) if parent else None
    frame = instantiate(config.framing) if config.framing else None
    return lesson(instantiate(config.corpus), frame, config.training.context, vocabulary)


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
        make_optimizer=instantiate(config.optimizer),
        schedule=instantiate(config.schedule),
        birth=birth,
        evaluate_windows=config.training.evaluate_windows,
        keep=config.training.keep,
    )
