"""Training workflow: one individual from a config to a finished run."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lab.config.instantiate import instantiate
from lab.config.schemas.train import TrainConfig, TrainingConfig
from lab.corpora.dataset import build_dataset
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.individual import Individual
from lab.models.individual_id import former_ids
from lab.records import Run
from lab.records.config_hash import flatten_config, split_logging
from lab.records.environment import installed_version
from lab.terminal.safe_output import emit
from lab.training import distributed
from lab.training.callbacks import TrainSpec
from lab.training.flops import flops_per_character
from lab.training.learner import Averaging
from lab.training.loop import TrainPlan
from lab.training.precision import Arithmetic, choose_arithmetic
from lab.training.signals import catch_stop_signals
from lab.workflows.run_ending import make_run_ending
from lab.workflows.run_training import TrainSetup, fit_in_run

ASSUMED_OPERATIONS_PER_SECOND = 1e11  # for a budget in minutes, which names no number of steps


def train_run(config: TrainConfig) -> dict[str, Any]:
    """Train an individual in its run's folder and return its result; a finished run is only read.

    Raises SystemExit: 128 + n after signal n, with a checkpoint; 1 where the loss diverges.
    """
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    with catch_stop_signals() as request, distributed.process_group(config.device):
        # before the folder is made: a bad corpus, device or parent leaves none behind
        setup = None if _is_finished(config) else prepare(config)
        parent = setup.parent if setup else find_parent(config)
        with distributed.enter_on_first_rank(_make_run(config, parent)) as run:
            result = run.result if run is not None else None
            if distributed.broadcast(result is not None):
                if run is not None:
                    emit(f"lab: {run.folder} is done already", file=sys.stderr)
                return result or {}
            if run is not None and parent is not None:
                run.mirror.log_input(str(config.parent), parent.id)
            return fit_in_run(setup or prepare(config), run, request)


def prepare(config: TrainConfig) -> TrainSetup:
    """Read what a config names and resolve what it leaves open; writes nothing.

    The dataset is in the parent's vocabulary and the architecture is the parent's, if there is one.
    ValueError or OSError where the parent, the corpus or the device is not to be had.
    """
    parent = find_parent(config)
    vocabulary = Vocabulary.from_dict(parent.birth["vocabulary"]) if parent else None
    framing = instantiate(config.framing) if config.framing else None
    context = config.training.context
    dataset = build_dataset(instantiate(config.corpus), framing, context, vocabulary)
    architecture = (
        parent.genotype.architecture
        if parent
        else Architecture(vocab_size=len(dataset.vocabulary), **asdict(config.model))
    )
    arithmetic = choose_arithmetic(
        config.device, config.precision, config.compile, config.attention,
        count_training_operations(config.training, architecture), config.kernels,
    )  # fmt: skip
    spec = make_train_spec(config, arithmetic, parent)
    ending = make_run_ending(
        dataset, framing_name(config), context, arithmetic.device, config.training.samples
    )
    return TrainSetup(parent, dataset, architecture, arithmetic, spec, ending)


def find_parent(config: TrainConfig) -> Individual | None:
    """The finished individual that training starts from; None for a founder.

    FileNotFoundError says how to train a missing parent, ValueError names an unfinished one.
    """
    if config.parent is None:
        return None
    try:
        parent = individual.find_individual(config.parent, Path(config.root), _warn_on_first_rank)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{error}: train it first, python -m lab.train +exp={config.parent}"
        ) from None
    folder = parent.path.parent.parent
    if (folder / "config.yaml").exists() and not (folder / "result.json").exists():
        raise ValueError(f"{folder} is not finished: let it end before its child starts")
    return parent


def framing_name(config: Any) -> str | None:
    """The framing function that a config names, e.g. conditional; None for running text."""
    return config.framing["_target_"].rsplit(".", 1)[-1] if config.framing else None


def count_training_operations(training: TrainingConfig, architecture: Architecture) -> float:
    """Floating-point operations of the whole run, by the first budget that is set."""
    each = flops_per_character(architecture, training.context)
    if training.steps:
        return each * training.steps * training.batch * training.context
    if training.tokens:
        return each * training.tokens
    return 60 * (training.minutes or 0.0) * ASSUMED_OPERATIONS_PER_SECOND


def make_train_spec(
    config: TrainConfig, arithmetic: Arithmetic, parent: Individual | None
) -> TrainSpec:
    """The config as `fit` takes it: plain values and functions, and the birth certificate."""
    settings = asdict(config.training)
    plan = TrainPlan(**{key: settings[key] for key in TrainPlan.__dataclass_fields__})
    recipe_config, logging = split_logging(flatten_config(asdict(config)))
    birth = {
        "name": config.name,
        "framing": framing_name(config),
        "context": config.training.context,
        "parents": [parent.id] if parent else [],
        "code": installed_version("model-breeding-lab"),
        "recipe": {"kind": "trained", "config": recipe_config},
        "logging": logging,
        "former_ids": former_ids(*([parent] if parent else [])),
    }
    return TrainSpec(
        folder=Path(config.root) / str(config.name) / "checkpoint",
        seed=config.seed,
        context=config.training.context,
        batch=config.training.batch,
        plan=plan,
        arithmetic=arithmetic,
        averaging=Averaging(settings["ema"], settings["average_last"], settings["average_every"]),
        make_optimizer=instantiate(config.optimizer),
        schedule=instantiate(config.schedule),
        birth=birth,
        evaluate_windows=config.training.evaluate_windows,
        keep=config.training.keep,
    )


def _is_finished(config: TrainConfig) -> bool:
    result = Path(config.root) / str(config.name) / "result.json"
    return result.is_file() and not config.again


def _make_run(config: TrainConfig, parent: Individual | None) -> Run:
    settings = {**asdict(config), "parent_id": parent.id if parent else None}
    return Run(config.root, str(config.name), settings, config.again, settings["tracker"])


def _warn_on_first_rank(text: str) -> None:
    if distributed.rank() == 0:
        emit(f"lab: {text}", file=sys.stderr)
