"""Text corpus: running text in three splits as character ids; the user's own files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from lab.corpora.splits import SHARES, contiguous_blocks, fingerprint_splits
from lab.corpora.user_files import read_user_files
from lab.corpora.vocabulary import Vocabulary


@dataclass(frozen=True)
class TextCorpus:
    """A corpus of running text in three splits: arrays of ids [characters] train, select, report.

    `fingerprint` is the sha256 of the exact characters of the three (`splits.fingerprint_splits`).
    """

    kind: ClassVar[str] = "text"
    name: str
    vocabulary: Vocabulary
    train: np.ndarray
    select: np.ndarray
    report: np.ndarray
    fingerprint: str
    provenance: dict[str, Any] = field(default_factory=dict)


HALVES = ("left", "right")


def text(
    path: str | Path,
    context: int = 256,
    gap: int | None = None,
    half: str = "all",
    encoding: str = "utf-8",
) -> TextCorpus:
    r"""Return the user's text: a file, or a folder's .txt files in the order of their names.

    The vocabulary is its characters; line ends become \n, and files that do not end with one get
    it. The first 90 % are train, then 5 % select and 5 % report, `gap` characters (default: one
    context) left out between them. `half` is "all", or "left" or "right" of each of the three, with
    the vocabulary of all. Files of a folder that are not of the encoding are left out, provenance
    `skipped`. Raises FileNotFoundError where nothing is there, and ValueError with file and offset
    for what cannot be decoded, or for too little text: every split needs context + 1 characters.
    """
    if context < 1 or (gap is not None and gap < 0):
        raise ValueError(f"context is at least 1 and gap at least 0, not {context} and {gap}")
    if half not in ("all", *HALVES):
        raise ValueError(f"half is one of all, left, right, not {half!r}")
    files = read_user_files(path, (".txt",), encoding)
    full_text = "".join(part.removesuffix("\n") + "\n" for _, part in files.texts)
    gap = context if gap is None else gap
    try:
        parts = [
            full_text[block]
            for block in contiguous_blocks(len(full_text), SHARES, gap, min_length=context + 1)
        ]
        if half != "all":
            half_index = HALVES.index(half)
            parts = [
                part[contiguous_blocks(len(part), (0.5, 0.5), gap, context + 1)[half_index]]
                for part in parts
            ]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    vocabulary = Vocabulary.from_texts([full_text])
    train, select, report = map(vocabulary.encode, parts)
    provenance = {
        **files.provenance,
        "licence": "the user's own",
        "characters": len(full_text),
        "half": half,
        "gap": gap,
    }
    digest = fingerprint_splits([part.encode("utf-8") for part in parts])
    name = Path(path).resolve().stem
    return TextCorpus(name, vocabulary, train, select, report, digest, provenance)
