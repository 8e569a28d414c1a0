"""Decomposition: a child's vigor as advantages over its controls, each under the name of a role.

Siblings were trained on the same data, so nothing that their child gains comes from different
halves: that gain is noise averaging. What the cross gains beyond it is specialisation. What a
search adds is the advantage over the gen-0 child, halfway between the parents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.breeding.statistics.control_arms import ControlArm, all_arms
from lab.breeding.statistics.verdict_order import parent_names

VIGOR_ROLES = {  # role of an effect over parents -> (its order among all roles, what it says)
    "better parent vigor": (10, "over its best parent, chosen on select"),
    "hindsight vigor": (20, "over the parent that proved better on report"),
    "mid parent heterosis": (30, "over its parents' mean"),
    "specialisation excess": (50, "beyond that of siblings"),
}


def describe_roles(arms: Sequence[ControlArm] | None = None) -> dict[str, str]:
    """Return what every role says of the child, in order: the effects over parents, and the arms'.

    arms are the lab's by default.
    """
    ordered = [(order, role, says) for role, (order, says) in VIGOR_ROLES.items()]
    ordered += [(arm.order, arm.role, arm.says) for arm in _arms_with_role(arms)]
    return {role: says for _, role, says in sorted(ordered)}


def decompose_vigor(
    verdict: dict[str, Any], arms: Sequence[ControlArm] | None = None
) -> dict[str, float]:
    """Return the bpc of each role that a verdict of result.json holds; positive: a better child.

    Of a per-parent arm the lower bpc of the two parents' counts, chosen on report: its best case.
    """
    child, vigor = verdict["bpc"]["child"], _effect(verdict, "better_parent_vigor")
    excess = _effect(verdict, "specialisation_excess")
    contributions = {
        "better parent vigor": vigor,
        "mid parent heterosis": _effect(verdict, "mid_parent_heterosis"),
        "specialisation excess": None if vigor is None else excess,
    }
    parent_bpc = [verdict["bpc"][name] for name in parent_names(verdict, arms)]
    if parent_bpc and None not in parent_bpc:
        contributions["hindsight vigor"] = _difference(min(parent_bpc), child)
    for arm in _arms_with_role(arms):
        if arm.effect == "excess":
            contributions[arm.role] = _difference(vigor, excess)
        else:
            contributions[arm.role] = _difference(_control_bpc(verdict["bpc"], arm), child)
    roles = describe_roles(arms)
    return {role: value for role in roles if (value := contributions.get(role)) is not None}


def _arms_with_role(arms: Sequence[ControlArm] | None) -> list[ControlArm]:
    return [arm for arm in (all_arms() if arms is None else arms) if arm.role]


def _control_bpc(bpc: dict[str, float | None], arm: ControlArm) -> float | None:
    if not arm.per_parent:
        return bpc.get(arm.name)
    values = [value for name, value in bpc.items() if name.endswith(arm.label(""))]
    return min((value for value in values if value is not None), default=None)


def _effect(verdict: dict[str, Any], name: str) -> float | None:
    value: float | None = verdict["effects"].get(name, {}).get("value")
    return value


def _difference(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second
