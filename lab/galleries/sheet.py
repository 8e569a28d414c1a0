"""A gallery on disk: one line of JSON a piece, and a page of Markdown made from the lines.

Each line holds all that draws its piece again: individual, weights, seed, sampling, framing, wish.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.galleries.terminal import visible

Piece = Mapping[str, Any]


def write(folder: Path, name: str, pieces: Sequence[Piece], command: str) -> tuple[Path, Path]:
    """Write <name>.samples.jsonl and <name>.md into folder; return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, page = folder / f"{name}.samples.jsonl", folder / f"{name}.md"
    text = "".join(json.dumps(piece, allow_nan=False) + "\n" for piece in pieces)
    lines.write_text(text, encoding="utf-8")
    page.write_text(markdown(name, pieces, command), encoding="utf-8")
    return lines, page


def read(path: Path) -> list[dict[str, Any]]:
    """The pieces of a gallery; ValueError names the line that is damaged."""
    pieces = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            pieces.append(json.loads(line))
        except ValueError:
            raise ValueError(f"{path}, line {number} is not JSON") from None
    return pieces


def markdown(name: str, pieces: Sequence[Piece], command: str) -> str:
    """A page that shows each piece in a fenced block under its label, seed and nearest relative."""
    parts = [f"# {name}", "", f"    {visible(command)}", ""]
    for number, piece in enumerate(pieces, 1):
        parts += [f"## {number}. {escaped(heading(piece))}", "", fenced(piece["text"]), ""]
    return "\n".join(parts)


def heading(piece: Piece) -> str:
    """Label, seed, and how new the piece is: "Cats, seed 3, varied (0.71)"."""
    words = [piece["label"]] if piece.get("label") else []
    words.append(f"seed {piece['seed']}")
    if (nearest := piece.get("nearest")) is not None:
        words.append(f"{nearest['verdict']} ({nearest['similarity']:.2f} like its nearest piece)")
    return ", ".join(words)


def fenced(art: str) -> str:
    """The art in a block of code whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", art)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(art)}\n{fence}"


def escaped(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", visible(text).replace("\n", " "))
