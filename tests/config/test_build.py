"""Nodes that name functions: only the lab's, with the arguments they know."""

from __future__ import annotations

import pytest

from lab.config.build import build, check_node

SLUG = {"_target_": "lab.config.naming.run_name", "base": "a"}


def test_a_node_becomes_its_result() -> None:
    assert build(SLUG) == "a"
    assert build(SLUG, overrides=["seed=1"]) == "a-seed.1"


def test_a_partial_node_becomes_its_function() -> None:
    assert build({**SLUG, "_partial_": True})(overrides=["seed=2"]) == "a-seed.2"


def test_what_is_missing_is_named_unless_partial() -> None:
    bare = {"_target_": SLUG["_target_"]}
    with pytest.raises(ValueError, match=r"x\.base is missing: run_name needs it"):
        check_node("x", bare)
    assert check_node("x", {**bare, "_partial_": True})


@pytest.mark.parametrize(
    "target",
    [
        "os.system",
        "torch.load",
        "lab",
        "lab.config",
        "lab.config.door.os.system",
        "lab.config.build.importlib.import_module",
        "lab..config",
        "lab.config.naming._run_name",
        "lab.config.naming.LONGEST",
        "lab.records.mirror.os",
        "None",
    ],
)
def test_nothing_else_is_ever_called(target: str) -> None:
    with pytest.raises(ValueError, match="_target_"):
        check_node("x", {"_target_": target})


def test_an_error_of_the_function_passes_through() -> None:
    with pytest.raises(ValueError, match="name must be"):
        build({"_target_": "lab.config.checks.check_name", "name": "../x"})
