"""Control arm: a model that a child is compared with, declared once for verdicts and figures.

An arm is one file of the package `lab.workflows.controls` with a constant ARM. Verdict, tables,
decomposition and figures read the declaration; none of them knows an arm by its name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

ARMS_PACKAGE = "lab.workflows.controls"  # loaded by name: rooms do not depend on workflows
EFFECTS = ("advantage", "gap", "excess")
POSITIONS = ("before parents", "before child", "after child")


@dataclass(frozen=True)
class ControlArm:
    """A control arm: its label in result.json, what it says of the child, and how it is scored.

    name    label of its scores in result.json; of a per_parent arm, the label's second word
    says    what its effect says of the child, in one line; positive is good for the child
    scores  (setting) -> its scores on report, or None where the cross has no such control;
            with per_parent (setting, parent name); of an excess the scores of the whole cross
    needs   the key of the `controls` node that asks for it: cheap, draws or matched; "": always
    effect  advantage: b_control - b_child; gap: b_child - b_control, which is good for the control;
            excess: the child's vigor beyond that of another cross
    role    its name in decompositions, "" for none; order: its place there
    position  its place in tables of bpc
    trained the members to be trained for it: "best parent" or "siblings"; times their steps
    record  the key of result.json that holds the individual's id, if it is saved
    """

    name: str
    says: str
    scores: Callable[..., Any]
    role: str = ""
    needs: str = ""
    effect: str = "advantage"
    per_parent: bool = False
    order: int = 1000
    position: str = "after child"
    trained: str | None = None
    times: int = 1
    record: str = ""

    def __post_init__(self) -> None:
        """Refuse an effect or a position that no table knows; ValueError."""
        for value, choices in ((self.effect, EFFECTS), (self.position, POSITIONS)):
            if value not in choices:
                raise ValueError(f"{self.name}: {value!r} is not one of {', '.join(choices)}")

    def label(self, parent: str) -> str:
        """Return the label of a per_parent arm's scores: forkL ema."""
        return f"{parent} {self.name}"

    def recorded_id(self, result: Mapping[str, Any]) -> str | None:
        """Return the id that a result.json holds of the arm's individual, None without one."""
        individual = result.get(self.record)
        return individual.get("id") if isinstance(individual, Mapping) else individual


def find_control_arms(package: str = ARMS_PACKAGE) -> dict[str, ControlArm]:
    """Return every arm of a package by the stem of its file, sorted by stem."""
    folder = importlib.import_module(package).__path__
    stems = sorted(module.name for module in pkgutil.iter_modules(folder))
    modules = {stem: importlib.import_module(f"{package}.{stem}") for stem in stems}
    return {stem: module.ARM for stem, module in modules.items() if hasattr(module, "ARM")}


@cache
def all_arms() -> tuple[ControlArm, ...]:
    """Return the lab's arms, sorted by their place among the roles."""
    return tuple(sorted(find_control_arms().values(), key=lambda arm: (arm.order, arm.role)))


def select_arms(
    options: Mapping[str, Any], available: Mapping[str, ControlArm] | None = None
) -> list[ControlArm]:
    """Return the arms that a `controls` node asks for, in the order in which they are scored.

    An arm is asked for if `arms` lists its file and the key that it needs is neither false nor 0.
    ValueError for a file that is not there.
    """
    arms = find_control_arms() if available is None else available
    for stem in options["arms"]:
        if stem not in arms:
            raise ValueError(f"controls.arms: no arm {stem!r}, choose from {', '.join(arms)}")
    chosen = [arms[stem] for stem in options["arms"]]
    return [arm for arm in chosen if not arm.needs or options[arm.needs]]


def reserved_names() -> set[str]:
    """Return the labels that a parent must not have, lest its scores be taken for a control's.

    An ancestor keeps its name: it may be one of the parents itself.
    """
    return {
        arm.name for arm in all_arms() if not arm.per_parent and arm.position != "before parents"
    }
