"""The report on an individual: its parents, its common ancestors, its closest relatives."""

from typing import Any

import pytest

from lab.genealogy.kinship_report import (
    closest_relatives,
    describe_common_ancestry,
    family_page,
    pair_page,
)
from lab.genealogy.registry import Registry


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ancestor", "it is a founder: it has no parents"),
        ("left", "it has one parent: ancestor ("),
        ("child", "nearest common ancestor of its parents left and right: ancestor ("),
        ("grandchild", "its parents child and stranger have no common ancestor"),
    ],
)
def test_a_page_starts_with_the_parentage(family: Any, name: str, line: str) -> None:
    assert family_page(Registry(family.root), family.ids[name]).startswith(line)


def test_the_child_of_half_siblings_is_inbred_by_an_eighth(family: Any) -> None:
    page = family_page(Registry(family.root), family.ids["child"])
    assert "inbreeding F = 0.125" in page.splitlines()


def test_full_siblings_have_two_nearest_ancestors_and_theirs(family: Any) -> None:
    twin = family.born("twin", "left", "right", operator="nlerp")
    registry, ids = Registry(family.root), family.ids
    line = describe_common_ancestry(registry, [ids["child"], twin], "both")
    label = registry.label
    assert line == (
        f"nearest common ancestors of both, equally near: {label(ids['left'])} and "
        f"{label(ids['right'])}; theirs: {label(ids['ancestor'])}"
    )


def test_parents_and_their_ancestor_come_first(family: Any) -> None:
    ids = family.ids
    relatives = closest_relatives(Registry(family.root), ids["child"])
    assert relatives[:3] == [ids["left"], ids["right"], ids["ancestor"]]
    assert ids["stranger"] not in relatives and ids["child"] not in relatives


def test_a_pair_has_its_ancestor_and_one_row(family: Any) -> None:
    page = pair_page(Registry(family.root), family.ids["left"], family.ids["right"])
    first, blank, header, row = page.splitlines()
    assert first.startswith("nearest common ancestor of left") and blank == ""
    assert "Wright's r" in header and row.split()[:3] == ["left", "right", "0.250"]
