"""Gallery file: the drawings of a gallery, one JSON object a line, parsed as untrusted data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from lab.storage.bounded_reader import parse_json, read_regular_file

GalleryPiece = Mapping[str, Any]


def read_gallery(path: Path) -> list[dict[str, Any]]:
    """Read the pieces of a gallery; ValueError names a line that is damaged or is no piece."""
    pieces = []
    text = read_regular_file(path).decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            piece = parse_json(line, "the line")
        except ValueError:
            raise ValueError(f"{path}, line {number} is not JSON") from None
        if not _is_valid_piece(piece):
            raise ValueError(f"{path}, line {number} is not a piece")
        pieces.append(piece)
    return pieces


def group_by_seed(pieces: Sequence[GalleryPiece]) -> list[list[GalleryPiece]]:
    """Group consecutive pieces of one seed into rows."""
    return [list(row) for _, row in groupby(pieces, key=lambda piece: piece.get("seed"))]


def _is_valid_piece(piece: Any) -> bool:
    """Whether the fields that a page shows have the right types."""
    if not isinstance(piece, dict) or not isinstance(piece.get("text"), str):
        return False
    sampling, nearest = piece.get("sampling") or {}, piece.get("nearest") or {}
    if not isinstance(sampling, dict) or not isinstance(nearest, dict):
        return False
    numbers = [sampling.get("temperature", 0.0)]
    numbers += [nearest.get("similarity")] if nearest else []
    texts = [piece.get("label") or "", nearest.get("verdict", "")]
    return all(isinstance(number, int | float) for number in numbers) and all(
        isinstance(text, str) for text in texts
    )
