"""Breeding: a family trained, crossed, searched and scored in a run's folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from hydra.core.hydra_config import HydraConfig

from lab.breeding.statistics.control_arms import ControlArm, select_arms
from lab.config.schemas.breed import BreedConfig
from lab.models.locate import hub_revisions
from lab.records import Run, environment, warn
from lab.terminal.safe_output import emit
from lab.training.precision import Arithmetic, choose_arithmetic
from lab.workflows.breeding_setup import BreedingSetup, set_up_breeding
from lab.workflows.cross_setup import (
    PreparedCross,
    check_compatible,
    count_max_children,
    prepare_cross,
    resolve_search,
)
from lab.workflows.evaluate_controls import evaluate_controls
from lab.workflows.external_parents import apply_parent_settings, load_external_parents
from lab.workflows.run_search import run_search
from lab.workflows.save_children import compute_child_id, save_children
from lab.workflows.search_metrics import summarise_search, write_search_metrics
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer
from lab.workflows.train_family import (
    load_members,
    read_family_datasets,
    train_matched_controls,
    train_missing_members,
)


def breed_run(config: BreedConfig) -> dict[str, Any]:
    """Train, cross, search and score in the run's folder; if it is done, return its result."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    parents = load_external_parents(config) if config.parent_runs else {}
    changed = apply_parent_settings(config, parents, read_typed_keys()) if parents else []
    arms = select_arms(config.controls)
    check_compatible(config, parents)
    finished = not config.again and (Path(config.root) / config.name / "result.json").is_file()
    setup, datasets = None, []
    if not finished:  # a corpus or parents that are refused leave no folder behind
        setup = set_up_breeding(config, parents) if parents else None
        datasets = setup.datasets if setup else read_family_datasets(config, None)
    with Run(config.root, config.name, asdict(config), config.again, asdict(config.tracker)) as run:
        if run.result is not None:
            emit(f"lab: {run.folder} is done already", file=sys.stderr)
            return run.result
        from_hub = hub_revisions({name: parent.path for name, parent in parents.items()})
        arithmetic = scoring_arithmetic(config, False).to_dict()
        run.note_environment(environment(**arithmetic, **from_hub))
        if changed:
            warn(f"{' and '.join(parents)} are scored as they were trained: {', '.join(changed)}")
        train_missing_members(config, datasets, arms)
        setup = setup or set_up_breeding(config, load_members(config, config.parents["cross"]))
        run.finish(breed_in_run(config, run, HydraConfig.get().runtime.choices, setup, arms))
        return run.result or {}


def breed_in_run(
    config: BreedConfig,
    run: Run,
    choices: Mapping[str, str],
    setup: BreedingSetup,
    arms: list[ControlArm],
) -> dict[str, Any]:
    """Search, score, save champion and gen-0 child; return what goes into result.json."""
    arithmetic = scoring_arithmetic(config, config.compile is True)  # auto leaves them eager
    cross, scorer = setup.cross, setup.make_scorer(config, f"breed {run.name}", arithmetic)
    for name, individual in cross.individuals.items():
        run.mirror.log_input(name, individual.id)
    searched = search_cross(config, cross, scorer, run.folder / "search.jsonl")
    searched = replace(
        searched,
        identify=partial(compute_child_id, config, cross, searched.result.champion),
        matched=train_matched_controls(config, searched.best_parent, arms),
    )
    siblings = search_siblings(config, run, setup, scorer, arms)
    verdict, measurements = evaluate_controls(
        searched, siblings, scorer, config.controls, run.folder,
        verdict_arm=format_arm_name(config, choices), seed=config.seed, arms=arms,
    )  # fmt: skip
    scorer.save_report_scores(run.folder / "scores.npz")
    write_search_metrics(run, searched.result, measurements["geodesic"], config.search)
    return {
        "study": f"{choices['corpus']}-{config.scale['name']}",
        "parents": {name: individual.id for name, individual in cross.individuals.items()},
        "ancestor": cross.ancestor.id if cross.ancestor else None,
        "ancestor_name": cross.ancestor.birth.get("name") if cross.ancestor else None,
        **save_children(config, run, searched),
        "clone_of": searched.result.clone_of,
        "search": summarise_search(searched.result),
        "alignments": cross.prepared.alignments,
        "context": config.training.context,
        "stride": config.training.context,
        **measurements,
        "touched": dict(scorer.evaluated_ids),
        "domains": scorer.bpc_by_domain(),
        "verdict": verdict,
    }


def search_cross(
    config: BreedConfig, cross: PreparedCross, scorer: SplitScorer, log: Path
) -> SearchedCross:
    """Run the config's search between the parents of a cross."""
    ancestor = cross.prepared.ancestor
    search = resolve_search(config, scorer.score_select(ancestor) if ancestor else None)
    max_children = count_max_children(config.search, cross.builder.size)
    result = run_search(
        scorer, search, cross.builder, log, cross.header, config.seed, cross.find_clone,
        max_children,
    )  # fmt: skip
    return SearchedCross.from_result(cross, scorer, result)


def search_siblings(
    config: BreedConfig,
    run: Run,
    setup: BreedingSetup,
    scorer: SplitScorer,
    arms: list[ControlArm],
) -> SearchedCross | None:
    """Run the same search between siblings; None unless a control arm compares with them."""
    names = config.parents["siblings"]
    if not names or all(arm.effect != "excess" for arm in arms):
        return None
    cross = prepare_cross(config, load_members(config, names), setup.calibration_windows)
    return search_cross(config, cross, scorer, run.folder / "search-siblings.jsonl")


def scoring_arithmetic(config: BreedConfig, may_compile: bool) -> Arithmetic:
    """Return how children are scored; may_compile: one graph may score a whole search."""
    return choose_arithmetic(
        config.device, config.precision, may_compile, config.attention, 0, config.kernels
    )


def format_arm_name(config: BreedConfig, choices: Mapping[str, str]) -> str:
    """Return the label of a cross in tables over seeds: shared_ancestor slerp golden constant."""
    parts = [*(choices[key] for key in ("parents", "crossover", "search")), config.fork_schedule]
    labels = {"one": "", "none": "", "match": "aligned"}
    options = [choices["mutation"], config.alignment, config.alphas.grain]
    return " ".join(
        [*parts, *(labels.get(option, option) for option in options if labels.get(option, option))]
    )


def read_typed_keys() -> set[str]:
    """Return the keys that were given on the command line."""
    return {
        override.partition("=")[0].lstrip("+~") for override in HydraConfig.get().overrides.task
    }
