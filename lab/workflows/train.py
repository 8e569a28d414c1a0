"""Training workflow: one individual from a config to a finished run."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lab.config.instantiate import instantiate
from lab.config.scales import load_scale
from lab.config.schemas.train import TrainConfig
from lab.corpora.dataset import Dataset, build_dataset, subsample_evenly
from lab.corpora.vocabulary import Vocabulary
from lab.films.accuracy import evaluate_film
from lab.films.frame_generator import FrameGenerator
from lab.galleries.generate import generate_pieces
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records import Run, environment
from lab.records.config_hash import flatten_config
from lab.records.environment import installed_version
from lab.terminal.progress import format_duration
from lab.training import distributed
from lab.training.callbacks import TrainSpec
from lab.training.fit import fit
from lab.training.flops import flops_per_character, measure_matmul_rate, peak_memory
from lab.training.learner import Averaging, Diverged
from lab.training.loop import TrainPlan
from lab.training.precision import Arithmetic, choose_arithmetic
from lab.training.run_logger import RunLogger
from lab.training.runtime_estimate import seconds_per_character
from lab.training.signals import StopRequest, catch_stop_signals

MAX_CPU_OPERATIONS = 1e13  # operations; on a CPU more are `lab.evaluate split=report`'s


def train_run(config: TrainConfig) -> dict[str, Any]:
    """Rear an individual in its run's folder and return its result; done already, only return it.

    Raises SystemExit: 128 + n after signal n, with a checkpoint; 1 where the loss diverges.
    """
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    parent = find_parent(config)
    with catch_stop_signals() as request, distributed.process_group(config.device):
        finished = (Path(config.root) / str(config.name) / "result.json").is_file()
        done = finished and not config.again
        dataset = (
            None if done else read_dataset(config, parent)
        )  # a bad corpus leaves no folder behind
        settings = {**asdict(config), "parent_id": parent.id if parent else None}
        folder = Run(config.root, str(config.name), settings, config.again, settings["tracker"])
        with distributed.enter_on_first_rank(folder) as run:
            result = run.result if run is not None else None
            if distributed.broadcast(result is not None):
                if run is not None:
                    print(f"lab: {run.folder} is done already", file=sys.stderr)
                return result or {}
            if run is not None and parent is not None:
                run.mirror.log_input(str(config.parent), parent.id)
            return fit_in_run(config, dataset or read_dataset(config, parent), parent, run, request)


def fit_in_run(
    config: TrainConfig,
    dataset: Dataset,
    parent: Individual | None,
    run: Run | None,
    request: StopRequest,
) -> dict[str, Any]:
    """Train in an open run (None on ranks that do not write), score, and finish the run."""
    architecture = resolve_architecture(config, dataset, parent)
    arithmetic = resolve_arithmetic(config, architecture)

    def draw_samples(genotype: Genotype) -> list[str]:
        prompts = subsample_evenly(dataset.prompts, config.training.samples)
        if dataset.film is not None:
            return list(film_generator(config, dataset, genotype, arithmetic).frames(prompts))
        length, device = config.training.context, arithmetic.device
        arguments = (dataset.vocabulary, framing_name(config), prompts, range(len(prompts)))
        return generate_pieces(genotype, *arguments, length=length, device=device)

    logger = RunLogger(config.name, arithmetic.device, run, draw_samples)
    log_start(logger, architecture, dataset, arithmetic, run)
    spec = make_train_spec(config, arithmetic, parent)
    try:
        result = fit(spec, dataset, architecture, parent, logger, request)
    except Diverged as error:
        logger.warn(f"stopped: {error}; the last good checkpoint is in {spec.folder}")
        raise SystemExit(1) from None
    finally:
        logger.console.close()
    if result.ended == "signal":
        logger.warn(f"stopped at step {result.progress.step}; the same command goes on there")
        raise SystemExit(request.exit_code)
    record = {
        "individual": result.individual.id if result.individual else None,
        "ended": result.ended,
        "parameters": architecture.num_parameters,
        "vocabulary": architecture.vocab_size,
        "context": spec.context,
        "stride": spec.context,
        **result.progress.to_dict(),
        "operations": result.progress.tokens * flops_per_character(architecture, spec.context),
        "memory": peak_memory(arithmetic.device),
        "corpus": {**dataset.provenance, "left_out": dataset.left_out},
        "scores": {name: scores.summary() for name, scores in result.scores.items()},
    }
    if run is not None and result.individual is not None:
        record["drawings"] = draw_samples(result.individual.genotype)
        if dataset.film is not None:
            generator = film_generator(config, dataset, result.individual.genotype, arithmetic)
            film_operations = (
                len(dataset.film)
                * len(dataset.film[0])
                * flops_per_character(architecture, spec.context)
            )
            fast = arithmetic.device.type != "cpu" or film_operations < MAX_CPU_OPERATIONS
            record["freely"] = evaluate_film(generator, dataset.film, everything=fast)
        run.finish(record)
        run.mirror.log_output(run.name, result.individual.id)
    return record


def film_generator(
    config: TrainConfig, dataset: Dataset, genotype: Genotype, arithmetic: Arithmetic
) -> FrameGenerator:
    """Who plays the film that is learned, frame by frame, without help."""
    length, device = config.training.context + 1, arithmetic.device
    drafting = device.type == "cpu"
    return FrameGenerator(
        genotype, dataset.vocabulary, str(framing_name(config)), length, device, drafting=drafting
    )


def film_scores(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What became of a film: names and figures; nothing of another corpus."""
    return list(result.get("freely", {}).items())


