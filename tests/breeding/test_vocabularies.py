"""Vocabularies match by character, whatever the index."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lab.breeding.operators.discrete import discrete
from lab.breeding.operators.slerp import slerp
from lab.breeding.operators.ties import ties
from lab.breeding.vocabularies import narrow_vocabulary, union_vocabulary, widen_vocabularies
from lab.models import hypersphere
from lab.models.genotype import Genotype
from tests.breeding.families import LLAMA, TINY, UNTIED, furthest, individual, seeded

A, B = "\x02\x03\x04abcdefgh", "hgfe\x04xyz\x02ba"


def rows_of(genotype: Genotype, characters: tuple[str, ...] | str, one: str) -> torch.Tensor:
    return genotype.rows[list(genotype.layout.token_gene(list(characters).index(one)).rows)]


def parents() -> tuple[Genotype, Genotype]:
    return individual(UNTIED, 1), individual(UNTIED, 2)


def test_the_union_keeps_the_first_order() -> None:
    assert "".join(union_vocabulary([A, B])) == "\x02\x03\x04abcdefghxyz"


def test_a_vocabulary_is_narrowed_by_character() -> None:
    a = individual(UNTIED, 1)
    some = narrow_vocabulary(a, A, "had")
    for one in "had":
        assert torch.equal(rows_of(some, "had", one), rows_of(a, A, one))
    with pytest.raises(ValueError, match="does not fit a model of 11"):
        narrow_vocabulary(a, "abc", "a")


def test_shared_characters_are_bred_and_private_ones_copied() -> None:
    a, b = parents()
    wide, _, characters = widen_vocabularies([a, b], [A, B])
    child = slerp(wide, alpha=0.3)
    assert child.architecture.vocab_size == 14
    for shared in "abefgh\x02\x04":
        ends = rows_of(a, A, shared), rows_of(b, B, shared)
        bred = hypersphere.slerp_rows(*ends, 0.3)
        assert torch.allclose(rows_of(child, characters, shared), bred, atol=1e-7)
    assert torch.equal(rows_of(child, characters, "x"), rows_of(b, B, "x"))
    assert torch.equal(rows_of(child, characters, "c"), rows_of(a, A, "c"))


def test_private_scales_come_by_effective_value() -> None:
    a, b = parents()
    b = Genotype(replace(UNTIED, s_logit_init=4.0), b.rows, b.scales)
    wide, _, characters = widen_vocabularies([a, b], [A, B])
    lent = wide[0].effective_scales()[wide[0].layout.token_gene(characters.index("x")).scales[0]]
    assert lent == pytest.approx(
        float(b.effective_scales()[b.layout.token_gene(B.index("x")).scales[0]])
    )


def test_only_the_order_of_characters_differs() -> None:
    """A parent whose ids are shuffled breeds as if they were not."""
    a, b = individual(TINY, 1), individual(TINY, 2)
    order = torch.randperm(11, generator=seeded(3))
    shuffled = b.clone()
    shuffled.rows[:11] = b.rows[:11][order]
    shuffled.scales[-11:] = b.scales[-11:][order]
    wide, _, characters = widen_vocabularies([a, shuffled], [A, [A[i] for i in order]])
    assert characters == tuple(A)
    assert furthest(slerp(wide, alpha=0.4), slerp([a, b], alpha=0.4)) == 0


@pytest.mark.parametrize("operator", [ties, discrete])
def test_a_private_character_survives_any_operator(operator: object) -> None:
    a, b = parents()
    ancestor = individual(UNTIED, 5)
    wide, old, characters = widen_vocabularies([a, b], [A, B], ancestor, A)
    child = operator(wide, ancestor=old, generator=seeded(1))  # type: ignore[operator]
    assert torch.equal(rows_of(child, characters, "y"), rows_of(b, B, "y"))


def test_the_ancestor_is_cut_to_the_parents_union() -> None:
    a, b = parents()
    _, ancestor, characters = widen_vocabularies([a, b], [A, A], individual(UNTIED, 5), B)
    assert ancestor is not None and ancestor.architecture.vocab_size == len(characters) == 11
    assert torch.equal(rows_of(ancestor, characters, "c"), rows_of(a, A, "c"))
    assert torch.equal(rows_of(ancestor, characters, "h"), rows_of(individual(UNTIED, 5), B, "h"))


@pytest.mark.parametrize("wrong", ["abc", "aabcdefghij"])
def test_a_vocabulary_must_fit_its_genotype(wrong: str) -> None:
    with pytest.raises(ValueError, match="does not fit a model of 11"):
        widen_vocabularies(parents(), [A, wrong])


def test_a_model_without_scales_of_tokens_is_widened_too() -> None:
    a, b = individual(LLAMA, 1), individual(LLAMA, 2)
    (wide, _), _, characters = widen_vocabularies([a, b], [A, B])
    assert wide.architecture.vocab_size == 14
    assert torch.equal(rows_of(wide, characters, "x"), rows_of(b, B, "x"))
    assert torch.equal(rows_of(wide, characters, "c"), rows_of(a, A, "c"))
    assert torch.equal(wide.scales, a.scales)
