"""Frames from an individual, and what they are worth beside the truth."""

from __future__ import annotations

import pytest
import torch

from lab.corpora.dataset import build_dataset
from lab.corpora.film import Film, frame_number
from lab.corpora.film_corpus import build_film_corpus
from lab.corpora.framing import frame, row
from lab.films.accuracy import evaluate_film, format_film_scores, frame_accuracy, score_frames
from lab.films.frame_generator import FrameGenerator, select_frames
from lab.models.architecture import Architecture
from lab.models.genotype import founder

SMALL = Film("small", ("..@\n.@.", "@..\n.@.", "...\n@@@"), 4.0)


@pytest.mark.parametrize("framing", [frame, row])
def test_drafting_or_not_the_frames_are_the_same(framing: object) -> None:
    taught = build_dataset(build_film_corpus(SMALL, {}), framing, 12, None)  # type: ignore[arg-type]
    shape = Architecture(len(taught.vocabulary), 32, 2, 2, 16, s_logit_init=10.0)
    genotype = founder(shape, torch.Generator().manual_seed(1))
    name = framing.__name__  # type: ignore[attr-defined]
    shown = []
    for drafting in (True, False):
        one = FrameGenerator(genotype, taught.vocabulary, name, 13, drafting=drafting)
        assert one.numbers == [frame_number(number) for number in range(3)]
        assert one.rows == (2 if framing is row else 1)
        shown.append(list(one.frames(one.numbers)))
        assert one.stats.passes > 0
    assert shown[0] == shown[1] and len(shown[0]) == 3
    found = evaluate_film(one, SMALL.frames, everything=True)
    assert found["all"]["frames"] == 3 and found["every 25th"]["frames"] == 1
    assert evaluate_film(one, SMALL.frames, everything=False) == {"every 25th": found["every 25th"]}


def test_an_individual_of_another_kind_is_refused() -> None:
    taught = build_dataset(build_film_corpus(SMALL, {}), frame, 12, None)
    shape = Architecture(len(taught.vocabulary), 32, 1, 2, 16)
    with pytest.raises(ValueError, match="not trained on a film"):
        FrameGenerator(founder(shape, torch.Generator()), taught.vocabulary, "conditional", 13)


def test_what_stands_at_its_place_is_right() -> None:
    assert (
        frame_accuracy("..@", "..@") == 1
        and frame_accuracy("", "...") == 0
        and frame_accuracy("...@", "...") == 0.75
    )
    told = score_frames(["..@", "@@@"], ["..@", "no", ".@@"], [0, 2])
    assert (told["perfect"], told["worst_frame"]) == (1, 2)
    assert told["accuracy"] == pytest.approx((1 + 2 / 3) / 2)
    assert "1 of 2 frames perfect, worst 66.67 % (frame 2)" in format_film_scores("all", told)


def test_a_frame_that_is_not_there_is_named() -> None:
    numbers = [frame_number(number) for number in range(3)]
    assert (
        select_frames(numbers, [2, 0]) == [numbers[2], numbers[0]]
        and select_frames(numbers) == numbers
    )
    with pytest.raises(ValueError, match="no frame 9: they are 0 to 2"):
        select_frames(numbers, [9])
