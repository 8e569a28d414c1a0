"""The parents of a certificate are loaded in its order, or not at all."""

from typing import Any

import pytest
import torch

from lab.genealogy.recorded_parents import load_parents
from lab.models.individual import find_individual


def test_parents_are_loaded_in_certificate_order(family: Any) -> None:
    parents = load_parents(find_individual("child", family.root), family.root)
    assert [name for name, _, _ in parents] == ["left", "right"]
    for name, genotype, vocabulary in parents:
        assert torch.equal(genotype.rows, family.weights[name].rows)
        assert vocabulary.characters == tuple("abcde")


def test_a_trained_individual_has_none(family: Any) -> None:
    assert load_parents(find_individual("left", family.root), family.root) == []


def test_a_parent_that_is_missing_leaves_none_and_a_warning(
    family: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    family.born("half", "left", "f" * 64)
    assert load_parents(find_individual("half", family.root), family.root) == []
    assert "are not compared" in capsys.readouterr().err
