"""Judging a film: how much of it comes out right when nobody helps, from the numbers alone.

Teacher-forced accuracy is not it: a table of counts, without any model, has 99.2 % of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from lab.corpora.film import frame_number
from lab.films.frame_generator import Projector

JUDGED = 25  # every 25th frame, as the original was judged

MEANINGS = {
    "frames": "how many frames were written, each from its number alone, greedily",
    "accuracy": "mean over the frames of the share of characters, line ends included, that stand "
    "at their place",
    "perfect": "frames without a wrong character",
    "worst": "accuracy of the worst frame",
    "worst_frame": "its number",
}


def examine(projector: Projector, truth: Sequence[str], everything: bool) -> dict[str, Any]:
    """`judge` of every 25th frame and, on request, of all, by name."""
    wanted = range(0, len(truth), 1 if everything else JUDGED)
    written = list(projector.frames([frame_number(number) for number in wanted]))
    few = range(0, len(truth), JUDGED)
    found = {f"every {JUDGED}th": judge(written[:: JUDGED if everything else 1], truth, few)}
    return found | ({"all": judge(written, truth, wanted)} if everything else {})


def judge(written: Iterable[str], truth: Sequence[str], numbers: Sequence[int]) -> dict[str, Any]:
    """MEANINGS of the frames `numbers` as they were written; truth is the whole film."""
    shares = [right(frame, truth[number]) for frame, number in zip(written, numbers, strict=True)]
    worst = min(range(len(shares)), key=shares.__getitem__)
    return {
        "frames": len(shares),
        "accuracy": sum(shares) / len(shares),
        "perfect": sum(share == 1 for share in shares),
        "worst": shares[worst],
        "worst_frame": numbers[worst],
    }


def right(written: str, truth: str) -> float:
    """Share of the characters of the longer text at which both have the same one."""
    pairs = list(zip_longest(written, truth))
    return sum(one == other for one, other in pairs) / max(1, len(pairs))


def verdict(name: str, judged: dict[str, Any]) -> str:
    """One line for people: `verdict("all", judge(...))`."""
    return (
        f"{name:10s} {100 * judged['accuracy']:.2f} % right, {judged['perfect']} of "
        f"{judged['frames']} frames perfect, worst {100 * judged['worst']:.2f} % "
        f"(frame {judged['worst_frame']})"
    )
