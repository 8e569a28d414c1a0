"""Legal values, at and beyond their ends, and the words that say them."""

from __future__ import annotations

import math

import pytest

from lab.config.legal_values import (
    ByPart,
    Flag,
    GrowingShares,
    Legal,
    ListOf,
    Null,
    OneOf,
    Range,
    Text,
    format_yaml_value,
)  # fmt: skip


@pytest.mark.parametrize("value", [8, 8.0, 16])
def test_inside(value: float) -> None:
    assert value in Range(8, 16)


@pytest.mark.parametrize("value", [7, 17, math.nan, math.inf, True, "8", None, 10**400])
def test_outside(value: object) -> None:
    assert value not in Range(8, 16)


def test_open_ends_are_outside() -> None:
    assert 0 not in Range(0, 1, exclude_low=True) and 1 not in Range(0, 1, exclude_high=True)


def test_whole_numbers() -> None:
    assert 3 in Range(1, whole=True) and 3.0 not in Range(1, whole=True)


def test_a_range_in_words() -> None:
    assert str(Range(8)) == "at least 8"
    assert str(Range(0, 1, exclude_low=True)) == "above 0 and at most 1"
    assert str(Range(0, 2**63 - 1)) == f"at least 0 and at most {2**63 - 1}"
    assert str(Range(1, whole=True)) == "at least 1, a whole number"


@pytest.mark.parametrize(
    ("legal", "right", "wrong"),
    [
        (OneOf(0, 1), [0, 1], [True, 2, "0", None, [0]]),
        (Flag(), [True, False], [0, 1, "true", None]),
        (Text(), ["a", " "], ["", 1, None, ["a"]]),
        (Null(Flag()), [None, True], [0, ""]),
        (ListOf(Range(0, 1)), [[0], [0.5, 1]], [[], 0.5, [2], ["0"], None, {0: 1}]),
        (GrowingShares(), [[1.0], [0.25, 1]], [1, [], [0.5], [1, 0.5], [0, 1], [0.5, 0.5, 1]]),
        (ByPart(Range(0, 1)), [0.5, [0, 1], {"rest": 1}], [2, [], {}, {"q": 2}, "a", None]),
    ],
)  # fmt: skip
def test_what_is_legal(legal: Legal, right: list[object], wrong: list[object]) -> None:
    assert [value for value in right if value not in legal] == []
    assert [value for value in wrong if value in legal] == []
    for value in wrong:
        with pytest.raises(ValueError, match=r"^a\.key must be .+ \(got "):
            legal.require("a.key", value)


def test_values_are_shown_as_one_writes_them() -> None:
    values = [None, True, 0.5, "auto", "a b"]
    shown = ["null", "true", "0.5", "auto", "'a b'"]
    assert list(map(format_yaml_value, values)) == shown
