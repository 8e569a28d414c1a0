"""Breeding workflow: a family trained, crossed, searched and scored in a run's folder."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from hydra.core.hydra_config import HydraConfig

from lab.breeding.search.evaluator import SearchResult
from lab.breeding.statistics.report_log import REPORT_LOG_NAME
from lab.config.schemas.breed import BreedConfig
from lab.corpora.dataset import Dataset
from lab.models.individual import Individual
from lab.records import Run, environment, warn
from lab.training.precision import Arithmetic, choose_arithmetic
from lab.workflows.calibration import take_calibration_windows
from lab.workflows.controls import SearchedCross, evaluate_controls
from lab.workflows.cross_setup import (
    PreparedCross,
    check_compatible,
    count_max_children,
    prepare_cross,
    resolve_search,
)
from lab.workflows.external_parents import (
    apply_parent_settings,
    format_config_value,
    load_external_parents,
)
from lab.workflows.save_children import compute_child_id, save_children
from lab.workflows.split_scorer import SplitScorer
from lab.workflows.train import framing_name
from lab.workflows.train_family import (
    common_vocabulary,
    load_members,
    read_family_datasets,
    train_matched_controls,
    train_missing_members,
    window_domains,
)


def breed_run(config: BreedConfig) -> dict[str, Any]:
    """Rear, cross, search and judge in the run's folder; done already, only return the result."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    external_parents = load_external_parents(config) if config.parent_runs else {}
    changed_settings = (
        apply_parent_settings(config, external_parents, read_typed_keys())
        if external_parents
        else []
    )
    check_compatible(config, external_parents)
    finished = not config.again and (Path(config.root) / config.name / "result.json").is_file()
    setup, datasets = None, []
    if not finished:  # a bad corpus and strangers leave no folder behind
        setup = set_up_breeding(config, external_parents) if external_parents else None
        datasets = setup.datasets if setup else read_family_datasets(config, None)
    with Run(config.root, config.name, asdict(config), config.again, asdict(config.tracker)) as run:
        if run.result is not None:
            print(f"lab: {run.folder} is done already", file=sys.stderr)
            return run.result
        run.note_environment(environment(**scoring_arithmetic(config, False).to_dict()))
        if changed_settings:
            warn(
                f"{' and '.join(external_parents)} are read as they were taught: "
                f"{', '.join(changed_settings)}"
            )
        train_missing_members(config, datasets)
        run.finish(breed_in_run(config, run, HydraConfig.get().runtime.choices, setup))
        return run.result or {}


def breed_in_run(
    config: BreedConfig, run: Run, choices: Mapping[str, str], setup: BreedingSetup | None = None
) -> dict[str, Any]:
    """Search, judge, keep champion and gen-0 child; return what goes into result.json."""
    setup = setup or set_up_breeding(config, load_members(config, config.parents["cross"]))
    arithmetic = scoring_arithmetic(config, config.compile is True)  # auto leaves them eager
    cross, scorer = setup.cross, setup.make_scorer(config, f"breed {run.name}", arithmetic)
    for name, individual in cross.individuals.items():
        run.mirror.log_input(name, individual.id)
    searched_cross = search_cross(config, cross, scorer, run.folder / "search.jsonl")
    searched_cross = replace(searched_cross, identify=partial(compute_child_id, config, cross))
    siblings = None
    if config.controls["matched"]:
        searched_cross = replace(
            searched_cross, matched=train_matched_controls(config, searched_cross.best_parent)
        )
        if config.parents["siblings"]:
            sibling_cross = prepare_cross(
                config, load_members(config, config.parents["siblings"]), setup.calibration_windows
            )
            siblings = search_cross(
                config, sibling_cross, scorer, run.folder / "search-siblings.jsonl"
            )
    arm = format_arm_name(config, choices)
    verdict, measurements = evaluate_controls(
        searched_cross, siblings, scorer, config.controls, run.folder, arm=arm, seed=config.seed
    )
    scorer.save_report_scores(run.folder / "scores.npz")
    write_search_metrics(run, searched_cross.result, measurements["geodesic"])
    saved_children = save_children(config, run, searched_cross)
    return {
        "study": f"{choices['corpus']}-{config.scale['name']}",
        "parents": {name: individual.id for name, individual in cross.individuals.items()},
        "ancestor": cross.ancestor.id if cross.ancestor else None,
        "ancestor_name": cross.ancestor.birth.get("name") if cross.ancestor else None,
        **saved_children,
        "clone_of": searched_cross.result.clone_of,
        "search": summarise_search(searched_cross.result),
        "alignments": cross.prepared.alignments,
        "context": config.training.context,
        "stride": config.training.context,
        **measurements,
        "touched": dict(scorer.evaluated_ids),
        "domains": scorer.bpc_by_domain(),
        "verdict": verdict,
    }


