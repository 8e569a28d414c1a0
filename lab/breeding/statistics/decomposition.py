"""What a child's vigor is made of: its advantage over every control, named by role.

The lead that siblings' child has as well, whose parents drew from one text, is noise averaging:
nothing was inherited from different halves. The rest is specialisation. What a search adds is the
lead over the gen-0 child, halfway between the parents.
"""

from __future__ import annotations

from typing import Any

from lab.breeding.statistics.verdict_tables import parent_names

ROLES = {  # effect -> what it says of the child; positive is good for the child
    "better parent vigor": "over its best parent, chosen on select",
    "hindsight vigor": "over the parent that proved better on report",
    "mid parent heterosis": "over its parents' mean",
    "noise averaging": "siblings' child over its best parent",
    "specialisation excess": "beyond that of siblings",
    "what search adds": "over the gen-0 child",
    "over random alphas": "over the best of random alphas",
    "over nlerp": "over nlerp at the same alpha",
    "over the raw average": "over the raw average at the same alpha",
    "over a parent's own mean": "over the better parent's last-k mean",
    "over a parent's ema": "over the better parent's running average",
    "over the union once": "over the ancestor on the union, same steps",
    "over best parent twice": "over the best parent at twice the steps",
    "over the union twice": "over the ancestor on the union, twice the steps",
    "over the ensemble": "over the parents' ensemble",
}
CONTROL_OF_ROLE = {
    "what search adds": "gen-0 child",
    "over random alphas": "best random",
    "over nlerp": "nlerp",
    "over the raw average": "raw average",
    "over the union once": "union once",
    "over best parent twice": "best parent twice",
    "over the union twice": "union twice",
    "over the ensemble": "ensemble",
}


def decompose_vigor(verdict: dict[str, Any]) -> dict[str, float]:
    """bpc of each of ROLES that a verdict of result.json can tell; positive is good for the child.

    A parent's averages are chosen by report, the lower of the two parents': at best for them.
    """
    bpc, effects = verdict["bpc"], verdict["effects"]
    contributions: dict[str, float | None] = {}
    vigor = effects["better_parent_vigor"]["value"]
    contributions["better parent vigor"] = vigor
    contributions["mid parent heterosis"] = effects.get("mid_parent_heterosis", {}).get("value")
    excess = effects.get("specialisation_excess", {}).get("value")
    if excess is not None and vigor is not None:
        contributions["noise averaging"] = vigor - excess
        contributions["specialisation excess"] = excess
    child = bpc["child"]
    parent_bpc = [bpc[name] for name in parent_names(verdict)]
    if child is not None and parent_bpc and None not in parent_bpc:
        contributions["hindsight vigor"] = min(parent_bpc) - child
    control_bpc = {role: bpc.get(name) for role, name in CONTROL_OF_ROLE.items()}
    for role, kind in (("over a parent's own mean", " last"), ("over a parent's ema", " ema")):
        means = [
            average for name, average in bpc.items() if name.endswith(kind) and average is not None
        ]
        control_bpc[role] = min(means, default=None)
    for role, control in control_bpc.items():
        contributions[role] = None if None in (control, child) else control - child
    return {role: value for role in ROLES if (value := contributions.get(role)) is not None}
