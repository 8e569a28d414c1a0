"""Ranges and choices, at and beyond their ends."""

from __future__ import annotations

import math

import pytest

from lab.config.validation import (
    Range,
    check_name,
    check_ranges,
    find_nodes,
    format_yaml_value,
    look_up,
)


@pytest.mark.parametrize("value", [8, 8.0, 16])
def test_inside(value: float) -> None:
    assert value in Range(8, 16)


@pytest.mark.parametrize("value", [7, 17, math.nan, math.inf, True, "8", None])
def test_outside(value: object) -> None:
    assert value not in Range(8, 16)


def test_open_ends_are_outside() -> None:
    assert 0 not in Range(0, 1, exclude_low=True) and 1 not in Range(0, 1, exclude_high=True)


def test_a_range_in_words() -> None:
    assert str(Range(8)) == "at least 8"
    assert str(Range(0, 1, exclude_low=True)) == "above 0 and at most 1"
    assert str(Range(0, 2**63 - 1)) == f"at least 0 and at most {2**63 - 1}"


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


def test_values_are_shown_as_one_writes_them() -> None:
    assert [format_yaml_value(one) for one in (None, True, 0.5, "auto", "a b")] == [
        "null",
        "true",
        "0.5",
        "auto",
        "'a b'",
    ]
