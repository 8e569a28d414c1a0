"""Callbacks of a training run: what each one logs, and checkpoints written once a step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lab.corpora.dataset import Dataset
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.genotype import Genotype
from lab.training.callbacks import Logger, RunCallbacks, TrainSpec
from lab.training.learner import Averaging
from lab.training.loop import TrainProgress
from lab.training.optimizers import adam
from lab.training.schedule import constant
from lab.training.scoring import score


class ListLogger:
    """A Logger that keeps lines and samples."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, int, dict[str, Any]]] = []
        self.samples: list[tuple[Genotype, int]] = []

    def log(self, kind: str, step: int, **values: Any) -> None:
        self.lines.append((kind, step, values))

    def draw(self, genotype: Genotype, step: int) -> None:
        self.samples.append((genotype, step))

    def resume(self, step: int) -> None:
        raise AssertionError("callbacks never resume")

    def warn(self, text: str) -> None:
        raise AssertionError(text)


Make = Callable[..., tuple[RunCallbacks, ListLogger]]


@pytest.fixture
def make(
    tmp_path: Path, learner: Any, batches: Any, drawn: Any, arithmetic: Any, plan: Any
) -> Make:
    """make(saved_step=0, keep=2, evaluate_windows=4): the callbacks of a tiny run."""
    vocabulary = Vocabulary.from_texts([chr(48 + i) for i in range(29)])
    provenance = {"name": "noise", "kind": "drawings", "fingerprint": "f" * 64}

    def made(
        saved_step: int = 0, keep: int = 2, evaluate_windows: int | None = 4, select: int = 6
    ) -> tuple[RunCallbacks, ListLogger]:
        spec = TrainSpec(
            folder=tmp_path / "it", seed=0, context=48, batch=4, plan=plan(), arithmetic=arithmetic,
            averaging=Averaging(0.9, 3, 2),
            make_optimizer=partial(adam, lr=3e-3, beta1=0.9, beta2=0.99, eps=1e-8),
            schedule=constant, birth={"name": "it", "parents": [], "recipe": {"kind": "trained"}},
            evaluate_windows=evaluate_windows, keep=keep,
        )  # fmt: skip
        held_out = drawn(select, seed=1)
        dataset = Dataset(provenance, vocabulary, drawn(40), held_out, held_out, ["0"], 0)
        logger: Logger = ListLogger()
        callbacks = RunCallbacks(spec, dataset, learner(), batches(), logger, saved_step)
        return callbacks, logger  # type: ignore[return-value]

    return made


def test_a_line_of_training_has_the_progress_and_the_numbers(make: Make) -> None:
    callbacks, logger = make()
    callbacks.log(TrainProgress(step=3, tokens=50, seconds=2.0), {"loss": 1.5})
    assert logger.lines == [("train", 3, {"tokens": 50, "seconds": 2.0, "loss": 1.5})]


def test_an_evaluation_scores_a_part_of_select(make: Make) -> None:
    callbacks, logger = make()
    callbacks.evaluate(TrainProgress(step=2, tokens=9))
    windows = [callbacks.dataset.select[i] for i in (0, 1, 3, 4)]  # evenly spaced
    wanted = score(callbacks.learner.predict, windows, callbacks.spec.arithmetic.device)
    assert logger.lines == [("evaluate", 2, {"tokens": 9, **wanted.summary()})]


def test_without_held_out_windows_there_is_no_evaluation(make: Make) -> None:
    callbacks, logger = make(select=0)
    callbacks.evaluate(TrainProgress(step=2))
    assert logger.lines == []


def test_samples_are_drawn_by_the_weights_of_the_moment(make: Make) -> None:
    callbacks, logger = make()
    callbacks.sample(TrainProgress(step=4))
    ((genotype, step),) = logger.samples
    assert step == 4 and genotype.rows.equal(callbacks.learner.genotype().rows)


def test_a_checkpoint_is_an_individual_with_its_recipe(make: Make, tmp_path: Path) -> None:
    callbacks, _ = make()
    callbacks.checkpoint(TrainProgress(step=5, tokens=70))
    saved = individual.load_newest_checkpoint(tmp_path / "it")
    assert saved is not None and saved.path.name == "step-00000005"
    wanted = {"kind": "trained", "corpus": "f" * 64, "steps": 5, "tokens": 70}
    assert saved.birth["recipe"] == wanted
    assert saved.birth["corpus"] == {
        "name": "noise", "kind": "drawings", "fingerprint": "f" * 64,
    }  # fmt: skip
    assert individual.load_state(saved.path)["progress"]["tokens"] == 70


def test_a_step_on_disk_is_not_written_again(make: Make, tmp_path: Path) -> None:
    callbacks, _ = make(saved_step=5)
    callbacks.checkpoint(TrainProgress(step=5))
    assert not (tmp_path / "it").exists()


def test_older_checkpoints_go(make: Make, tmp_path: Path) -> None:
    callbacks, _ = make(keep=2)
    for step in (1, 2, 3):
        callbacks.checkpoint(TrainProgress(step=step))
    assert sorted(p.name for p in (tmp_path / "it").iterdir()) == ["step-00000002", "step-00000003"]
