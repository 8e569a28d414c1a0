"""Decoding a film: plain, drafted and in rows, always the same, and as the model itself says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lab.generation.draft_proposer import DraftProposer
from lab.generation.kv_cache import KVCache
from lab.generation.speculative_decoding import DecodeStats, decode_greedy
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.network import forward

SHAPES = {
    "ngpt": Architecture(20, 32, 2, 2, 16, s_logit_init=10.0),
    "llama": Architecture(20, 32, 2, 4, 8, kind="llama", kv_heads=2),
}
LENGTH, STOP, NEWLINE = 60, 19, 7


@pytest.fixture(params=list(SHAPES))
def genotype(request: pytest.FixtureRequest) -> Genotype:
    one = founder(SHAPES[request.param], torch.Generator().manual_seed(3))
    rows = one.rows if one.architecture.has_unit_rows else 12 * one.rows  # else all are near ties
    return Genotype(one.architecture, rows, one.scales)


def prefixes(*numbers: int) -> list[np.ndarray]:
    return [np.array([0, number]) for number in numbers]


def logits(genotype: Genotype, ids: np.ndarray) -> torch.Tensor:
    """What the model says, without any cache."""
    shape = genotype.architecture
    return forward(shape, genotype.rows, genotype.scales, torch.from_numpy(ids)[None])[0]


class Oracle(DraftProposer):
    """Guesses what will be written, every ninth character wrongly."""

    def __init__(self, texts: list[list[int]]) -> None:
        super().__init__(NEWLINE, max_proposal=8)
        self.coming = texts

    def propose(self, row: int, text: object) -> list[int]:
        at = len(text)  # type: ignore[arg-type]
        told = self.coming[row][at : at + self.max_proposal]
        return [(one + 1) % 19 if (at + i) % 9 == 8 else one for i, one in enumerate(told)]


def test_a_cache_reads_as_the_model_does_in_any_portions(genotype: Genotype) -> None:
    ids = np.random.default_rng(0).integers(0, 20, (3, 24))
    whole = torch.stack([logits(genotype, row) for row in ids])
    cache = KVCache(genotype, 3, 40, torch.device("cpu"))
    parts = [cache.read(ids[:, a:b]) for a, b in ((0, 5), (5, 6), (6, 24))]
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-4, rtol=1e-4)
    cache.positions = np.array([20, 9, 3])  # go back, each row to another place
    again = cache.read(np.stack([ids[row, at : at + 4] for row, at in enumerate(cache.positions)]))
    for row, at in enumerate((20, 9, 3)):
        torch.testing.assert_close(again[row], whole[row, at : at + 4], atol=1e-4, rtol=1e-4)
    cache.select_rows(np.array([2]))
    alone = cache.read(ids[2:, 7:9])
    torch.testing.assert_close(alone[0], whole[2, 7:9], atol=1e-4, rtol=1e-4)
    with pytest.raises(ValueError, match="room for 40"):
        cache.read(np.zeros((1, 40), np.int64))


def test_plain_decoding_writes_the_likeliest(genotype: Genotype) -> None:
    (text,) = decode_greedy(genotype, prefixes(3), LENGTH, STOP)
    ids = np.array([0, 3, *text])
    assert logits(genotype, ids)[1:-1].argmax(-1).tolist() == text
    assert len(ids) == LENGTH or text[-1] == STOP


def test_drafted_and_batched_decoding_write_the_same(genotype: Genotype) -> None:
    asked = prefixes(*range(1, 8))
    alone = [decode_greedy(genotype, [one], LENGTH, STOP)[0] for one in asked]
    assert decode_greedy(genotype, asked, LENGTH, STOP) == alone
    work = DecodeStats()
    assert decode_greedy(genotype, asked, LENGTH, STOP, Oracle(alone), stats=work) == alone
    assert work.passes < LENGTH / 2  # the guesses were of use, and the wrong ones were seen
    learned = DraftProposer(NEWLINE, max_proposal=5, min_probability=0.0)
    for one, text in zip(asked, alone, strict=True):
        assert decode_greedy(genotype, [one], LENGTH, STOP, learned) == [text]
        learned.learn([text])


def test_near_ties_are_decided_by_the_model_in_float64(
    genotype: Genotype, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = decode_greedy(genotype, prefixes(2), LENGTH, STOP)
    monkeypatch.setattr(
        "lab.generation.kv_cache.MIN_MARGIN", 1e9
    )  # now every character is a near tie
    work = DecodeStats()
    assert decode_greedy(genotype, prefixes(2), LENGTH, STOP, stats=work) == before
    assert work.recomputed == len(before[0])


def test_prefixes_are_of_one_length(genotype: Genotype) -> None:
    with pytest.raises(ValueError, match="one length"):
        decode_greedy(genotype, [np.array([0]), np.array([0, 1])], LENGTH, STOP)
