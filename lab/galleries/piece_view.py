"""A card: what a page tells of one piece, as text that shows everything and obeys nothing.

Older lines lack some of it, and lines are data: what is missing, or not what it should be, is left
out. Escaping for HTML is left to the template.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lab.galleries.attribution import EQUAL
from lab.galleries.text_wrap import folded, prose
from lab.terminal.safe_text import columns, visible

HUES = 4  # parents that have a colour of their own
STEP = 8  # columns by which the type of a drawing is fitted to its card
NARROWEST, WIDEST, TALLEST = 24, 160, 99  # beyond that a drawing scrolls


@dataclass(frozen=True)
class Card:
    """What a template shows of a piece; every text in it is visible, none of it is escaped."""

    anchor: str
    number: int
    label: str
    artist: str
    seed: str
    row: str
    settings: str
    similarity: str
    verdict: str
    like: str
    nearest: str
    nearest_width: int
    marks: tuple[tuple[str, bool], ...]
    runs: tuple[tuple[str, str], ...]
    parents: tuple[tuple[str, str, int], ...]
    command: str
    width: int
    height: int
    prose: bool


def cards(pieces: Sequence[Mapping[str, Any]], gallery: str) -> list[Card]:
    """A card for each line of a gallery, under anchors that no two of them share."""
    met, made = Counter[str](), []
    for number, piece in enumerate(pieces, 1):
        anchor = permalink(piece)
        met[anchor] += 1
        again = f"-{met[anchor]}" if met[anchor] > 1 else ""
        made.append(card(piece, number, anchor + again, gallery))
    return made


def permalink(piece: Mapping[str, Any]) -> str:
    """A name that stays with a piece: made of who drew it, its seed, label and sampling."""
    keys = ("individual", "weights", "seed", "label", "sampling", "start")
    what = json.dumps([piece.get(key) or None for key in keys], sort_keys=True)
    return "p-" + hashlib.sha256(what.encode()).hexdigest()[:12]


def card(piece: Mapping[str, Any], number: int, anchor: str, gallery: str) -> Card:
    """All that a page tells of a piece: see `sheet` for what its line may hold."""
    nearest, text = _of(piece, "nearest"), str(piece.get("text", ""))
    like, flows = visible(str(nearest.get("text") or "")), prose(piece)
    shown = folded(text) if flows else visible(text)
    wish = piece.get("wish", piece.get("label"))
    similar = nearest.get("similarity")
    return Card(
        anchor=anchor,
        number=number,
        label=line(piece.get("label")) or ("text" if flows else "without label"),
        artist=line(piece.get("artist")) or "unknown",
        seed=line(piece.get("seed")),
        row=f"{line(wish)} / {line(piece.get('seed'))} / {line(piece.get('start'))}",
        settings=settings(piece),
        similarity="" if similar is None else f"{similar:.2f}",
        verdict=line(nearest.get("verdict")),
        like=line(nearest.get("label")),
        nearest=like,
        nearest_width=fitting(like),
        marks=tuple(marks(piece)),
        runs=tuple(runs(text, hues(piece, text))),
        parents=tuple(shares(piece, text)),
        command=f"python -m lab.sample gallery={line(gallery)} redraw={number}",
        width=fitting(shown),
        height=min(TALLEST, shown.count("\n") + 1),
        prose=flows,
    )


def fitting(text: str) -> int:
    """The columns that a visible text needs, rounded up, so that few rules fit all texts."""
    needs = max(map(columns, text.split("\n")))
    return min(WIDEST, max(NARROWEST, -(-needs // STEP) * STEP))


def settings(piece: Mapping[str, Any]) -> str:
    """How a piece was sampled: "temperature 0.6, top-k 20, ema weights"."""
    told = _of(piece, "sampling")
    words = [f"temperature {line(told['temperature'])}"] if "temperature" in told else []
    words += [f"top-k {line(told['top_k'])}"] if told.get("top_k") else []
    words += [f"top-p {line(told['top_p'])}"] if told.get("top_p", 1.0) != 1.0 else []
    words += [f"min-p {line(told['min_p'])}"] if told.get("min_p") else []
    words += [f"{line(piece['weights'])} weights"] if piece.get("weights") else []
    return ", ".join(words)


def marks(piece: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """What is whole and what is not about a drawing: (words, whether it is as it should be)."""
    told, found = _of(piece, "validity"), list[tuple[str, bool]]()
    if piece.get("framing") and isinstance(piece.get("closed"), bool):
        found.append(("finished", True) if piece["closed"] else ("unfinished", False))
    if "width" in told:
        fits = told.get("fits") is not False
        found.append((f"{line(told['width'])} columns" + ("" if fits else ", too wide"), fits))
    if told.get("strange"):
        found.append((f"strange characters {line(told['strange'])}", False))
    if told.get("signature"):
        found.append((f"signed {line(told['signature'])}", True))
    return found


def hues(piece: Mapping[str, Any], text: str) -> list[int] | None:
    """For each character the parent that expected it most, -1 for none; None where untold."""
    names, leads, nearer = (piece.get(key) for key in ("parents", "inheritance", "closest"))
    if not isinstance(names, list) or len(names) < 2:
        return None
    if _numbers(nearer, len(text)):
        return [int(one) if 0 <= one < len(names) else -1 for one in nearer or ()]
    if _numbers(leads, len(text)):
        return [int(one > 0) if abs(one) >= EQUAL else -1 for one in leads or ()]
    return None


def runs(text: str, owners: Sequence[int] | None) -> list[tuple[str, str]]:
    """A drawing as (class, visible text): p0 for what is the first parent's, "" for nobody's.

    Blanks have no colour and go with what is before them.
    """
    if owners is None:
        return [("", visible(text))]
    kept, last = [], -1
    for character, owner in zip(text, owners, strict=True):
        last = last if character.isspace() else owner
        kept.append((last, character))
    return [
        (f"p{owner}" if 0 <= owner < HUES else "even", visible("".join(one for _, one in run)))
        for owner, run in groupby(kept, key=lambda one: one[0])
    ]


def shares(piece: Mapping[str, Any], text: str) -> list[tuple[str, str, int]]:
    """(class, name, percent of the inked characters) of each parent, then of none of them."""
    owners = hues(piece, text)
    if owners is None:
        return []
    inked = [owner for owner, one in zip(owners, text, strict=True) if not one.isspace()]
    named = [(f"p{i}" if i < HUES else "even", line(one)) for i, one in enumerate(piece["parents"])]
    told = [(*one, inked.count(i)) for i, one in enumerate(named)]
    told.append(("even", "either", inked.count(-1)))
    return [(kind, name, round(100 * count / max(1, len(inked)))) for kind, name, count in told]


def line(value: Any) -> str:
    """Anything as one visible line; nothing for None."""
    return "" if value is None else visible(str(value)).replace("\n", " ")


def _of(piece: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = piece.get(key)
    return value if isinstance(value, dict) else {}


def _numbers(value: Any, count: int) -> bool:
    sound = isinstance(value, list) and len(value) == count
    return sound and all(isinstance(one, int | float) for one in value)
