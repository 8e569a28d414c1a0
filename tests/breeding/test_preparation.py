"""Parents of unequal vocabularies and bases, brought together without changing what they say."""

from __future__ import annotations

import torch

from lab.breeding.kinship import angles
from lab.breeding.preparation import fitted, prepare
from lab.models import network
from lab.models.genotype import Architecture, Genotype, founder


def grown(characters: str, seed: int) -> Genotype:
    shape = Architecture(vocab_size=len(characters), dim=16, depth=2, heads=2, dim_head=8)
    return founder(shape, torch.Generator().manual_seed(seed))


def said(genotype: Genotype, ids: list[int]) -> torch.Tensor:
    shape = genotype.architecture
    return network.forward(shape, genotype.rows, genotype.scales, torch.tensor([ids]))[0]


def test_parents_of_one_vocabulary_stay_as_they_are() -> None:
    a, b = grown("abc", 0), grown("abc", 1)
    ready = prepare([a, b], ["abc", "abc"])
    assert ready.parents[0] is a and ready.parents[1] is b and ready.characters == tuple("abc")


def test_alignment_and_union_leave_each_parent_what_it_says() -> None:
    a, b = grown("abc", 0), grown("cad", 1)
    ready = prepare([a, b], ["abc", "cad"], match=True)
    assert ready.characters == tuple("abcd")
    mine = said(ready.parents[1], [2, 0, 3])[:, [2, 0, 3]]
    torch.testing.assert_close(mine, said(b, [0, 1, 2]), atol=1e-4, rtol=0)
    lent = ready.parents[0].rows[1], ready.parents[1].rows[1]
    assert torch.equal(*lent)


def test_alignment_brings_parents_nearer() -> None:
    a, b = grown("abc", 0), grown("abc", 1)
    plain, matched = (prepare([a, b], ["abc"] * 2, match=on) for on in (False, True))
    near, far = (angles(*one.parents)["all"] for one in (matched, plain))
    assert near < far and len(matched.alignments) == 1


def test_a_relative_is_fitted_to_the_union() -> None:
    ready = prepare([grown("abc", 0), grown("cad", 1)], ["abc", "cad"])
    relative = grown("ab", 2)
    wide = fitted(relative, "ab", ready.parents, ready.characters)
    torch.testing.assert_close(said(wide, [0, 1])[:, :2], said(relative, [0, 1]))
    assert torch.equal(wide.rows[2], ready.parents[0].rows[2])
