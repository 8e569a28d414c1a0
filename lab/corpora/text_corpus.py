"""Text: a corpus of running text in three splits, as ids; here also the user's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from lab.corpora.splits import SHARES, blocks, fingerprint
from lab.corpora.user_files import find, read
from lab.corpora.vocabulary import Vocabulary


@dataclass(frozen=True)
class Text:
    """A corpus of running text: arrays of ids [characters] to learn from, choose by and judge by.

    `fingerprint` is the sha256 of the exact characters of the three (`splits.fingerprint`).
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


def text(path: str | Path, context: int = 256, gap: int | None = None, half: str = "all") -> Text:
    r"""Return the user's text: a file, or a folder's .txt files in the order of their names.

    The vocabulary is its characters; line ends become \n, and files that do not end with one get
    it. The first 90 % are train, then 5 % select and 5 % report, `gap` characters (default: one
    context) left out between them. `half` is "all", or "left" or "right" of each of the three, with
    the vocabulary of all. Raises FileNotFoundError where nothing is there, and ValueError
    with file and byte offset for what `files.read` refuses, or for too little text: every split
    needs context + 1 characters.
    """
    if context < 1 or (gap is not None and gap < 0):
        raise ValueError(f"context is at least 1 and gap at least 0, not {context} and {gap}")
    if half not in ("all", *HALVES):
        raise ValueError(f"half is one of all, left, right, not {half!r}")
    files = find(path, (".txt",))
    whole = "".join(read(file).removesuffix("\n") + "\n" for file in files)
    gap = context if gap is None else gap
    try:
        parts = [whole[cut] for cut in blocks(len(whole), SHARES, gap, least=context + 1)]
        if half != "all":
            side = HALVES.index(half)
            parts = [part[blocks(len(part), (0.5, 0.5), gap, context + 1)[side]] for part in parts]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    vocabulary = Vocabulary.of([whole])
    train, select, report = map(vocabulary.encode, parts)
    provenance = {
        "source": [file.name for file in files],
        "licence": "the user's own",
        "characters": len(whole),
        "half": half,
        "gap": gap,
    }
    prints = fingerprint([part.encode("utf-8") for part in parts])
    name = Path(path).resolve().stem
    return Text(name, vocabulary, train, select, report, prints, provenance)
