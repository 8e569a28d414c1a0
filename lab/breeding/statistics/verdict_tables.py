"""Verdicts for people: text tables of one seed and of all seeds; bpc to four decimals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from lab.terminal.tables import aligned

FAMILY = ("ancestor", "gen-0 child", "child")  # who is scored right after the parents
WIDE = 100  # characters of a line; wider tables are turned
ORDINALS = ("first", "second", "third", "fourth")


def verdict_table(verdict: dict[str, Any]) -> str:
    """One seed: everybody's bpc beside the champion's advantage over it, then the effects."""
    effects = dict(verdict["effects"])
    people = [["", "bpc", "minus champion", "95 % interval"]]
    for name in in_order(verdict):
        effect = effects.pop(f"advantage_over.{name}", None)
        best = " (best parent)" if name == verdict["best_parent"] else ""
        people.append([_shown(name) + best, _plain(verdict["bpc"][name]), *_effect(effect)])
    gains = [["effect", "", "in bpc", "95 % interval"]]
    gains += [[_words(name), "", *_effect(effect)] for name, effect in effects.items()]
    if verdict["barrier"] is not None:
        path = verdict["barrier"]
        for name in ("barrier", "dip"):
            between = f" between {' and '.join(path['between'])}" if "between" in path else ""
            where = f"at t = {path[name + '_at']:.2f}"
            gains.append([name + between, "", _signed(path[name]), where])
    title = f"{verdict['arm']}, seed {verdict['seed']}: {verdict['windows']:,} windows, "
    title += f"{verdict['characters']:,} characters"
    lines = aligned(people + gains, {1, 2})
    return "\n".join([title, *lines[: len(people)], "", *lines[len(people) :]])


def side_by_side(verdicts: Sequence[dict[str, Any]]) -> str:
    """Several verdicts, one column each: everybody's bpc by role, then effects with intervals.

    One line each, in several tables below each other, where columns would be too wide.
    """
    roles = [{_role(name, one): one["bpc"][name] for name in in_order(one)} for one in verdicts]
    rows = [["", *(one["arm"] for one in verdicts)]]
    rows.append(["", *(f"seed {one['seed']}" for one in verdicts)])
    rows.append(["parents", *(" x ".join(parents(one)) for one in verdicts)])
    longest = max(roles, key=len)
    for role in dict.fromkeys([*longest, *(role for one in roles for role in one)]):
        rows.append([_shown(role), *(_plain(one[role]) if role in one else "" for one in roles)])
    rows.append(["best parent", *(one["best_parent"] for one in verdicts)])
    if any(one.get("clone_of") for one in verdicts):
        rows.append(["champion is a copy of", *(one.get("clone_of") or "" for one in verdicts)])
    for name in dict.fromkeys(name for one in verdicts for name in one["effects"]):
        if not name.startswith("advantage_over."):
            effect = [" ".join(_effect(one["effects"].get(name))).strip() for one in verdicts]
            rows.append([_words(name), *effect])
    for name in ("barrier", "dip"):
        paths = [one["barrier"] for one in verdicts]
        rows.append([name, *("" if path is None else _signed(path[name]) for path in paths)])
    lines = aligned(rows, set(range(1, len(verdicts) + 1)))
    return "\n".join(lines if max(map(len, lines)) <= WIDE else turned(rows))


def turned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as lines, under the first cell of each row, in tables of WIDE characters at most."""
    head, *rest = rows
    lines: list[str] = []
    while rest:
        count = next((n for n in range(len(rest), 1, -1) if _width([head, *rest[:n]]) <= WIDE), 1)
        taken, rest = [head, *rest[:count]], rest[count:]
        lines += [*aligned(list(zip(*taken, strict=True)), set(range(1, count + 1))), ""]
    return lines[:-1]


def _width(rows: Sequence[Sequence[str]]) -> int:
    return sum(max(map(len, row)) + 2 for row in rows) - 2


def ablation_table(ablation: dict[str, Any]) -> str:
    """Arms of an ablation: held-out loss, what it gains over the first arm, and how slow it is."""
    rows = [["", "seeds", "loss", "gain", "95 % interval", "p", "characters/s", "slower"]]
    for name, arm in ablation["arms"].items():
        between = arm["interval"]
        rows.append([
            name, str(len(arm["seeds"])), _plain(arm["mean"]),
            "" if arm["gain"] is None else _signed(arm["gain"]),
            "" if between is None else f"[{between[0]:+.4f}, {between[1]:+.4f}]",
            _p(arm["p"]), f"{arm['characters_per_second']:,.0f}", f"{arm['slower']:.2f} x",
        ])  # fmt: skip
    return "\n".join(aligned(rows, {1, 2, 3, 5, 6, 7}))


def parents(verdict: dict[str, Any]) -> list[str]:
    """The parents' names: those that were scored before anybody else."""
    return list(takewhile(lambda name: name not in FAMILY, verdict["bpc"]))


def in_order(verdict: dict[str, Any]) -> list[str]:
    """Everybody as a family is told: ancestor, parents, gen-0 child, child, then the controls."""
    first = ["ancestor", *parents(verdict), "gen-0 child", "child"]
    return [*(one for one in first if one in verdict["bpc"]),
            *(one for one in verdict["bpc"] if one not in first)]  # fmt: skip


def summary_table(summary: dict[str, Any]) -> str:
    """All seeds: one line per effect and arm."""
    rows = [["effect", "arm", "seeds", "mean", "95 % BCa", "p", "Holm", "p equiv.", "claim"]]
    for effect, arms in summary["effects"].items():
        for arm, row in arms.items():
            rows.append([
                _words(effect), arm, str(len(row["seeds"])), _signed(row["mean"]), _range(row),
                *(_p(row.get(key)) for key in ("p", "p_holm", "p_equivalent")), row["claim"],
            ])  # fmt: skip
    return "\n".join(aligned(rows, {2, 3, 5, 6, 7}))


def _role(name: str, verdict: dict[str, Any]) -> str:
    """forkL ema -> first parent ema, so that families stand in one row."""
    for number, parent in zip(ORDINALS, parents(verdict), strict=False):
        if name == parent or name.startswith(parent + " "):
            return f"{number} parent" + name[len(parent) :]
    return name


def _shown(name: str) -> str:
    """A result's "child" is the champion of the search."""
    return "champion" if name == "child" else name


def _effect(effect: dict[str, Any] | None) -> list[str]:
    return ["", ""] if effect is None else [_signed(effect["value"]), _range(effect)]


def _range(row: dict[str, Any]) -> str:
    if row.get("low") is None:
        return "-"
    return f"[{row['low']:+z.4f}, {row['high']:+z.4f}]"


def _plain(value: float | None) -> str:
    return "diverged" if value is None else f"{value:.4f}"


def _signed(value: float | None) -> str:
    return "diverged" if value is None else f"{value:+z.4f}"


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def _words(name: str) -> str:
    if name == "ensemble_gap":  # the one effect that is good for somebody else
        return "ensemble's lead"
    return name.replace("advantage_over.", "advantage over ").replace("_", " ")
