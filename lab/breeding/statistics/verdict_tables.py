"""Verdict tables: the text tables of one seed's verdict and of all seeds; bpc to four decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.breeding.statistics.control_arms import ControlArm
from lab.breeding.statistics.verdict_order import ordered_names, parent_names
from lab.terminal.tables import align_columns

MAX_WIDTH = 100  # characters of a line; wider tables are turned
ORDINALS = ("first", "second", "third", "fourth")


def verdict_table(verdict: dict[str, Any], arms: Sequence[ControlArm] | None = None) -> str:
    """Return one seed's table: each model's bpc, the champion's advantage over it, the effects."""
    effects = dict(verdict["effects"])
    bpc_rows = [["", "bpc", "minus champion", "95 % interval"]]
    for name in ordered_names(verdict, arms):
        effect = effects.pop(f"advantage_over.{name}", None)
        best = " (best parent)" if name == verdict["best_parent"] else ""
        bpc_rows.append(
            [_display_name(name) + best, _format_bpc(verdict["bpc"][name]), *_format_effect(effect)]
        )
    effect_rows = [["effect", "", "in bpc", "95 % interval"]]
    effect_rows += [
        [_format_effect_name(name), "", *_format_effect(effect)] for name, effect in effects.items()
    ]
    if verdict["barrier"] is not None:
        barrier = verdict["barrier"]
        for name in ("barrier", "dip"):
            between = f" between {' and '.join(barrier['between'])}" if "between" in barrier else ""
            position = f"at t = {barrier[name + '_at']:.2f}"
            effect_rows.append([name + between, "", _format_difference(barrier[name]), position])
    title = f"{verdict['arm']}, seed {verdict['seed']}: {verdict['windows']:,} windows, "
    title += f"{verdict['characters']:,} characters"
    lines = align_columns(bpc_rows + effect_rows, {1, 2})
    return "\n".join([title, *lines[: len(bpc_rows)], "", *lines[len(bpc_rows) :]])


def comparison_table(verdicts: Sequence[dict[str, Any]]) -> str:
    """Return a table of several verdicts, one column each: bpc by role, effects with intervals.

    If the columns would be too wide, one line each, in several tables below each other.
    """
    roles = [
        {_role_name(name, verdict): verdict["bpc"][name] for name in ordered_names(verdict)}
        for verdict in verdicts
    ]
    rows = [["", *(verdict["arm"] for verdict in verdicts)]]
    rows.append(["", *(f"seed {verdict['seed']}" for verdict in verdicts)])
    rows.append(["parents", *(" x ".join(parent_names(verdict)) for verdict in verdicts)])
    longest = max(roles, key=len)
    for role in dict.fromkeys([*longest, *(role for bpc_by_role in roles for role in bpc_by_role)]):
        rows.append(
            [
                _display_name(role),
                *(
                    _format_bpc(bpc_by_role[role]) if role in bpc_by_role else ""
                    for bpc_by_role in roles
                ),
            ]
        )
    rows.append(["best parent", *(verdict["best_parent"] for verdict in verdicts)])
    if any(verdict.get("clone_of") for verdict in verdicts):
        rows.append(
            ["champion is a copy of", *(verdict.get("clone_of") or "" for verdict in verdicts)]
        )
    for name in dict.fromkeys(name for verdict in verdicts for name in verdict["effects"]):
        if not name.startswith("advantage_over."):
            effect = [
                " ".join(_format_effect(verdict["effects"].get(name))).strip()
                for verdict in verdicts
            ]
            rows.append([_format_effect_name(name), *effect])
    for name in ("barrier", "dip"):
        paths = [verdict["barrier"] for verdict in verdicts]
        rows.append(
            [name, *("" if path is None else _format_difference(path[name]) for path in paths)]
        )
    lines = align_columns(rows, set(range(1, len(verdicts) + 1)))
    return "\n".join(lines if max(map(len, lines)) <= MAX_WIDTH else transpose_table(rows))


def transpose_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return columns as lines, in tables of MAX_WIDTH characters at most."""
    header, *rest = rows
    lines: list[str] = []
    while rest:
        count = next(
            (n for n in range(len(rest), 1, -1) if _table_width([header, *rest[:n]]) <= MAX_WIDTH),
            1,
        )
        columns, rest = [header, *rest[:count]], rest[count:]
        lines += [*align_columns(list(zip(*columns, strict=True)), set(range(1, count + 1))), ""]
    return lines[:-1]


def _table_width(rows: Sequence[Sequence[str]]) -> int:
    return sum(max(map(len, row)) + 2 for row in rows) - 2


def ablation_table(ablation: dict[str, Any]) -> str:
    """Return an ablation's table: held-out loss, gain over the first arm, and slowdown, by arm."""
    rows = [["", "seeds", "loss", "gain", "95 % interval", "p", "characters/s", "slower"]]
    for name, arm in ablation["arms"].items():
        interval = arm["interval"]
        rows.append([
            name, str(len(arm["seeds"])), _format_bpc(arm["mean"]),
            "" if arm["gain"] is None else _format_difference(arm["gain"]),
            "" if interval is None else f"[{interval[0]:+.4f}, {interval[1]:+.4f}]",
            _format_p(arm["p"]), f"{arm['characters_per_second']:,.0f}", f"{arm['slower']:.2f} x",
        ])  # fmt: skip
    return "\n".join(align_columns(rows, {1, 2, 3, 5, 6, 7}))


def summary_table(summary: dict[str, Any]) -> str:
    """Return the table over seeds: one line per effect and arm."""
    rows = [["effect", "arm", "seeds", "mean", "95 % BCa", "p", "Holm", "p equiv.", "claim"]]
    for effect, arms in summary["effects"].items():
        for arm, row in arms.items():
            rows.append([
                _format_effect_name(effect), arm, str(len(row["seeds"])),
                _format_difference(row["mean"]), _format_interval(row),
                *(_format_p(row.get(key)) for key in ("p", "p_holm", "p_equivalent")), row["claim"],
            ])  # fmt: skip
    return "\n".join(align_columns(rows, {2, 3, 5, 6, 7}))


def _role_name(name: str, verdict: dict[str, Any]) -> str:
    """Return forkL ema as first parent ema, so that different families share a row."""
    for ordinal, parent in zip(ORDINALS, parent_names(verdict), strict=False):
        if name == parent or name.startswith(parent + " "):
            return f"{ordinal} parent" + name[len(parent) :]
    return name


def _display_name(name: str) -> str:
    """Return the name for people: a result's "child" is the champion of the search."""
    return "champion" if name == "child" else name


def _format_effect(effect: dict[str, Any] | None) -> list[str]:
    return (
        ["", ""]
        if effect is None
        else [_format_difference(effect["value"]), _format_interval(effect)]
    )


def _format_interval(row: dict[str, Any]) -> str:
    if row.get("low") is None:
        return "-"
    return f"[{row['low']:+z.4f}, {row['high']:+z.4f}]"


def _format_bpc(value: float | None) -> str:
    return "diverged" if value is None else f"{value:.4f}"


def _format_difference(value: float | None) -> str:
    return "diverged" if value is None else f"{value:+z.4f}"


def _format_p(value: float | None) -> str:
    if value is None:
        return "-"
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"


def _format_effect_name(name: str) -> str:
    if name == "ensemble_gap":  # the one effect that is good for the control
        return "ensemble's lead"
    return name.replace("advantage_over.", "advantage over ").replace("_", " ")
