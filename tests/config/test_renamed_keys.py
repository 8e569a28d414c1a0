"""A key's older name is taken, and a run of a sweep keeps the name that it was typed with."""

from __future__ import annotations

from lab.config.renamed_keys import rename_keys, restore_typed_keys

RENAMED = {"rate": "fork_schedule", "files": "parent_runs"}


def test_an_older_name_becomes_the_present_one() -> None:
    arguments, typed = rename_keys(["-m", "rate=a,b", "+files=[x]", "corpus.rate=3"], RENAMED)
    assert arguments == ["-m", "fork_schedule=a,b", "+parent_runs=[x]", "corpus.rate=3"]
    assert typed == {"fork_schedule": "rate", "parent_runs": "files"}


def test_the_present_name_is_left_alone() -> None:
    assert rename_keys(["fork_schedule=a"], RENAMED) == (["fork_schedule=a"], {})


def test_a_run_is_named_by_what_was_typed() -> None:
    overrides = ["fork_schedule=annealed", "seed=1"]
    assert restore_typed_keys(overrides, {"fork_schedule": "rate"}) == ["rate=annealed", "seed=1"]
