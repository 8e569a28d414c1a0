"""Piece view: the template data of one piece, as visible text without control characters.

Older lines lack some fields, and lines are untrusted data: missing or malformed fields are left
out. HTML is escaped by the template.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lab.galleries.attribution import TIE_MARGIN
from lab.galleries.text_wrap import fold_text, is_running_text
from lab.terminal.safe_text import display_width, escape_unsafe

HUES = 4  # parents that have a colour of their own
WIDTH_STEP = 8  # columns by which the font size of a drawing is fitted
NARROWEST, WIDEST, TALLEST = 24, 160, 99  # a wider drawing scrolls


@dataclass(frozen=True)
class PieceView:
    """The fields of a piece in the page template; texts are visible and not HTML-escaped."""

    anchor: str
    number: int
    label: str
    artist: str
    seed: str
    row: str
    settings: str
    similarity: str
    verdict: str
    nearest_label: str
    nearest: str
    nearest_width: int
    marks: tuple[tuple[str, bool], ...]
    runs: tuple[tuple[str, str], ...]
    parents: tuple[tuple[str, str, int], ...]
    command: str
    width: int
    height: int
    prose: bool


def build_piece_views(pieces: Sequence[Mapping[str, Any]], gallery: str) -> list[PieceView]:
    """Build a view for each line of a gallery, with unique anchors."""
    anchor_counts, views = Counter[str](), []
    for number, piece in enumerate(pieces, 1):
        anchor = permalink(piece)
        anchor_counts[anchor] += 1
        suffix = f"-{anchor_counts[anchor]}" if anchor_counts[anchor] > 1 else ""
        views.append(build_piece_view(piece, number, anchor + suffix, gallery))
    return views


def permalink(piece: Mapping[str, Any]) -> str:
    """Return a stable anchor of a piece, from artist, seed, label and sampling."""
    keys = ("individual", "weights", "seed", "label", "sampling", "start")
    identity = json.dumps([piece.get(key) or None for key in keys], sort_keys=True)
    return "p-" + hashlib.sha256(identity.encode()).hexdigest()[:12]


def build_piece_view(piece: Mapping[str, Any], number: int, anchor: str, gallery: str) -> PieceView:
    """Build the view of a piece; `sheet` describes its line."""
    nearest, text = _get_mapping(piece, "nearest"), str(piece.get("text", ""))
    nearest_text, is_text = escape_unsafe(str(nearest.get("text") or "")), is_running_text(piece)
    displayed = fold_text(text) if is_text else escape_unsafe(text)
    prompt = piece.get("wish", piece.get("label"))
    similarity = nearest.get("similarity")
    return PieceView(
        anchor=anchor,
        number=number,
        label=to_single_line(piece.get("label")) or ("text" if is_text else "without label"),
        artist=to_single_line(piece.get("artist")) or "unknown",
        seed=to_single_line(piece.get("seed")),
        row=" / ".join(map(to_single_line, (prompt, piece.get("seed"), piece.get("start")))),
        settings=format_sampling(piece),
        similarity="" if similarity is None else f"{similarity:.2f}",
        verdict=to_single_line(nearest.get("verdict")),
        nearest_label=to_single_line(nearest.get("label")),
        nearest=nearest_text,
        nearest_width=fitted_width(nearest_text),
        marks=tuple(validity_marks(piece)),
        runs=tuple(colour_runs(text, expecting_parents(piece, text))),
        parents=tuple(parent_shares(piece, text)),
        command=f"python -m lab.sample gallery={to_single_line(gallery)} redraw={number}",
        width=fitted_width(displayed),
        height=min(TALLEST, displayed.count("\n") + 1),
        prose=is_text,
    )


def fitted_width(text: str) -> int:
    """Return the columns of a visible text, rounded up, so that few CSS rules suffice."""
    needed = max(map(display_width, text.split("\n")))
    return min(WIDEST, max(NARROWEST, -(-needed // WIDTH_STEP) * WIDTH_STEP))


def format_sampling(piece: Mapping[str, Any]) -> str:
    """Format the sampling settings: "temperature 0.6, top-k 20, ema weights"."""
    sampling = _get_mapping(piece, "sampling")
    words = (
        [f"temperature {to_single_line(sampling['temperature'])}"]
        if "temperature" in sampling
        else []
    )
    words += [f"top-k {to_single_line(sampling['top_k'])}"] if sampling.get("top_k") else []
    words += (
        [f"top-p {to_single_line(sampling['top_p'])}"] if sampling.get("top_p", 1.0) != 1.0 else []
    )
    words += [f"min-p {to_single_line(sampling['min_p'])}"] if sampling.get("min_p") else []
    words += [f"{to_single_line(piece['weights'])} weights"] if piece.get("weights") else []
    return ", ".join(words)


def validity_marks(piece: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return the validity marks of a drawing: (words, whether it is valid in that respect)."""
    validity, entries = _get_mapping(piece, "validity"), list[tuple[str, bool]]()
    if piece.get("framing") and isinstance(piece.get("closed"), bool):
        entries.append(("finished", True) if piece["closed"] else ("unfinished", False))
    if "width" in validity:
        fits = validity.get("fits") is not False
        entries.append(
            (f"{to_single_line(validity['width'])} columns" + ("" if fits else ", too wide"), fits)
        )
    if validity.get("strange"):
        entries.append((f"strange characters {to_single_line(validity['strange'])}", False))
    if validity.get("signature"):
        entries.append((f"signed {to_single_line(validity['signature'])}", True))
    return entries


