"""Checks of a composed config: ranges by key, nodes, names."""

from __future__ import annotations

import pytest

from lab.config.legal_values import Range
from lab.config.validation import check_name, check_ranges, find_nodes, look_up


def test_null_and_absent_keys_are_skipped() -> None:
    check_ranges({"a": {"b": None}}, {"a.b": Range(1), "a.c": Range(1), "d.e": Range(1)})


def test_look_up() -> None:
    assert look_up({"a": {"b": 3}}, "a.b") == 3 and look_up({"a": 1}, "a.b") is None


def test_nodes_are_found_wherever_they_are() -> None:
    config = {"a": {"_target_": "x", "b": {"_target_": "y"}}, "c": {"d": {"_target_": "z"}}}
    assert [key for key, _ in find_nodes(config)] == ["a", "a.b", "c.d"]


@pytest.mark.parametrize("name", ["a", "styleA-seed.1", "_x", "A" * 64])
def test_names(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0", "-a", "a b", "A" * 65, "a\n", "é"])
def test_no_names(name: str) -> None:
    with pytest.raises(ValueError, match="name must be"):
        check_name(name)