def log_start(
    logger: RunLogger,
    architecture: Architecture,
    dataset: Dataset,
    arithmetic: Arithmetic,
    run: Run | None,
) -> None:
    """Say what will be reared, and note on what."""
    if run is not None:
        rate = measure_matmul_rate(arithmetic.dtype, arithmetic.device)
        threads = torch.get_num_threads()
        run.note_environment(environment(**arithmetic.to_dict(), threads=threads, rate=rate))
    size, (kind, amount) = architecture.num_parameters, dataset.training_size
    description = f"{amount:,} {kind} of {dataset.provenance['name']} on {arithmetic.device}"
    logger.console.print_line(f"{logger.console.name}: {size:,} parameters learn {description}")


def estimate_next_scale(config: TrainConfig, result: dict[str, Any]) -> str:
    """What the next scale up would take here, by a few real steps of it."""
    if not config.scale.get("next"):
        return ""
    larger = load_scale(config.scale["next"], config.size_class)
    size = {key: larger[key] for key in ("dim", "depth", "heads", "dim_head")}
    settings = {**asdict(config.model), **size, "kv_heads": None, "neurons": None}
    architecture = Architecture(vocab_size=result["vocabulary"], **settings)
    arithmetic = choose_arithmetic(config.device, config.precision, False, config.attention, 0)
    seconds_each = seconds_per_character(architecture, larger["context"], arithmetic)
    takes = format_duration(seconds_each * larger["steps"] * larger["batch"] * larger["context"])
    name, parameters = config.scale["next"], architecture.num_parameters
    return f"scale={name} ({parameters:,} parameters) would take about {takes} here\n"


ASSUMED_OPERATIONS_PER_SECOND = (
    1e11  # operations a second, where only minutes say how long a run will be
)


def find_parent(config: TrainConfig) -> Individual | None:
    """The finished individual to start from; one line tells how to get it where there is none."""
    if config.parent is None:
        return None
    try:
        parent = individual.find_individual(config.parent, Path(config.root), print_parent_warning)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{error}: rear it first, python -m lab.train +exp={config.parent}"
        ) from None
    folder = parent.path.parent.parent
    if (folder / "config.yaml").exists() and not (folder / "result.json").exists():
        raise ValueError(f"{folder} is not finished: let it end before its child starts")
    return parent


def print_parent_warning(text: str) -> None:
    """Show what is wrong with a parent's checkpoints."""
    if distributed.rank() == 0:
        print(f"lab: {text}", file=sys.stderr)


def read_dataset(config: TrainConfig, parent: Individual | None) -> Dataset:
    """Read the corpus and make a lesson of it."""
    vocabulary = Vocabulary.from_dict(parent.birth["vocabulary"]) if parent else None
    frame = instantiate(config.framing) if config.framing else None
    return build_dataset(instantiate(config.corpus), frame, config.training.context, vocabulary)


def resolve_architecture(
    config: TrainConfig, dataset: Dataset, parent: Individual | None
) -> Architecture:
    """The parent's architecture, or the one the config describes."""
    if parent:
        return parent.genotype.architecture
    return Architecture(vocab_size=len(dataset.vocabulary), **asdict(config.model))


def framing_name(config: TrainConfig) -> str | None:
    """conditional, unconditional, or None for running text."""
    return config.framing["_target_"].rsplit(".", 1)[-1] if config.framing else None


def resolve_arithmetic(config: TrainConfig, architecture: Architecture) -> Arithmetic:
    """The arithmetic of this run, on this machine."""
    work = training_operations(config, architecture)
    return choose_arithmetic(
        config.device, config.precision, config.compile, config.attention, work
    )


def training_operations(config: TrainConfig, architecture: Architecture) -> float:
    """What the run needs, by the first budget that is set."""
    training = config.training
    each = flops_per_character(architecture, training.context)
    if training.steps:
        return each * training.steps * training.batch * training.context
    return (
        each * training.tokens
        if training.tokens
        else 60 * (training.minutes or 0.0) * ASSUMED_OPERATIONS_PER_SECOND
    )


def make_train_spec(
    config: TrainConfig, arithmetic: Arithmetic, parent: Individual | None
) -> TrainSpec:
    """The config as the rearing room wants it: plain values and functions."""
    settings = asdict(config.training)
    plan = TrainPlan(**{key: settings[key] for key in TrainPlan.__dataclass_fields__})
    birth = {
        "name": config.name,
        "framing": framing_name(config),
        "context": config.training.context,
        "parents": [parent.id] if parent else [],
        "code": installed_version("model-breeding-lab"),
        "recipe": {"kind": "trained", "config": flatten_config(asdict(config))},
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
