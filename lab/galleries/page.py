"""Gallery page: a gallery as one self-contained HTML file with a Content-Security-Policy.

Every piece is escaped text, readable without the script, which filters, sorts and navigates. The
Content-Security-Policy (W3C, level 3) allows only the style and script whose hashes it contains.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from lab.galleries.novelty import MEMORISED, VARIED
from lab.galleries.piece_view import PieceView, build_piece_views, to_single_line
from lab.storage.atomic_file import write_atomic

POLICY = (
    "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)
VERDICTS = ("memorised", "varied", "new")


def write_page(folder: Path, name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> Path:
    """Write <name>.html into folder, beside the gallery file; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.html"
    write_atomic(path, render_page(name, pieces, command).encode())
    return path


def render_page(name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> str:
    """Render the page of a gallery; the same bytes for the same lines."""
    views = build_piece_views(pieces, name)
    style, script = read_asset("page.css") + render_size_rules(views), read_asset("page.js")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(read_asset("page.html")).render(
        name=to_single_line(name),
        command=to_single_line(command),
        views=views,
        style=style,
        script=script,
        policy=POLICY.format(style=csp_hash(style), script=csp_hash(script)),
        labels=count_names(view.label for view in views),
        artists=count_names((view.artist for view in views), ordered=False),
        verdicts=count_verdicts(views),
        several=len({view.row for view in views}) < len(views),
        parents=legend_entries(views),
        bounds=(VARIED, MEMORISED),
    )


def gallery_table(name: str, pieces: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return (caption, visible text) of each piece, for a table."""
    return [
        {
            "label": view.label,
            "artist": view.artist,
            "seed": view.seed,
            "settings": view.settings,
            "verdict": view.verdict,
            "similarity": view.similarity,
            "marks": ", ".join(mark for mark, _ in view.marks),
            "text": "".join(text for _, text in view.runs),
        }
        for view in build_piece_views(pieces, name)
    ]


def read_asset(name: str) -> str:
    """Read a template file beside this module."""
    return (files("lab.galleries") / name).read_text(encoding="utf-8")


def csp_hash(text: str) -> str:
    """Return the base64 sha256 that a Content-Security-Policy names a style or script by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def render_size_rules(views: Iterable[PieceView]) -> str:
    """Return CSS rules for the widths and heights of drawings; inline styles are forbidden."""
    views = list(views)
    distinct_widths = {view.width for view in views} | {view.nearest_width for view in views}
    width_rules = "".join(f".w{width}{{--w:{width}}}" for width in sorted(distinct_widths))
    return width_rules + "".join(
        f".h{height}{{--h:{height}}}" for height in sorted({view.height for view in views})
    )


def count_names(names: Iterable[str], ordered: bool = True) -> list[tuple[str, int]]:
    """Count names: (name, count), sorted by name, or in order of occurrence."""
    counts = list(Counter(names).items())
    return sorted(counts) if ordered else counts


def count_verdicts(views: Iterable[PieceView]) -> list[tuple[str, int]]:
    """Count verdicts: (verdict, count), from memorised to new."""
    counts = Counter(view.verdict for view in views)
    return [(verdict, counts[verdict]) for verdict in VERDICTS if counts[verdict]]


def legend_entries(views: Iterable[PieceView]) -> list[tuple[str, str]]:
    """Return (class, name) for the legend: parents' names where all children have the same."""
    families = {
        tuple((kind, name) for kind, name, _ in view.parents) for view in views if view.parents
    }
    if len(families) == 1:
        return list(families.pop())
    rank_count = max(map(len, families), default=1) - 1
    ranks = ("first parent", "second parent", "third parent", "fourth parent")[:rank_count]
    entries = [(f"p{number}", rank) for number, rank in enumerate(ranks)]
    return [*entries, ("even", "either")] if entries else []
