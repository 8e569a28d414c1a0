"""Rebirth: a bred child made again from its parents and its recipe, and compared bit for bit.

Used by `lab.pedigree`.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import partial
from pkgutil import iter_modules
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lab.breeding import mutation
from lab.breeding import operators as room
from lab.breeding.operators.fisher import information
from lab.config.instantiate import find
from lab.genealogy.registry import Archive
from lab.genealogy.replay import Operator, replay
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records.environment import installed
from lab.training.differentiable_loss import losses
from lab.workflows.calibration import found_again

DISTRIBUTION = "model-breeding-lab"


def rebirth(archive: Archive, subject: str, data: str | None) -> tuple[bool, str]:
    """(whether it is the same, what to say); ValueError for whoever was not bred."""
    child = archive.load(subject)
    kind = child.birth["recipe"].get("kind", "trained")
    if kind != "bred":
        raise ValueError(f"{archive.name(subject)} was {kind}, not bred: {again(archive, child)}")
    parents = [archive.label(one) for one in child.birth["parents"]]
    found = made_again(archive, child, data)
    if found["same"]:
        return True, (
            f"{archive.label(subject)}: the same, bit for bit\n"
            f"bred again from {' and '.join(parents)}: {found['id']}"
        )
    if found["id"] is None:  # nothing was compared
        head = f"{archive.label(subject)} cannot be bred again:"
        return False, "\n  ".join([head, *found["differs"]])
    head = f"{archive.label(subject)} is not what {' and '.join(parents)} and its recipe make now:"
    return False, "\n  ".join([head, *found["differs"]])


def made_again(archive: Archive, child: Individual, data: str | None) -> dict[str, Any]:
    """What `replay` finds, with this lab's operators, data and versions."""
    windows: list[np.ndarray] = []
    find_parent = partial(archive.parent, child)
    recipe, before = child.birth["recipe"], torch.get_num_threads()
    if shown := recipe.get("shown"):
        try:
            windows = found_again(child.birth, data)
        except ValueError as error:
            return {"same": False, "differs": [str(error)], "id": None}
        torch.set_num_threads(int(shown["threads"]))
    elif recipe.get("operator") == "fisher":
        told = "its recipe does not say which training windows it was bred by: breed it again"
        return {"same": False, "differs": [told], "id": None}
    try:
        found = replay(child, find_parent, operators(windows), code=installed(DISTRIBUTION))
    finally:
        torch.set_num_threads(before)
    then, now = child.birth.get("torch"), installed("torch")
    if found["id"] and not found["same"] and then not in (None, now):
        found["differs"].append(f"bred with torch {then}, replayed with {now}")
    return found


def operators(windows: Sequence[np.ndarray]) -> dict[str, Operator]:
    """All that the lab breeds by, by name; those that need data are shown these windows."""
    names = [one.name for one in iter_modules(room.__path__)]
    found: dict[str, Operator] = {
        name: find("operator", f"{room.__name__}.{name}.{name}") for name in names
    }

    def importance(genotype: Genotype) -> Tensor:
        return information(genotype, losses(windows))

    for name, one in found.items():
        if "importance" in inspect.signature(one).parameters:
            found[name] = partial(one, importance=importance)
    return {**found, "tangent": mutation.tangent, "none": mutation.none}


def again(archive: Archive, one: Individual) -> str:
    """How somebody who was not bred comes about again."""
    folder = archive.place(one.id)
    recipe = one.birth["recipe"]
    if recipe.get("kind") == "adopted":
        return f"python -m lab.pedigree adopt={recipe.get('file')} call={archive.name(one.id)}"
    if archive.root / "families" in getattr(folder, "parents", ()):
        return (
            f"with {folder} set aside, the lab.breed command that reared it "
            "gives the same bits again on this machine"
        )
    return f"lab.train with the keys of {folder}/config.yaml rears the same bits on this machine"
