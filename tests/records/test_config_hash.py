"""Which keys make a run the run it is."""

from __future__ import annotations

from typing import Any

import pytest

from lab.records.config_hash import EXCLUDED, differences, digest

CONFIG: dict[str, Any] = {
    "name": "a",
    "seed": 0,
    "threads": 1,
    "corpus": {"data": None, "half": "A"},
    "training": {"steps": 3, "keep": 2},
    "tracker": {"kind": "json"},
    "parents": {"corpora": {"domA": {"data": None, "half": "all"}}},
}


def changed(dotted: str, value: Any) -> dict[str, Any]:
    """Return CONFIG with one key changed."""
    first, _, rest = dotted.partition(".")
    return {**CONFIG, first: {**CONFIG[first], rest: value} if rest else value}


def test_the_hash_is_known() -> None:
    assert digest({"b": 1, "a": {"c": None}}) == digest({"a": {"c": None}, "b": 1})
    assert digest({"a": 1}).startswith("015abd7f5cc57a2d")


@pytest.mark.parametrize("key", ["name", "corpus.data", "training.keep", "tracker"])
def test_what_does_not_change_the_result_is_left_out(key: str) -> None:
    assert key in EXCLUDED
    assert digest(changed(key, "other")) == digest(CONFIG)


def test_where_the_corpora_of_a_family_lie_is_left_out_too() -> None:
    for key, same in (("data", True), ("half", False)):
        corpora = {"domA": {**CONFIG["parents"]["corpora"]["domA"], key: "other"}}
        told = {**CONFIG, "parents": {"corpora": corpora}}
        assert (digest(told) == digest(CONFIG)) is same


@pytest.mark.parametrize("key", ["seed", "corpus.half", "training.steps"])
def test_what_does_is_in(key: str) -> None:
    assert digest(changed(key, 7)) != digest(CONFIG)


def test_differences_are_named() -> None:
    other = changed("training.steps", 5) | {"seed": 1, "extra": True, "name": "b"}
    assert differences(CONFIG, other) == [
        "extra: null -> true",
        "seed: 0 -> 1",
        "training.steps: 3 -> 5",
    ]


def test_keys_that_came_later_change_nothing_where_they_say_nothing_new() -> None:
    before = {**CONFIG, "model": {"dim": 64}}
    now = {**CONFIG, "model": {"dim": 64, "kind": "ngpt", "kv_heads": None, "norm_eps": 1e-5}}
    assert digest(now) == digest(before) and differences(before, now) == []
    other = {**CONFIG, "model": {"dim": 64, "kind": "llama"}}
    assert differences(before, other) == ['model.kind: null -> "llama"']
