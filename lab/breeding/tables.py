"""Verdicts for people: text tables of one seed and of all seeds; bpc to four decimals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any


def verdict_table(verdict: dict[str, Any]) -> str:
    """One seed: everybody's bpc beside the child's advantage over it, then the effects."""
    effects = dict(verdict["effects"])
    people = [["", "bpc", "minus child", "95 % interval"]]
    for name, bpc in verdict["bpc"].items():
        effect = effects.pop(f"advantage_over.{name}", None)
        best = " (best parent)" if name == verdict["best_parent"] else ""
        people.append([name + best, _plain(bpc), *_effect(effect)])
    gains = [["effect", "", "in bpc", "95 % interval"]]
    gains += [[_words(name), "", *_effect(effect)] for name, effect in effects.items()]
    if verdict["barrier"] is not None:
        path = verdict["barrier"]
        for name in ("barrier", "dip"):
            gains.append([name, "", _signed(path[name]), f"at t = {path[name + '_at']:.2f}"])
    title = f"{verdict['arm']}, seed {verdict['seed']}: {verdict['windows']:,} windows, "
    title += f"{verdict['characters']:,} characters"
    lines = _aligned(people + gains, {1, 2})
    return "\n".join([title, *lines[: len(people)], "", *lines[len(people) :]])


def side_by_side(verdicts: Sequence[dict[str, Any]]) -> str:
    """Several verdicts, one column each: everybody's bpc, then the effects with intervals."""
    people = dict.fromkeys(name for one in verdicts for name in one["bpc"])
    effects = dict.fromkeys(name for one in verdicts for name in one["effects"])
    rows = [["", *(one["arm"] for one in verdicts)]]
    rows.append(["", *(f"seed {one['seed']}" for one in verdicts)])
    for name in people:
        rows.append(
            [name, *(_plain(one["bpc"][name]) if name in one["bpc"] else "" for one in verdicts)]
        )
    rows.append(["best parent", *(one["best_parent"] for one in verdicts)])
    for name in effects:
        if not name.startswith("advantage_over."):
            effect = [" ".join(_effect(one["effects"].get(name))).strip() for one in verdicts]
            rows.append([_words(name), *effect])
    for name in ("barrier", "dip"):
        paths = [one["barrier"] for one in verdicts]
        rows.append([name, *("" if path is None else _signed(path[name]) for path in paths)])
    return "\n".join(_aligned(rows, set(range(1, len(verdicts) + 1))))


def summary_table(summary: dict[str, Any]) -> str:
    """All seeds: one line per effect and arm."""
    rows = [["effect", "arm", "seeds", "mean", "95 % BCa", "p", "Holm", "p equiv.", "claim"]]
    for effect, arms in summary["effects"].items():
        for arm, row in arms.items():
            rows.append([
                _words(effect), arm, str(len(row["seeds"])), _signed(row["mean"]), _range(row),
                *(_p(row.get(key)) for key in ("p", "p_holm", "p_equivalent")), row["claim"],
            ])  # fmt: skip
    return "\n".join(_aligned(rows, {2, 3, 5, 6, 7}))


def _effect(effect: dict[str, Any] | None) -> list[str]:
    return ["", ""] if effect is None else [_signed(effect["value"]), _range(effect)]


def _range(row: dict[str, Any]) -> str:
    if row.get("low") is None:
        return "-"
    return f"[{row['low']:+.4f}, {row['high']:+.4f}]"


def _plain(value: float | None) -> str:
    return "diverged" if value is None else f"{value:.4f}"


def _signed(value: float | None) -> str:
    return "diverged" if value is None else f"{value:+.4f}"


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def _words(name: str) -> str:
    return name.replace("advantage_over.", "advantage over ").replace("_", " ")


def _aligned(rows: Sequence[Sequence[str]], numbers: Collection[int]) -> list[str]:
    """Columns two blanks apart, those of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
