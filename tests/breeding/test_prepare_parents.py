"""Parents of unequal vocabularies and bases, brought together without changing what they say."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.alignment import symmetry
from lab.breeding.alignment.alignment import align
from lab.breeding.prepare_parents import fit_vocabulary, prepare_parents
from lab.breeding.vocabularies import narrow_vocabulary
from lab.genealogy.kinship import block_rms_angles
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
    ready = prepare_parents([a, b], ["abc", "abc"])
    assert ready.parents[0] is a and ready.parents[1] is b and ready.characters == tuple("abc")


def test_alignment_and_union_leave_each_parent_what_it_says() -> None:
    a, b = grown("abc", 0), grown("cad", 1)
    ready = prepare_parents([a, b], ["abc", "cad"], align_to_first=True)
    assert ready.characters == tuple("abcd")
    mine = said(ready.parents[1], [2, 0, 3])[:, [2, 0, 3]]
    torch.testing.assert_close(mine, said(b, [0, 1, 2]), atol=1e-4, rtol=0)
    lent = ready.parents[0].rows[1], ready.parents[1].rows[1]
    assert torch.equal(*lent)


def test_alignment_brings_parents_nearer() -> None:
    a, b = grown("abc", 0), grown("abc", 1)
    plain, matched = (
        prepare_parents([a, b], ["abc"] * 2, align_to_first=on) for on in (False, True)
    )
    near, far = (block_rms_angles(*one.parents)["all"] for one in (matched, plain))
    assert near < far and len(matched.alignments) == 1


@pytest.mark.parametrize("shared", [80, 40, 20, 12])
def test_a_disguise_is_undone_by_the_characters_that_both_know(shared: int) -> None:
    everything = [chr(0x100 + number) for number in range(80)]
    mine, theirs = everything[: 40 + shared // 2], everything[40 - shared // 2 :]
    whole = grown("".join(everything), 0)
    a, b = narrow_vocabulary(whole, everything, mine), narrow_vocabulary(whole, everything, theirs)
    hidden = symmetry.apply_symmetry(
        symmetry.random_symmetry(b.architecture, torch.Generator().manual_seed(1)), b
    )
    ready = prepare_parents([a, hidden], [mine, theirs], align_to_first=True)
    assert torch.equal(ready.parents[0].rows, ready.parents[1].rows)
    assert ready.alignments[0]["cosines"][-1] == pytest.approx(1.0)
    theirs_in_union = [ready.characters.index(character) for character in theirs]
    heard = said(ready.parents[1], theirs_in_union)[:, theirs_in_union]
    first = said(hidden, list(range(len(theirs))))
    assert (heard - first).abs().max() < 1e-5 * first.abs().max()


def test_one_vocabulary_is_aligned_on_all_of_it() -> None:
    a, b = grown("abcd", 0), grown("abcd", 1)
    move, report = align(a, b)
    ready = prepare_parents([a, b], ["abcd", "abcd"], align_to_first=True)
    plain = symmetry.apply_symmetry(move, b)
    assert torch.equal(ready.parents[1].rows, plain.rows) and ready.alignments == [report]
    assert torch.equal(ready.parents[1].scales, plain.scales)


def test_parents_that_share_no_character_are_not_matched() -> None:
    with pytest.raises(ValueError, match="these parents share none"):
        prepare_parents([grown("abc", 0), grown("def", 1)], ["abc", "def"], align_to_first=True)


def test_a_relative_is_fitted_to_the_union() -> None:
    ready = prepare_parents([grown("abc", 0), grown("cad", 1)], ["abc", "cad"])
    relative = grown("ab", 2)
    wide = fit_vocabulary(relative, "ab", ready.parents, ready.characters)
    torch.testing.assert_close(said(wide, [0, 1])[:, :2], said(relative, [0, 1]))
    assert torch.equal(wide.rows[2], ready.parents[0].rows[2])
