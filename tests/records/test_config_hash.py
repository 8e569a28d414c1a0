"""Which keys make a run the run it is."""

from __future__ import annotations

from typing import Any

import pytest

from lab.records.config_hash import (
    EXCLUDED_KEYS,
    LOGGING_KEYS,
    config_differences,
    hash_config,
    split_logging,
)

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
    assert hash_config({"b": 1, "a": {"c": None}}) == hash_config({"a": {"c": None}, "b": 1})
    assert hash_config({"a": 1}).startswith("015abd7f5cc57a2d")


@pytest.mark.parametrize("key", ["name", "corpus.data", "training.keep", "tracker"])
def test_what_does_not_change_the_result_is_left_out(key: str) -> None:
    assert key in EXCLUDED_KEYS
    assert hash_config(changed(key, "other")) == hash_config(CONFIG)


def test_where_the_corpora_of_a_family_lie_is_left_out_too() -> None:
    for key, same in (("data", True), ("half", False)):
        corpora = {"domA": {**CONFIG["parents"]["corpora"]["domA"], key: "other"}}
        told = {**CONFIG, "parents": {"corpora": corpora}}
        assert (hash_config(told) == hash_config(CONFIG)) is same


@pytest.mark.parametrize("key", ["seed", "corpus.half", "training.steps"])
def test_what_does_is_in(key: str) -> None:
    assert hash_config(changed(key, 7)) != hash_config(CONFIG)


def test_differences_are_named() -> None:
    other = changed("training.steps", 5) | {"seed": 1, "extra": True, "name": "b"}
    assert config_differences(CONFIG, other) == [
        "extra: null -> true",
        "seed: 0 -> 1",
        "training.steps: 3 -> 5",
    ]


def test_logging_habits_can_be_set_apart_and_stay_in_the_hash_of_a_run() -> None:
    other = changed("training.log_every", 5)
    assert hash_config(other) != hash_config(CONFIG)  # committed hashes hold them
    assert config_differences(CONFIG, other, LOGGING_KEYS) == []
    assert config_differences(CONFIG, {**other, "seed": 1}, LOGGING_KEYS) == ["seed: 0 -> 1"]
    flattened = {"training.log_every": 5, "training.samples": 1, "training.steps": 3}
    assert split_logging(flattened) == (
        {"training.steps": 3},
        {"training.log_every": 5, "training.samples": 1},
    )


def test_keys_that_came_later_change_nothing_where_they_say_nothing_new() -> None:
    before = {**CONFIG, "model": {"dim": 64}}
    now = {**CONFIG, "model": {"dim": 64, "kind": "ngpt", "kv_heads": None, "norm_eps": 1e-5}}
    assert hash_config(now) == hash_config(before) and config_differences(before, now) == []
    other = {**CONFIG, "model": {"dim": 64, "kind": "llama"}}
    assert config_differences(before, other) == ['model.kind: null -> "llama"']
