"""Accuracy: the share of a film's characters that greedy decoding reproduces.

Accuracy is of free-running greedy decoding: teacher-forced, a table of counts reaches 99.2 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from lab.corpora.film import frame_number
from lab.films.frame_generator import FrameGenerator

EVALUATION_STRIDE = 25  # every 25th frame, as the original was scored

MEANINGS = {
    "frames": "how many frames were written, each from its number alone, greedily",
    "accuracy": "mean over the frames of the share of characters, line ends included, that stand "
    "at their place",
    "perfect": "frames without a wrong character",
    "worst": "accuracy of the worst frame",
    "worst_frame": "its number",
}


def evaluate_film(
    generator: FrameGenerator, truth: Sequence[str], everything: bool
) -> dict[str, Any]:
    """Score every 25th frame and, on request, all frames; `score_frames` by name."""
    numbers = range(0, len(truth), 1 if everything else EVALUATION_STRIDE)
    written = list(generator.frames([frame_number(number) for number in numbers]))
    sampled = range(0, len(truth), EVALUATION_STRIDE)
    scores = {
        f"every {EVALUATION_STRIDE}th": score_frames(
            written[:: EVALUATION_STRIDE if everything else 1], truth, sampled
        )
    }
    return scores | ({"all": score_frames(written, truth, numbers)} if everything else {})


def score_frames(
    written: Iterable[str], truth: Sequence[str], numbers: Sequence[int]
) -> dict[str, Any]:
    """Score the frames `numbers` as decoded; truth is the whole film."""
    shares = [
        frame_accuracy(frame, truth[number]) for frame, number in zip(written, numbers, strict=True)
    ]
    worst = min(range(len(shares)), key=shares.__getitem__)
    return {
        "frames": len(shares),
        "accuracy": sum(shares) / len(shares),
        "perfect": sum(share == 1 for share in shares),
        "worst": shares[worst],
        "worst_frame": numbers[worst],
    }


def frame_accuracy(written: str, truth: str) -> float:
    """Return the share of positions of the longer text at which both have the same character."""
    pairs = list(zip_longest(written, truth))
    return sum(a == b for a, b in pairs) / max(1, len(pairs))


def format_film_scores(name: str, scores: dict[str, Any]) -> str:
    """Format the scores of `score_frames` as one line."""
    return (
        f"{name:10s} {100 * scores['accuracy']:.2f} % right, {scores['perfect']} of "
        f"{scores['frames']} frames perfect, worst {100 * scores['worst']:.2f} % "
        f"(frame {scores['worst_frame']})"
    )
