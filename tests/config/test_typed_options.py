"""Typed options: a key with dashes is told how it is written; Hydra's rerun is refused."""

from __future__ import annotations

import pytest

from lab.config.typed_options import refuse_options


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--exp=styleA", "without dashes: +exp=styleA"), ("--name=x", "without dashes: name=x"),
        ("--exp", r"without dashes: \+exp=\.\.\."), ("--training.steps=3", "training.steps=3"),
        ("--experimental-rerun=x.pickle", "no pickle is read"), ("--experi", "no pickle is read"),
        ("--e=x", "no pickle is read"),
    ],
)  # fmt: skip
def test_a_key_with_dashes_is_refused(argument: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("+exp=s", r"\+exp=s")):
        refuse_options([argument])


@pytest.mark.parametrize("argument", ["--help", "--cfg", "--multirun", "-m", "a=--x", "--info"])
def test_hydras_own_options_pass(argument: str) -> None:
    refuse_options([argument])
