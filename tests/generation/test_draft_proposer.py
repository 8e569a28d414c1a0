"""Guesses from earlier frames: learned quickly, of any alphabet, and never more than asked for."""

from __future__ import annotations

import pytest

from lab.corpora.embedded_film import draw_silhouettes
from lab.generation.draft_proposer import DraftProposer

NEWLINE, END = 2, 3


def texts(rows: bool) -> list[list[list[int]]]:
    """The embedded film as ids: 0 and 1 for . and @, each frame as its rows or in one."""
    ids = {".": 0, "@": 1, "\n": NEWLINE}
    frames = [frame.split("\n") if rows else [frame] for frame in draw_silhouettes().frames]
    return [[[*map(ids.__getitem__, part), END] for part in frame] for frame in frames]


def passes(draft: DraftProposer, frame: list[list[int]]) -> int:
    """How many passes it takes to write a frame of which the model knows every character."""
    at, count = [0] * len(frame), 0
    while any(place < len(row) for place, row in zip(at, frame, strict=True)):
        count += 1
        for number, row in enumerate(frame):
            guess = draft.propose(number, row[: at[number]]) if at[number] < len(row) else []
            assert len(guess) <= draft.max_proposal
            right = 0
            while right < len(guess) and row[at[number] + right : at[number] + right + 1] == [
                guess[right]
            ]:
                right += 1
            at[number] += right + 1
    return count


@pytest.mark.parametrize(("rows", "fewer"), [(False, 5), (True, 3)])
def test_a_film_is_guessed_better_the_longer_it_runs(rows: bool, fewer: float) -> None:
    draft, taken = DraftProposer(None if rows else NEWLINE), []
    film = texts(rows)
    for frame in film[:40]:
        taken.append(passes(draft, frame))
        draft.learn(frame)
    assert taken[0] > sum(map(len, film[0])) / (30 if rows else 2)
    assert sum(taken[-10:]) / 10 < max(map(len, film[0])) / fewer


def test_nothing_is_guessed_before_a_line_has_ended() -> None:
    assert DraftProposer(NEWLINE).propose(0, [0, 1, 0, 1]) == []
    assert DraftProposer(None).propose(0, [0, 1, 0, 1]) == []


def test_more_kinds_of_characters_than_a_byte_holds_are_not_guessed() -> None:
    draft = DraftProposer(NEWLINE)
    frame = [*range(4, 304), NEWLINE, *range(4, 304), END]
    draft.learn([frame])
    assert draft.propose(0, frame[:310]) == []
