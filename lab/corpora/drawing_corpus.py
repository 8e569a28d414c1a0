"""Drawing corpus: labelled drawings in three splits; the bestiary and the user's own files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from lab.corpora.art_formats import TEXT_SUFFIXES, plain_art, split_drawings
from lab.corpora.drawing import Drawing as Drawing
from lab.corpora.filtering import Limits, filter_drawings
from lab.corpora.framing import conditional
from lab.corpora.splits import assign_splits, duplicate_key, fingerprint_splits, near_duplicate_key
from lab.corpora.user_files import read_user_files
from lab.corpora.vocabulary import Vocabulary
from lab.terminal.combining_marks import compose_marks

HALVES = ("all", "A", "B")
ART_KEYS = ("art", "text", "content")
LABEL_KEYS = ("label", "caption")


@dataclass(frozen=True)
class DrawingCorpus:
    """A corpus of drawings in three splits: train, select (validation) and report (test).

    `vocabulary` has the framing characters, then every character of the three splits; `fingerprint`
    is the sha256 of their conditionally framed pieces (`splits.fingerprint_splits`). `provenance`
    holds source, licence, and the number of pieces kept and dropped by reason.
    """

    kind: ClassVar[str] = "drawings"
    name: str
    vocabulary: Vocabulary
    train: tuple[Drawing, ...]
    select: tuple[Drawing, ...]
    report: tuple[Drawing, ...]
    fingerprint: str
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return every label of the three splits once, sorted."""
        return tuple(sorted({piece.label for piece in self.train + self.select + self.report}))


def build_drawing_corpus(
    name: str,
    pieces: Iterable[Drawing],
    limits: Limits,
    provenance: dict[str, Any],
    key: Callable[[Drawing], str] = near_duplicate_key,
    max_pieces: int | None = None,
) -> DrawingCorpus:
    """Return the corpus of the clean pieces within `limits`, dealt into splits by `key`.

    Pieces are sorted by label and art, so that the same pieces make the same corpus however they
    are stored. `max_pieces` limits their number. Raises ValueError where too few are left.
    """
    kept_pieces, drop_counts, first_dropped = filter_drawings(pieces, limits, max_pieces)
    kept_pieces.sort(key=lambda piece: (piece.label, piece.art))
    try:
        parts = assign_splits(kept_pieces, key)
    except ValueError as error:
        reasons = ", ".join(f"{count} {reason}" for reason, count in drop_counts.items())
        raise ValueError(f"{name}: {error} (dropped: {reasons or 'none'})") from None
    train, select, report = parts
    record = (
        provenance
        | {
            "kept": len(kept_pieces),
            "dropped": drop_counts,
            "limits": asdict(limits),
        }
        | ({"first_dropped": first_dropped} if first_dropped else {})
    )
    vocabulary = Vocabulary.from_texts(
        (piece.label + piece.art for piece in kept_pieces), framed=True
    )
    digest = fingerprint_splits(["".join(map(conditional, part)).encode() for part in parts])
    return DrawingCorpus(name, vocabulary, train, select, report, digest, record)


def check_half(half: str) -> None:
    """Raise ValueError for an unknown half."""
    if half not in HALVES:
        raise ValueError(f"half is one of {', '.join(HALVES)}, not {half!r}")


def bestiary(
    half: str = "all", max_width: int = 80, max_height: int = 60, max_length: int = 2048
) -> DrawingCorpus:
    """Return the embedded drawings: all, half A (creatures, nature) or half B (objects, tech).

    Held-out pieces are further variations of the same subjects. Raises ValueError as
    `build_drawing_corpus` does.
    """
    check_half(half)
    from lab.corpora.bestiary import LABELS_A, LABELS_B, draw_bestiary

    labels = {"all": {*LABELS_A, *LABELS_B}, "A": {*LABELS_A}, "B": {*LABELS_B}}[half]
    bestiary_pieces = (
        Drawing(piece.label, piece.art, source="bestiary")
        for piece in draw_bestiary()
        if piece.label in labels
    )
    limits = Limits(max_width, max_height, max_length)
    source = {"source": "drawn by lab.corpora.bestiary", "licence": "MIT", "half": half}
    return build_drawing_corpus("bestiary", bestiary_pieces, limits, source, duplicate_key)


def drawings(
    path: str | Path,
    max_width: int = 80,
    max_height: int = 60,
    max_length: int = 2048,
    ascii_only: bool = False,
    encoding: str = "utf-8",
) -> DrawingCorpus:
    """Return the user's own drawings: a file of text or JSON lines, or a folder of them.

    A text file is one piece or several, as `art_formats` tells by its suffix. Its label is
    its folder's name below `path`, else its own name without a number at the end ("cat-07": cat).
    A .jsonl file has one object a line: art (or text, content) and label (or caption; default as
    for text). Files of a folder that are not of the encoding are left out, provenance `skipped`.
    Raises FileNotFoundError where nothing is there, ValueError with file and line or offset for
    what cannot be read.
    """
    root = Path(path).expanduser()
    files = read_user_files(path, (*TEXT_SUFFIXES, ".jsonl"), encoding)
    pieces = (
        piece
        for file, file_text in files.texts
        for piece in parse_drawing_file(file, file_text, label_from_path(file, root))
    )
    limits = Limits(max_width, max_height, max_length, ascii_only)
    source = {**files.provenance, "licence": "the user's own"}
    return build_drawing_corpus(root.resolve().stem, pieces, limits, source)


def label_from_path(file: Path, root: Path) -> str:
    """Return the label of a file's pieces, from its folder or its name."""
    if file != root and file.parent != root:
        return compose_marks(file.parent.name)
    stem = compose_marks(file.stem)
    return re.sub(r"[\W_]*\d*$", "", stem).replace("_", " ") or compose_marks(file.parent.name)


def parse_drawing_file(file: Path, text: str, label: str) -> Iterator[Drawing]:
    """Yield the pieces in one file's text, not yet clean."""
    if file.suffix.lower() != ".jsonl":
        for own_label, art in split_drawings(file, text, label):
            yield Drawing(own_label, art, source=file.name)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield parse_drawing_line(
                line, f"{file}, line {number}", Drawing(label, "", source=file.name)
            )


def parse_drawing_line(line: str, place: str, default: Drawing) -> Drawing:
    """Return the piece of one JSON line. Raises ValueError naming the place."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{place}: no JSON ({error.msg} at column {error.colno})") from None
    except ValueError:
        raise ValueError(f"{place}: a number in it has too many digits") from None
    except RecursionError:
        raise ValueError(f"{place}: it is nested too deeply") from None
    if not isinstance(record, dict):
        raise ValueError(f"{place}: expected an object with label and art, not {line[:30]}")
    art = next((record[key] for key in ART_KEYS if key in record), None)
    label = next((record[key] for key in LABEL_KEYS if key in record), default.label)
    if not isinstance(art, str) or not isinstance(label, str):
        raise ValueError(f"{place}: art and label must be text")
    piece = Drawing(compose_marks(label), plain_art(art), source=default.source)
    try:
        conditional(piece)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None
    return piece
