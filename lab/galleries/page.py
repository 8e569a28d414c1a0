"""Gallery page: a gallery as self-contained HTML files with a Content-Security-Policy.

Every piece is escaped text, readable without the script, which filters, sorts and navigates. The
Content-Security-Policy (W3C, level 3) allows only the style and script whose hashes it contains.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from glob import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined

from lab.galleries.novelty import MEMORISED, VARIED
from lab.galleries.piece_view import PieceView, build_piece_views, to_single_line
from lab.storage.atomic_file import write_files_atomic

POLICY = (
    "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)
VERDICTS = ("memorised", "varied", "new")
PIECES_PER_PAGE = 500  # half a megabyte of HTML, which a browser opens at once
PAGING_STYLE = (
    ".pages{display:flex;flex-wrap:wrap;gap:.2rem .7rem;margin:.7rem 0;color:var(--soft);"
    "font-size:.88rem}.pages a{color:var(--link);text-decoration:underline}"
)
LINKS_EACH_WAY = 5  # pages before and after this one that it links to


def write_page(folder: Path, name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> Path:
    """Write <name>.html into folder, beside the gallery file; return its path.

    A gallery of more than PIECES_PER_PAGE pieces goes on in <name>.page-2.html, ...; such pages
    of an earlier, larger gallery of this name are removed.
    """
    files = page_files(folder, name, pieces, command)
    write_files_atomic(files)
    remove_stale_pages(folder, name, len(files))
    return folder / page_file(name, 1)


def page_files(
    folder: Path, name: str, pieces: Sequence[Mapping[str, Any]], command: str
) -> dict[Path, bytes]:
    """Return the pages of a gallery by their paths, the first one first."""
    pages = enumerate(render_pages(name, pieces, command), 1)
    return {folder / page_file(name, number): text.encode() for number, text in pages}


def remove_stale_pages(folder: Path, name: str, count: int) -> None:
    """Remove the pages beyond count, which an earlier, larger gallery of this name left."""
    for path in folder.glob(f"{escape(name)}.page-*.html"):
        number = path.name.removeprefix(f"{name}.page-").removesuffix(".html")
        if re.fullmatch("[1-9][0-9]*", number, re.ASCII) and int(number) > count:
            path.unlink()


def page_file(name: str, number: int) -> str:
    """Return the file name of a gallery's page, counted from 1."""
    return f"{name}.html" if number == 1 else f"{name}.page-{number}.html"


def render_page(name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> str:
    """Render the first page of a gallery; the same bytes for the same lines."""
    return next(render_pages(name, pieces, command))


def render_pages(name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> Iterator[str]:
    """Render the pages of a gallery one by one; a row of pieces is never divided."""
    views = build_piece_views(pieces, name)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template, script = environment.from_string(read_asset("page.html")), read_asset("page.js")
    parts = list(split_pages(views))
    common = {
        "name": to_single_line(name),
        "command": to_single_line(command),
        "total": len(views),
        "script": script,
        "all_artists": count_names((view.artist for view in views), ordered=False),
        "all_verdicts": count_verdicts(views),
        "several": len({view.row for view in views}) < len(views),
        "parents": legend_entries(views),
        "bounds": (VARIED, MEMORISED),
    }
    for number, part in enumerate(parts, 1):
        style = read_asset("page.css") + render_size_rules(part)
        style += PAGING_STYLE if len(parts) > 1 else ""
        yield template.render(
            **common,
            views=part,
            style=style,
            policy=POLICY.format(style=csp_hash(style), script=csp_hash(script)),
            labels=count_names(view.label for view in part),
            artists=count_names((view.artist for view in part), ordered=False),
            verdicts=count_verdicts(part),
            page=number,
            page_count=len(parts),
            links=page_links(name, number, len(parts)),
        )


def split_pages(views: Sequence[PieceView]) -> Iterator[list[PieceView]]:
    """Yield the pieces of each page: whole rows, PIECES_PER_PAGE pieces at most, or one row."""
    part: list[PieceView] = []
    for _, row in groupby(views, key=lambda view: view.row):
        members = list(row)
        if part and len(part) + len(members) > PIECES_PER_PAGE:
            yield part
            part = []
        part += members
    if part or not views:
        yield part


def page_links(name: str, page: int, count: int) -> list[tuple[int, str]]:
    """Return (number, address) of the first page, the last and those near this one."""
    near = range(max(1, page - LINKS_EACH_WAY), min(count, page + LINKS_EACH_WAY) + 1)
    numbers = sorted({1, *near, count})
    return [(number, quote(page_file(name, number), errors="replace")) for number in numbers]


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
