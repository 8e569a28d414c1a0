"""Nodes that name functions: only the lab's, with the arguments they know."""

from __future__ import annotations

import pytest

from lab.config.instantiate import check_node, find_function, instantiate

SLUG = {"_target_": "lab.config.run_names.run_name", "base": "a"}


def test_a_node_becomes_its_result() -> None:
    assert instantiate(SLUG) == "a"
    assert instantiate(SLUG, overrides=["seed=1"]) == "a-seed.1"


def test_a_partial_node_becomes_its_function() -> None:
    assert instantiate({**SLUG, "_partial_": True})(overrides=["seed=2"]) == "a-seed.2"


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
        "lab.config.command.os.system",
        "lab.config.instantiate.importlib.import_module",
        "lab..config",
        "lab.config.run_names._run_name",
        "lab.config.run_names.MAX_NAME_LENGTH",
        "lab.records.wandb_mirror.os",
        "None",
    ],
)
def test_nothing_else_is_ever_called(target: str) -> None:
    with pytest.raises(ValueError, match="_target_"):
        check_node("x", {"_target_": target})


def test_an_error_of_the_function_passes_through() -> None:
    with pytest.raises(ValueError, match="name must be"):
        instantiate({"_target_": "lab.config.validation.check_name", "name": "../x"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lab.breeding.search.golden", "lab.breeding.search.coefficient_search.golden"),
        ("lab.breeding.evolution.evolution", "lab.breeding.search.evolution.evolution"),
        ("lab.breeding.selection.Truncation", "lab.breeding.search.selection.Truncation"),
        ("lab.corpora.drawings.bestiary", "lab.corpora.drawing_corpus.bestiary"),
        ("lab.corpora.frames.frames", "lab.corpora.film_corpus.frames"),
        ("lab.corpora.text.text", "lab.corpora.text_corpus.text"),
    ],
)
def test_an_older_path_leads_to_the_function_of_today(old: str, new: str) -> None:
    assert find_function("node", old) is find_function("node", new)
