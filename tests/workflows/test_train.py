"""Preparation of a training run: known answers for the debug config, refusals, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lab.config.schemas.train import TrainConfig
from lab.corpora.vocabulary import Vocabulary
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual, find_individual, save_individual
from lab.training.flops import flops_per_character
from lab.workflows.run_ending import FilmEnding, RunEnding
from lab.workflows.train import (
    ASSUMED_OPERATIONS_PER_SECOND,
    count_training_operations,
    find_parent,
    framing_name,
    prepare,
    train_run,
)

Compose = Callable[..., TrainConfig]


def save_parent(name: str = "elder", vocabulary: str = "abc \n") -> Individual:
    """A founder in a finished run's folder; its vocabulary has more than the texts below need."""
    known = Vocabulary.from_texts([vocabulary])
    folder = Path("experiments") / name
    birth = {"name": name, "parents": [], "vocabulary": known.to_dict(), "recipe": {}}
    genotype = founder(Architecture(len(known), 16, 1, 1, 16), torch.Generator().manual_seed(1))
    save_individual(folder / "checkpoint" / "step-00000000", genotype, birth)
    (folder / "config.yaml").write_text("")
    (folder / "result.json").write_text("{}")
    return find_individual(name, Path("experiments"))


@pytest.fixture
def text(tmp_path: Path) -> tuple[str, ...]:
    """The options of a run on a small text."""
    path = tmp_path / "book.txt"
    path.write_text("abba cab\n" * 900)
    options = ("model=text", "framing=none", "corpus=text", "scale=debug")
    return (*options, f"corpus.path={path}")


def test_a_debug_config_is_prepared_as_it_says(train_config: Compose) -> None:
    config = train_config("+exp=debug", "seed=7")
    setup = prepare(config)
    assert setup.parent is None and setup.dataset.provenance["kind"] == "drawings"
    assert setup.architecture.vocab_size == len(setup.dataset.vocabulary)
    assert (setup.architecture.dim, setup.architecture.depth) == (config.model.dim, 2)
    assert setup.arithmetic == setup.spec.arithmetic and not setup.arithmetic.compiled
    spec = setup.spec
    assert (spec.seed, spec.context, spec.plan.steps) == (7, 128, 20)
    assert spec.folder == Path("experiments/probe/checkpoint")
    assert (spec.birth["name"], spec.birth["framing"]) == ("probe", "conditional")
    assert spec.birth["parents"] == [] and spec.birth["recipe"]["kind"] == "trained"
    assert spec.birth["recipe"]["config"]["seed"] == 7
    assert spec.schedule(0.0) == 1.0
    assert type(setup.ending) is RunEnding and len(setup.ending.prompts) == config.training.samples


def test_a_child_has_its_parents_vocabulary_and_architecture(
    train_config: Compose, text: tuple[str, ...]
) -> None:
    parent = save_parent()
    setup = prepare(train_config(*text, "parent=elder"))
    assert setup.parent is not None and setup.parent.id == parent.id
    assert setup.architecture == parent.genotype.architecture
    assert setup.dataset.vocabulary.to_dict() == parent.birth["vocabulary"]
    assert setup.spec.birth["parents"] == [parent.id] and setup.spec.birth["framing"] is None


def test_a_film_has_an_ending_of_its_own(train_config: Compose, tmp_path: Path) -> None:
    film = tmp_path / "film.txt"
    film.write_text("..@\n.@.\nnekomark\n@..\n.@.\nnekomark\n")
    setup = prepare(train_config("+exp=bad_apple_rows", "scale=debug", f"corpus.path={film}"))
    assert isinstance(setup.ending, FilmEnding) and setup.ending.framing == "row"


def test_what_cannot_be_prepared_leaves_no_folder(
    train_config: Compose, text: tuple[str, ...]
) -> None:
    save_parent("foreign", vocabulary="xyz")
    cases = {
        "the parent's vocabulary has no character": (*text, "parent=foreign"),
        "does not exist": (*text, "corpus.path=nowhere.txt"),
        "which has no framing": (*text, "framing=conditional"),
    }
    for reason, options in cases.items():
        with pytest.raises((ValueError, OSError), match=reason):
            train_run(train_config(*options))
    assert [path.name for path in Path("experiments").iterdir()] == ["foreign"]


def test_a_missing_parent_is_told_how_to_be_trained(train_config: Compose) -> None:
    with pytest.raises(FileNotFoundError, match=r"train it first, python -m lab.train \+exp=elder"):
        find_parent(train_config("+exp=debug", "parent=elder"))


def test_an_unfinished_parent_is_refused(train_config: Compose) -> None:
    save_parent()
    Path("experiments/elder/result.json").unlink()
    with pytest.raises(ValueError, match="elder is not finished"):
        find_parent(train_config("+exp=debug", "parent=elder"))


def test_a_budget_is_counted_in_operations(train_config: Compose) -> None:
    training = train_config("+exp=debug").training
    architecture = Architecture(29, 16, 1, 1, 16)
    each = flops_per_character(architecture, training.context)
    steps = replace(training, steps=3, batch=5)
    assert count_training_operations(steps, architecture) == each * 3 * 5 * training.context
    tokens = replace(training, steps=None, tokens=1000)
    assert count_training_operations(tokens, architecture) == 1000 * each
    minutes = replace(training, steps=None, tokens=None, minutes=2.0)
    wanted = 120 * ASSUMED_OPERATIONS_PER_SECOND
    assert count_training_operations(minutes, architecture) == wanted


@pytest.mark.parametrize("name", ["conditional", "unconditional"])
def test_a_framing_is_known_by_its_function(train_config: Compose, name: str) -> None:
    assert framing_name(train_config("+exp=debug", f"framing={name}")) == name


def test_a_finished_run_is_only_read(
    train_config: Compose, text: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    config = train_config(*text, "training.steps=2")
    result = train_run(config)
    Path(config.corpus["path"]).unlink()
    again = train_run(train_config(*text, "training.steps=2"))
    assert again["individual"] == result["individual"] and again["step"] == 2
    assert "probe is done already" in capsys.readouterr().err
