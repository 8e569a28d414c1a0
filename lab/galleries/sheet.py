"""Gallery sheet: a gallery written as JSON lines and as a Markdown page.

Each line of <name>.samples.jsonl is an object. The fields that reproduce its piece byte for byte:

    artist       name of the artist               individual   its id (sha256 of recipe and weights)
    weights      raw | ema | last                 seed         of the piece's own random stream
    sampling     {temperature, top_k, top_p, min_p}            length    characters at most
    framing      conditional | unconditional | null (running text)
    wish         the prompt: label, "" for none, or the start of a text
    start        required start of the drawing, "" for none (absent in older galleries)
    hub          hub:OWNER/NAME@COMMIT of an artist that came from the hub, else absent

The drawing and its measures (absent or null without training pieces to compare with):

    label        its label, null without          closed       it ended with EOA, finished
    text         the drawing without framing, or the whole text
    nearest      {similarity in [0, 1], verdict memorised | varied | new, and in newer galleries
                 label, and text where its licence allows: the nearest training piece}
    parents      of a bred artist: the parents' names, and
    inheritance  for each character of text the first parent's loss in nats minus the second's
    closest      of three or more: the index of the one of least loss, -1: tie; see `attribution`
    validity     {valid: closed, fits and no strange character; width in columns; fits: no wider
                 than the corpus; strange: characters that no training piece has; signature or null}

Consecutive lines of one seed are a row: the same prompt, drawn by several artists or at several
temperatures, in column order. Lines are untrusted: they are printed as visible text only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from lab.galleries.gallery_file import GalleryPiece, group_by_seed
from lab.galleries.text_wrap import fold_columns, is_running_text
from lab.storage.atomic_file import write_files_atomic
from lab.terminal.safe_text import display_width, escape_unsafe, format_side_by_side

UNLIMITED_WIDTH = 10**6  # columns of a page; the pieces of a row stay side by side


def write_gallery(
    folder: Path, name: str, pieces: Sequence[GalleryPiece], command: str
) -> tuple[Path, Path]:
    """Write <name>.samples.jsonl and <name>.md into folder; return both paths."""
    files = sheet_files(folder, name, pieces, command)
    write_files_atomic(files)
    lines, page = files
    return lines, page


def sheet_files(
    folder: Path, name: str, pieces: Sequence[GalleryPiece], command: str
) -> dict[Path, bytes]:
    """Return a gallery's lines and its Markdown by their paths."""
    lines, page = folder / f"{name}.samples.jsonl", folder / f"{name}.md"
    text = "".join(json.dumps(piece, allow_nan=False) + "\n" for piece in pieces)
    markdown = render_markdown(name, pieces, command)
    return {lines: text.encode(), page: markdown.encode()}


def render_markdown(name: str, pieces: Sequence[GalleryPiece], command: str) -> str:
    """Render Markdown with each row in a fenced block under its label, seed and novelty."""
    parts = [
        f"# {escape_markdown(name)}",
        "",
        "    " + escape_unsafe(command).replace("\n", " "),
        "",
    ]
    for number, row in enumerate(group_by_seed(pieces), 1):
        parts += [
            f"## {number}. {escape_markdown(row_heading(row))}",
            "",
            fence_text(render_row(row)),
            "",
        ]
    return "\n".join(parts)


def render_row(row: Sequence[GalleryPiece], width: int = UNLIMITED_WIDTH) -> str:
    """Render the pieces of a row side by side, with titles if several; safe to print."""
    titles = [piece_title(piece, row) for piece in row] if len(row) > 1 else []
    texts = [str(piece.get("text", "")) for piece in row]
    texts = fold_columns(texts, width) if all(map(is_running_text, row)) else texts
    return format_side_by_side(texts, width, titles=titles)


def piece_title(piece: GalleryPiece, row: Sequence[GalleryPiece]) -> str:
    """Return what distinguishes a piece in its row, and its novelty: "styleA, new 0.31"."""
    words = (
        [str(piece.get("artist"))] if len({str(member.get("artist")) for member in row}) > 1 else []
    )
    if len({_format_temperature(member) for member in row}) > 1:
        words.append(f"temperature {_format_temperature(piece)}")
    if nearest := piece.get("nearest"):
        words.append(f"{nearest['verdict']} {nearest['similarity']:.2f}")
    return ", ".join(words)


def number_titles(pieces: Sequence[GalleryPiece], width: int) -> list[str]:
    """Return "3 Cats, new 0.31" for each piece: its number is that of redraw=3.

    None is wider than width columns.
    """
    titles = []
    for number, piece in enumerate(pieces, 1):
        words = [str(piece["label"])] if piece.get("label") else []
        words += [novelty] if (novelty := piece_title(piece, [piece])) else []
        title = escape_unsafe(f"{number} {', '.join(words)}".rstrip()).replace("\n", " ")
        while display_width(title) > width:
            title = title[:-1]
        titles.append(title)
    return titles


def row_heading(row: Sequence[GalleryPiece]) -> str:
    """Return label, seed, and a single piece's novelty: "Cats, seed 3, varied (0.71 like ...)"."""
    labels = [piece["label"] for piece in row if piece.get("label")]
    words = [*labels[:1], f"seed {row[0].get('seed')}"]
    if len(row) == 1 and (nearest := row[0].get("nearest")):
        words.append(f"{nearest['verdict']} ({nearest['similarity']:.2f} like its nearest piece)")
    return ", ".join(words)


def fence_text(art: str) -> str:
    """Fence art in a code block, with more backticks than any run in it."""
    longest = max((len(run) for run in re.findall("`+", art)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{escape_unsafe(art)}\n{fence}"


def escape_markdown(text: str) -> str:
    """Escape text for Markdown and HTML."""
    return re.sub(r"([\\`*_\[\]<>#|~&$])", r"\\\1", escape_unsafe(text).replace("\n", " "))


def _format_temperature(piece: GalleryPiece) -> str:
    return f"{(piece.get('sampling') or {}).get('temperature', 0.0):g}"
