"""A gallery on disk: one line of JSON a piece, and a page of Markdown made from the lines.

Each line of <name>.samples.jsonl is an object. What draws its piece again, byte for byte:

    artist       the name of who drew it          individual   its id (sha256 of recipe and weights)
    weights      raw | ema | last                 seed         of the piece's own stream of chance
    sampling     {temperature, top_k, top_p, min_p}            length    characters at most
    framing      conditional | unconditional | null (running text)
    wish         the label asked for, "" for none, of a text its start
    start        how the drawing had to start, "" for anyhow (absent in older galleries)

What was drawn, and its measures (absent or null where there is no training piece to compare with):

    label        the label it has, null without   closed       it ended with EOA: it was finished
    text         the drawing without its frame, or the whole text
    nearest      {similarity in [0, 1], verdict memorised | varied | new, and in newer galleries
                 label, and text where its licence allows: the training piece most like it}
    parents      of a bred artist: the parents' names, and
    inheritance  for each character of text the first one's loss in nats minus the second's
    closest      of three or more: the one of least loss, from 0, -1 for none: see `inheritance`
    validity     {valid: closed, fits and nothing strange; width in columns; fits: no wider than the
                 corpus allows; strange: characters that no training piece has; signature or null}

Lines that follow each other with one seed are a row: the same wish, drawn by several artists or at
several temperatures, in the order of the columns. Lines are data, hostile until shown as `visible`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from lab.galleries.gallery_file import GalleryPiece, group_by_seed
from lab.galleries.text_wrap import fold_columns, is_running_text
from lab.storage.atomic_file import write_atomic
from lab.terminal.safe_text import escape_unsafe, format_side_by_side

UNLIMITED_WIDTH = 10**6  # columns of a page: pieces of a row are never put below each other


def write_gallery(
    folder: Path, name: str, pieces: Sequence[GalleryPiece], command: str
) -> tuple[Path, Path]:
    """Write <name>.samples.jsonl and <name>.md into folder; return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, page = folder / f"{name}.samples.jsonl", folder / f"{name}.md"
    text = "".join(json.dumps(piece, allow_nan=False) + "\n" for piece in pieces)
    write_atomic(lines, text.encode())
    write_atomic(page, render_markdown(name, pieces, command).encode())
    return lines, page


def render_markdown(name: str, pieces: Sequence[GalleryPiece], command: str) -> str:
    """A page that shows each row in a fenced block under its label, seed and nearest relatives."""
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
    """The pieces of a row side by side, each of several under its title; safe to print."""
    titles = [piece_title(piece, row) for piece in row] if len(row) > 1 else []
    texts = [str(piece.get("text", "")) for piece in row]
    texts = fold_columns(texts, width) if all(map(is_running_text, row)) else texts
    return format_side_by_side(texts, width, titles=titles)


def piece_title(piece: GalleryPiece, row: Sequence[GalleryPiece]) -> str:
    """What tells a piece from the others of its row, and how new it is: "styleA, new 0.31"."""
    words = (
        [str(piece.get("artist"))] if len({str(member.get("artist")) for member in row}) > 1 else []
    )
    if len({_format_temperature(member) for member in row}) > 1:
        words.append(f"temperature {_format_temperature(piece)}")
    if nearest := piece.get("nearest"):
        words.append(f"{nearest['verdict']} {nearest['similarity']:.2f}")
    return ", ".join(words)


def row_heading(row: Sequence[GalleryPiece]) -> str:
    """Label, seed, and how new a single piece is: "Cats, seed 3, varied (0.71 like its ...)"."""
    labels = [piece["label"] for piece in row if piece.get("label")]
    words = [*labels[:1], f"seed {row[0].get('seed')}"]
    if len(row) == 1 and (nearest := row[0].get("nearest")):
        words.append(f"{nearest['verdict']} ({nearest['similarity']:.2f} like its nearest piece)")
    return ", ".join(words)


def fence_text(art: str) -> str:
    """The art in a block of code whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", art)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{escape_unsafe(art)}\n{fence}"


def escape_markdown(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    return re.sub(r"([\\`*_\[\]<>#|~&$])", r"\\\1", escape_unsafe(text).replace("\n", " "))


def _format_temperature(piece: GalleryPiece) -> str:
    return f"{(piece.get('sampling') or {}).get('temperature', 0.0):g}"