def expecting_parents(piece: Mapping[str, Any], text: str) -> list[int] | None:
    """Return the parent of least loss for each character, -1 for none; None without attribution."""
    names, leads, closest = (piece.get(key) for key in ("parents", "inheritance", "closest"))
    if not isinstance(names, list) or len(names) < 2:
        return None
    if _is_number_list(closest, len(text)):
        return [int(parent) if 0 <= parent < len(names) else -1 for parent in closest or ()]
    if _is_number_list(leads, len(text)):
        return [int(lead > 0) if abs(lead) >= TIE_MARGIN else -1 for lead in leads or ()]
    return None


def colour_runs(text: str, owners: Sequence[int] | None) -> list[tuple[str, str]]:
    """Split a drawing into (class, visible text): p0 for the first parent, "" for none.

    Blanks have no colour and join the run before them.
    """
    if owners is None:
        return [("", escape_unsafe(text))]
    coloured, last = [], -1
    for character, owner in zip(text, owners, strict=True):
        last = last if character.isspace() else owner
        coloured.append((last, character))
    return [
        (
            f"p{owner}" if 0 <= owner < HUES else "even",
            escape_unsafe("".join(character for _, character in run)),
        )
        for owner, run in groupby(coloured, key=lambda pair: pair[0])
    ]


def parent_shares(piece: Mapping[str, Any], text: str) -> list[tuple[str, str, int]]:
    """Return (class, name, percent of the inked characters) of each parent, then of none."""
    owners = expecting_parents(piece, text)
    if owners is None:
        return []
    inked = [
        owner for owner, character in zip(owners, text, strict=True) if not character.isspace()
    ]
    entries = [
        (f"p{i}" if i < HUES else "even", to_single_line(name))
        for i, name in enumerate(piece["parents"])
    ]
    counted = [(*entry, inked.count(i)) for i, entry in enumerate(entries)]
    counted.append(("even", "either", inked.count(-1)))
    return [(kind, name, round(100 * count / max(1, len(inked)))) for kind, name, count in counted]


def to_single_line(value: Any) -> str:
    """Format a value as one visible line; "" for None."""
    return "" if value is None else escape_unsafe(str(value)).replace("\n", " ")


def _get_mapping(piece: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = piece.get(key)
    return value if isinstance(value, dict) else {}


def _is_number_list(value: Any, count: int) -> bool:
    is_list = isinstance(value, list) and len(value) == count
    return is_list and all(isinstance(number, int | float) for number in value)