def scoring_arithmetic(config: BreedConfig, may_compile: bool) -> Arithmetic:
    """How children are scored; compiling: a search may compile, which its log's header tells."""
    return choose_arithmetic(config.device, config.precision, may_compile, config.attention, 0)


def format_arm_name(config: BreedConfig, choices: Mapping[str, str]) -> str:
    """What a cross is called in tables over seeds: shared_ancestor slerp golden constant."""
    parts = [*(choices[key] for key in ("parents", "crossover", "search")), config.fork_schedule]
    labels = {"one": "", "none": "", "match": "aligned"}
    options = [choices["mutation"], config.alignment, config.alphas.grain]
    return " ".join(
        [*parts, *(labels.get(option, option) for option in options if labels.get(option, option))]
    )


def read_typed_keys() -> set[str]:
    """The keys that were given on the command line."""
    return {
        override.partition("=")[0].lstrip("+~") for override in HydraConfig.get().overrides.task
    }


def search_cross(
    config: BreedConfig, cross: PreparedCross, scorer: SplitScorer, log: Path
) -> SearchedCross:
    """Let the search loose on a party."""
    ancestor = cross.prepared.ancestor
    search = resolve_search(config, scorer.score_select(ancestor) if ancestor else None)
    builder, max_children = cross.builder, count_max_children(config.search, cross.builder.size)
    result = scorer.run_search(
        search, builder, log, cross.header, config.seed, cross.find_clone, max_children
    )
    return SearchedCross.from_result(cross, scorer, result)


def write_search_metrics(run: Run, result: SearchResult, curve: Sequence[float] | None) -> None:
    """Put every candidate's bpc on select into the metrics, and the parents' geodesic."""
    best = math.inf
    for step, entry in enumerate(result.record):
        if entry["bpc"] is not None:
            best = min(best, entry["bpc"])
            run.write("search", step, bpc=entry["bpc"], best=best)
    for step, bpc in enumerate(curve or []):
        run.write("geodesic", step, bpc=bpc, at=step / max(1, len(curve or []) - 1))


def summarise_search(result: SearchResult) -> dict[str, Any]:
    """What the search cost, and what it found.

    asked: asks. scored: different children, the founders aside. scorings: one a child and share of
    the windows that it was scored on, founders included. passes: the same, in passes over select.
    """
    return {
        "asked": len(result.record),
        "scored": result.num_children,
        "scorings": sum(entry["scored"] for entry in result.record),
        "passes": result.cost,
        "bpc": {"champion": result.scores.bpc, "gen-0": result.midpoint_scores.bpc},
    }


@dataclass(frozen=True)
class BreedingSetup:
    """Parents made ready, the corpora they are judged by, and the windows operators are shown."""

    cross: PreparedCross
    datasets: list[Dataset]
    calibration_windows: list[np.ndarray]

    def make_scorer(self, config: BreedConfig, purpose: str, arithmetic: Arithmetic) -> SplitScorer:
        """A jury over the lessons; purpose is what it says of its touches."""
        return SplitScorer(
            [window for dataset in self.datasets for window in dataset.select],
            [window for dataset in self.datasets for window in dataset.report],
            arithmetic,
            Path(config.root) / REPORT_LOG_NAME,
            purpose,
            window_domains(config, self.datasets),
        )


def set_up_breeding(config: BreedConfig, individuals: Mapping[str, Individual]) -> BreedingSetup:
    """Bring individuals together; ValueError for those who cannot be crossed, or not judged."""
    datasets = read_common_datasets(config, individuals)
    windows = take_calibration_windows(datasets, config.training.context)
    return BreedingSetup(prepare_cross(config, individuals, windows), datasets, windows)


def read_common_datasets(
    config: BreedConfig, individuals: Mapping[str, Individual]
) -> list[Dataset]:
    """What individuals are judged by, in their common vocabulary.

    ValueError where it cannot be; of guests, it says that another corpus may be meant.
    """
    try:
        return read_family_datasets(config, common_vocabulary(list(individuals.values())))
    except ValueError as error:
        if not config.parent_runs or not re.search(r"vocabulary|framing\b", str(error)):
            raise
        names, expected_framing = (
            " and ".join(individuals),
            format_config_value(framing_name(config)),
        )
        reason = (
            str(error)
            if "vocabulary" in str(error)
            else f"they learned with framing={expected_framing}"
        )
        raise ValueError(
            f"{names} cannot read this corpus, {reason}: name the one they learned from, corpus=..."
        ) from None
