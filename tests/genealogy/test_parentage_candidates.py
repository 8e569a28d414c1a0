"""Candidates of other vocabularies are tried, matched by character; none gains by lacking some."""

from pathlib import Path
from typing import Any

import torch

from lab.breeding.operators.slerp import slerp
from lab.breeding.vocabularies import widen_vocabularies
from lab.genealogy.parentage_candidates import sketch_candidates, to_child_characters
from lab.genealogy.parentage_report import parentage_page
from lab.genealogy.registry import Registry
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.individual import Individual, save_individual


def artist(seed: int, characters: str) -> Genotype:
    shape = Architecture(vocab_size=len(characters), dim=16, depth=2, heads=2, dim_head=4)
    return founder(shape, torch.Generator().manual_seed(seed))


def save(root: Path, name: str, characters: str, genotype: Genotype, *parents: str) -> str:
    birth = {
        "name": name, "parents": list(parents),
        "recipe": {"kind": "bred" if parents else "trained"},
        "vocabulary": {"kind": "characters", "characters": characters},
    }  # fmt: skip
    return save_individual(root / name / "checkpoint" / "step-00000000", genotype, birth)


def test_the_descendants_and_the_subject_are_no_candidates(family: Any) -> None:
    ids = family.ids
    tried = sketch_candidates(Registry(family.root), ids["left"], [])
    assert set(tried.candidates) == {ids["ancestor"], ids["right"], ids["stranger"]}
    assert tried.mismatched_count == 0
    family.born("other", weights=artist(1, "abcde"))
    assert sketch_candidates(Registry(family.root), ids["left"], []).mismatched_count == 1


def test_parents_of_unequal_vocabularies_are_found(tmp_path: Path) -> None:
    """A knows abcd, B cdef; their children know all six, in the order of the cross."""
    a, b = artist(0, "abcd"), artist(1, "fedc")
    ids = {"A": save(tmp_path, "A", "abcd", a), "B": save(tmp_path, "B", "fedc", b)}
    ids["C"] = save(tmp_path, "C", "abcdef", artist(2, "abcdef"))
    wide, _, union = widen_vocabularies([a, b], ["abcd", "fedc"])
    for name, alpha in (("g1", 2.0), ("g2", 0.3), ("g9", 0.8)):
        child = slerp(wide, alpha=alpha)
        ids[name] = save(tmp_path, name, "".join(union), child, ids["A"], ids["B"])
    registry = Registry(tmp_path)
    names = f"{registry.label(ids['A'])} and {registry.label(ids['B'])}"
    lines = parentage_page(registry, ids["g2"], ["A", "B", "C"]).splitlines()
    assert lines[:2] == [f"{registry.label(ids['g2'])} beside 3 candidates",
                         f"parents: {names}: sure"]  # fmt: skip
    assert parentage_page(registry, ids["g2"], []).splitlines()[1] == f"parents: {names}: sure"
    line = parentage_page(registry, ids["g2"], ["g1", "g9"]).splitlines()[1]
    assert line.endswith(": not sure: lies on the circles of its siblings")


def test_rows_that_a_candidate_lacks_are_compared_with_none(tmp_path: Path) -> None:
    child, other = artist(0, "abcd"), artist(1, "ab")
    ids = [save(tmp_path, "child", "abcd", child), save(tmp_path, "other", "ab", other)]
    save(tmp_path, "third", "bcda", artist(2, "bcda"))
    tried = sketch_candidates(Registry(tmp_path), ids[0], [])
    rows_without_c_and_d = 2 * (1 if child.architecture.tied else 2)
    alone = sketch_candidates(Registry(tmp_path), ids[0], ["third"])
    assert len(alone.child) - len(tried.child) == rows_without_c_and_d
    assert {len(rows) for rows in tried.candidates.values()} == {len(tried.child)}
    for rows in tried.candidates.values():
        assert float((rows - tried.child).abs().sum(-1).min()) > 0


def test_other_shapes_and_no_shared_character_are_no_candidates(tmp_path: Path) -> None:
    def individual(genotype: Genotype, characters: str) -> Individual:
        vocabulary = {"kind": "characters", "characters": characters}
        return Individual(genotype, {"vocabulary": vocabulary}, tmp_path)

    child = individual(artist(0, "abcd"), "abcd")
    same = individual(artist(1, "abcd"), "abcd")
    assert to_child_characters(child, same) is same.genotype
    assert to_child_characters(child, individual(artist(1, "wxyz"), "wxyz")) is None
    wide = founder(
        Architecture(vocab_size=4, dim=32, depth=2, heads=2, dim_head=4), torch.Generator()
    )
    assert to_child_characters(child, individual(wide, "abcd")) is None
