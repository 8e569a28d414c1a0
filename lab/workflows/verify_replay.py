"""Replay verification: a bred child rebuilt from parents and recipe, compared bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pkgutil import iter_modules
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lab.breeding import mutation, operators
from lab.breeding.operator_traits import operator_traits
from lab.breeding.operators.fisher import fisher_information
from lab.config.instantiate import find_function
from lab.genealogy.registry import Registry
from lab.genealogy.replay import Operator, replay
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records.environment import installed_version
from lab.training.differentiable_loss import differentiable_losses
from lab.workflows.calibration import reload_calibration_windows
from lab.workflows.corpus_paths import paths_of_run

DISTRIBUTION = "model-breeding-lab"


def verify_replay(registry: Registry, subject: str, data: str | None) -> tuple[bool, str]:
    """Return whether a child is rebuilt bit for bit, and the report; ValueError if never bred."""
    child = registry.load(subject)
    kind = child.birth["recipe"].get("kind", "trained")
    if kind != "bred":
        raise ValueError(
            f"{registry.name(subject)} was {kind}, not bred: "
            f"{describe_reproduction(registry, child)}"
        )
    parents = [registry.label(parent) for parent in child.birth["parents"]]
    result = replay_with_lab(registry, child, data)
    if result["same"]:
        return True, (
            f"{registry.label(subject)}: the same, bit for bit\n"
            f"bred again from {' and '.join(parents)}: {result['id']}"
        )
    if result["id"] is None:  # nothing was compared
        head = f"{registry.label(subject)} cannot be bred again:"
        return False, "\n  ".join([head, *result["differs"]])
    head = f"{registry.label(subject)} is not what {' and '.join(parents)} and its recipe make now:"
    return False, "\n  ".join([head, *result["differs"]])


def replay_with_lab(registry: Registry, child: Individual, data: str | None) -> dict[str, Any]:
    """Replay a child with this lab's operators, data and versions; a result as of `replay`."""
    windows: list[np.ndarray] = []
    find_parent = partial(registry.load_parent, child)
    recipe, thread_count = child.birth["recipe"], torch.get_num_threads()
    if window_spec := recipe.get("shown"):
        try:
            run_paths = paths_of_run(child.path, registry.root)
            windows = reload_calibration_windows(child.birth, data, run_paths)
        except ValueError as error:
            return {"same": False, "differs": [str(error)], "id": None}
        torch.set_num_threads(int(window_spec["threads"]))
    elif recipe.get("operator") == "fisher":
        reason = "its recipe does not say which training windows it was bred by: breed it again"
        return {"same": False, "differs": [reason], "id": None}
    try:
        result = replay(
            child, find_parent, load_operators(windows), code=installed_version(DISTRIBUTION)
        )
    finally:
        torch.set_num_threads(thread_count)
    bred_with, present = child.birth.get("torch"), installed_version("torch")
    if result["id"] and not result["same"] and bred_with not in (None, present):
        result["differs"].append(f"bred with torch {bred_with}, replayed with {present}")
    return result


def load_operators(windows: Sequence[np.ndarray]) -> dict[str, Operator]:
    """The lab's operators and mutations by name; importance is computed from these windows."""
    names = [module.name for module in iter_modules(operators.__path__)]
    functions: dict[str, Operator] = {
        name: find_function("operator", f"{operators.__name__}.{name}.{name}") for name in names
    }

    def importance(genotype: Genotype) -> Tensor:
        return fisher_information(genotype, differentiable_losses(windows))

    for name, function in functions.items():
        if operator_traits(function).needs_importance:
            functions[name] = partial(function, importance=importance)
    return {**functions, "tangent": mutation.tangent, "none": mutation.none}


def describe_reproduction(registry: Registry, individual: Individual) -> str:
    """The way to reproduce an individual that was not bred."""
    folder = registry.folder_of(individual.id)
    recipe = individual.birth["recipe"]
    if recipe.get("kind") == "adopted":
        name = registry.name(individual.id)
        return f"python -m lab.pedigree adopt={recipe.get('file')} as_name={name}"
    if registry.root / "families" in getattr(folder, "parents", ()):
        return (
            f"with {folder} set aside, the lab.breed command that trained it "
            "gives the same bits again on this machine"
        )
    return f"lab.train with the keys of {folder}/config.yaml trains the same bits on this machine"
