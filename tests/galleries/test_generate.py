"""Asking for pieces: by label, freely, as the continuation of a text."""

from __future__ import annotations

import pytest
import torch

from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary
from lab.galleries.generate import build_prefix, generate_pieces
from lab.generation.sampler import Sampling
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

LETTERS = Vocabulary.from_texts(["abcdefg /\\_\n"], framed=True)


@pytest.fixture
def artist() -> Genotype:
    shape = Architecture(vocab_size=len(LETTERS), dim=32, depth=1, heads=2, dim_head=16)
    return founder(shape, torch.Generator().manual_seed(0))


def test_prefixes() -> None:
    assert build_prefix("conditional", "cat") == f"{SOL}cat{SEP}"
    assert build_prefix("unconditional", "cat") == SOL
    assert build_prefix(None, "Once") == "Once"


def test_a_label_that_would_break_the_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="framing character"):
        build_prefix("conditional", f"a{SEP}b")


@pytest.mark.parametrize("framing", ["conditional", "unconditional", None])
def test_one_piece_a_wish(artist: Genotype, framing: str | None) -> None:
    drawn = generate_pieces(artist, LETTERS, framing, ["abc", "fed"], [0, 1], length=50)
    assert len(drawn) == 2
    for text, wish in zip(drawn, ["abc", "fed"], strict=True):
        assert text.startswith(build_prefix(framing, wish)) and len(text) <= 50
        assert framing is None or EOA not in text[:-1]


def test_a_framed_piece_ends_with_its_frame_and_a_text_does_not(artist: Genotype) -> None:
    free = Sampling(1.0, 0)
    framed = generate_pieces(
        artist, LETTERS, "unconditional", [""] * 20, range(20), length=60, sampling=free
    )
    assert any(text.endswith(EOA) and len(text) < 60 for text in framed)
    running = generate_pieces(
        artist, LETTERS, None, ["a"] * 20, range(20), length=60, sampling=free
    )
    assert {len(text) for text in running} == {60}


def test_a_character_the_artist_does_not_know_is_named(artist: Genotype) -> None:
    with pytest.raises(ValueError, match="'z'"):
        generate_pieces(artist, LETTERS, "conditional", ["z"], [0], length=30)
