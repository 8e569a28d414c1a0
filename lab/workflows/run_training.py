"""Training run: a prepared setup, trained and scored in an open run folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from lab.corpora.dataset import Dataset
from lab.corpora.omissions import describe_omissions
from lab.models.architecture import Architecture
from lab.models.individual import Individual
from lab.models.locate import hub_revisions
from lab.records import Run, environment
from lab.terminal.safe_text import escape_to_line
from lab.training.callbacks import TrainSpec
from lab.training.fit import TrainResult, fit
from lab.training.flops import flops_per_character, measure_matmul_rate, peak_memory
from lab.training.learner import Diverged
from lab.training.precision import Arithmetic
from lab.training.signals import StopRequest
from lab.workflows.run_ending import RunEnding
from lab.workflows.run_logger import RunLogger


@dataclass(frozen=True)
class TrainSetup:
    """Everything a training run needs once its config is read; parent is None for a founder."""

    parent: Individual | None
    dataset: Dataset
    architecture: Architecture
    arithmetic: Arithmetic
    spec: TrainSpec
    ending: RunEnding


def fit_in_run(setup: TrainSetup, run: Run | None, request: StopRequest) -> dict[str, Any]:
    """Train in an open run (None on ranks that do not write), score, and finish the run.

    Raises SystemExit: 128 + n after signal n, 1 where the loss diverges; checkpoints stay.
    """
    logger = RunLogger(setup.spec.birth["name"], setup.arithmetic.device, run, setup.ending.draw)
    log_start(setup, logger, run)
    try:
        result = _fit_or_exit(setup, logger, request)
    finally:
        logger.console.close()
    record = make_result_record(setup, result)
    if run is not None and result.individual is not None:
        genotype = result.individual.genotype
        record["drawings"] = setup.ending.draw(genotype)
        if free_running_scores := setup.ending.evaluate(genotype):
            record["freely"] = free_running_scores
        run.finish(record)
        run.mirror.log_output(run.name, result.individual.id)
    return record


def log_start(setup: TrainSetup, logger: RunLogger, run: Run | None) -> None:
    """Print what is trained on what, and record the environment."""
    arithmetic, dataset = setup.arithmetic, setup.dataset
    if run is not None:
        rate = measure_matmul_rate(arithmetic.dtype, arithmetic.device)
        threads = torch.get_num_threads()
        from_hub = hub_revisions({"parent": setup.parent.path} if setup.parent else {})
        run.note_environment(
            environment(**arithmetic.to_dict(), threads=threads, rate=rate, **from_hub)
        )
    size, (kind, amount) = setup.architecture.num_parameters, dataset.training_size
    description = f"{amount:,} {kind} of {dataset.provenance['name']} on {arithmetic.device}"
    logger.console.print_line(f"{logger.console.name}: {size:,} parameters learn {description}")
    for line in describe_omissions(dataset, setup.spec.context):
        logger.console.print_line(f"{logger.console.name}: {escape_to_line(line)}")


def _fit_or_exit(setup: TrainSetup, logger: RunLogger, request: StopRequest) -> TrainResult:
    spec = setup.spec
    try:
        result = fit(spec, setup.dataset, setup.architecture, setup.parent, logger, request)
    except Diverged as error:
        logger.warn(f"stopped: {error}; the last good checkpoint is in {spec.folder}")
        raise SystemExit(1) from None
    if result.ended == "signal":
        logger.warn(f"stopped at step {result.progress.step}; the same command goes on there")
        raise SystemExit(request.exit_code)
    return result


def make_result_record(setup: TrainSetup, result: TrainResult) -> dict[str, Any]:
    """The keys of result.json that do not depend on the corpus kind."""
    architecture, context = setup.architecture, setup.spec.context
    return {
        "individual": result.individual.id if result.individual else None,
        "ended": result.ended,
        "parameters": architecture.num_parameters,
        "vocabulary": architecture.vocab_size,
        "context": context,
        "stride": context,
        **result.progress.to_dict(),
        "operations": result.progress.tokens * flops_per_character(architecture, context),
        "memory": peak_memory(setup.arithmetic.device),
        "corpus": {**setup.dataset.provenance, "left_out": setup.dataset.left_out},
        "scores": {name: scores.summary() for name, scores in result.scores.items()},
    }
