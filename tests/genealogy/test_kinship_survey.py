"""The survey of crosses: every pair once, with kinship by pedigree and by weights."""

from typing import Any

import pytest

from lab.genealogy.kinship import median_row_angle
from lab.genealogy.kinship_survey import kinship_pairs_of_cross, write_kinship_survey
from lab.genealogy.registry import Registry


def test_a_cross_gives_parents_child_and_ancestor(family: Any) -> None:
    ids = family.ids
    result = {
        "parents": {"a": ids["left"], "b": ids["right"]},
        "champion": {"id": ids["child"]},
    }
    pairs = list(kinship_pairs_of_cross(Registry(family.root), "cross", result))
    assert [pair["relation"] for pair in pairs] == [
        "parents", "parent and child", "parent and child",
        "ancestor and parent", "ancestor and parent",
    ]  # fmt: skip
    parents = pairs[0]
    assert (parents["of"], parents["relationship"], parents["wright"]) == (
        ["left", "right"], 0.25, 0.125,
    )  # fmt: skip
    angle = median_row_angle(family.weights["left"], family.weights["right"])
    assert parents["angle"] == pytest.approx(angle) and -1 <= parents["cosine"] <= 1
    assert pairs[-1]["cosine"] is None


def test_a_folder_without_crosses_is_one_line(family: Any) -> None:
    with pytest.raises(FileNotFoundError, match="no cross under .* is called x"):
        write_kinship_survey(Registry(family.root), "x")
