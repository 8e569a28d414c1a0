"""Verdict order: which names of a verdict are parents, and the order of all names in a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from lab.breeding.statistics.control_arms import ControlArm, all_arms


def parent_names(verdict: dict[str, Any], arms: Sequence[ControlArm] | None = None) -> list[str]:
    """Return the parents' names: those scored before the child and any control arm."""
    known_arms = all_arms() if arms is None else arms
    others = {"child", *(arm.name for arm in known_arms if not arm.per_parent)}
    suffixes = tuple(arm.label("") for arm in known_arms if arm.per_parent)
    return list(
        takewhile(lambda name: name not in others and not name.endswith(suffixes), verdict["bpc"])
    )


def leading_names(parents: Sequence[str], arms: Sequence[ControlArm] | None = None) -> list[str]:
    """Return the names that begin a table: ancestor, parents, gen-0 child, child."""
    known_arms = all_arms() if arms is None else arms
    before_parents, before_child = (
        [arm.name for arm in known_arms if arm.position == position]
        for position in ("before parents", "before child")
    )
    return [*before_parents, *parents, *before_child, "child"]


def ordered_names(verdict: dict[str, Any], arms: Sequence[ControlArm] | None = None) -> list[str]:
    """Return all names in a table's order: ancestor, parents, gen-0 child, child, then the rest."""
    leading = leading_names(parent_names(verdict, arms), arms)
    return [*(name for name in leading if name in verdict["bpc"]),
            *(name for name in verdict["bpc"] if name not in leading)]  # fmt: skip
