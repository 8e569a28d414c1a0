"""Accuracy of a film: the share of positions with the right character."""

import pytest

from lab.films.accuracy import format_film_scores, frame_accuracy, score_frames


@pytest.mark.parametrize(
    ("written", "truth", "share"),
    [("abcd", "abcd", 1.0), ("abcx", "abcd", 0.75), ("ab", "abcd", 0.5), ("", "", 0.0)],
)
def test_positions_of_the_longer_text_count(written: str, truth: str, share: float) -> None:
    assert frame_accuracy(written, truth) == share


def test_scores_name_the_worst_frame() -> None:
    scores = score_frames(["aa", "bx"], ["aa", "??", "bb"], [0, 2])
    assert scores == {
        "frames": 2, "accuracy": 0.75, "perfect": 1, "worst": 0.5, "worst_frame": 2,
    }  # fmt: skip
    line = format_film_scores("all", scores)
    assert line.split()[:3] == ["all", "75.00", "%"] and "1 of 2 frames perfect" in line
