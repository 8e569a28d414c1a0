"""Splits: train, select and report sets, disjoint and stable, without near duplicates across them.

Running text is cut into contiguous blocks with a gap of one context between them, so that no window
straddles two. Drawings are assigned by a hash of each piece alone, so that a piece keeps its split
when the corpus grows, is filtered or is reordered; near duplicates share a hash and a split.
Their hash is the min-hash of A. Broder (1997, https://doi.org/10.1109/SEQUEN.1997.666900).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from lab.corpora.drawing import Drawing

SHARES = (0.90, 0.05, 0.05)
MIN_CHARACTERS = 6  # lines of fewer or of fewer kinds of characters occur in many drawings
MIN_DISTINCT_CHARACTERS = 4


def contiguous_blocks(
    length: int, shares: Sequence[float] = SHARES, gap: int = 0, min_length: int = 1
) -> list[slice]:
    """Cut range(length) into consecutive blocks by shares, with `gap` positions left out between.

    Raises ValueError where a block is shorter than `min_length`, with the length that suffices.
    """
    edges = [round(length * sum(shares[:part])) for part in range(len(shares))] + [length]
    parts = [
        slice(start + (gap if start else 0), stop)
        for start, stop in zip(edges, edges[1:], strict=False)
    ]
    if min(part.stop - part.start for part in parts) < min_length:
        required_length = int((min_length + gap) / min(shares)) + 2
        raise ValueError(
            f"{length:,} characters are too few for the context: its splits need "
            f"{required_length:,}"
        )
    return parts


def duplicate_key(piece: Drawing) -> str:
    """Return the art without blanks: pieces that differ in blanks alone have one key."""
    return "".join(piece.art.split())


def near_duplicate_key(piece: Drawing) -> str:
    """Return the distinctive line of least sha256: pieces that share most lines share it.

    Lines count without blanks, letters and digits (so that a signature, a caption in the art or
    other eyes change nothing), and are distinctive with MIN_CHARACTERS characters,
    MIN_DISTINCT_CHARACTERS of them different. Two pieces share a key with probability
    equal to the share of distinctive lines that they have in common. Art without a
    distinctive line has its duplicate_key.
    """
    lines = (
        "".join(
            character for character in line if not character.isalnum() and not character.isspace()
        )
        for line in piece.art.split("\n")
    )
    distinctive_lines = {
        line
        for line in lines
        if len(line) >= MIN_CHARACTERS and len(set(line)) >= MIN_DISTINCT_CHARACTERS
    }
    return min(distinctive_lines, key=hash_fraction) if distinctive_lines else duplicate_key(piece)


def hash_fraction(key: str) -> float:
    """Return a number in [0, 1) that is uniform over keys: the first 48 bits of its sha256."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48


def assign_splits(
    pieces: Iterable[Drawing],
    key: Callable[[Drawing], str] = duplicate_key,
    shares: Sequence[float] = SHARES,
) -> tuple[tuple[Drawing, ...], ...]:
    """Deal drawings into train, select and report by the fraction of each one's key, order kept.

    Train has the fractions below shares[0], report the highest. Where so few pieces leave a split
    empty, the keys of the highest fractions fill report, then select. Raises ValueError for fewer
    than three keys.
    """
    # The salt: a key that was chosen for its low fraction would always fall into train.
    keyed_pieces = [(hash_fraction("deal " + key(piece)), piece) for piece in pieces]
    fractions = sorted({fraction for fraction, _ in keyed_pieces})
    if len(fractions) < 3:
        raise ValueError(
            f"a corpus needs at least 3 drawings unlike each other, not {len(fractions)}"
        )
    report_from = max(fractions[2], min(shares[0] + shares[1], fractions[-1]))
    below = max(fraction for fraction in fractions if fraction < report_from)
    select_from = max(fractions[1], min(shares[0], below))
    edges = (0.0, select_from, report_from, 1.0)
    return tuple(
        tuple(piece for fraction, piece in keyed_pieces if low <= fraction < high)
        for low, high in zip(edges, edges[1:], strict=False)
    )


def fingerprint_splits(parts: Iterable[bytes | memoryview]) -> str:
    """Return the sha256 over the splits' exact bytes, in order, each after its length (8 bytes)."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
