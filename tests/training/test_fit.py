"""Rearing: from a lesson to individuals on disk, resumed to the same bits, refused by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.corpora.dataset import Dataset
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.genotype import Genotype
from lab.training.callbacks import TrainSpec
from lab.training.fit import TrainResult, fit
from lab.training.learner import Averaging, Diverged, Learner
from lab.training.optimizers import adam
from lab.training.schedule import cosine
from lab.training.signals import StopRequest


class Noted:
    """A Record that notes everything, and may ask to stop at a step or to be damaged there."""

    def __init__(self, request: StopRequest) -> None:
        self.request, self.stop = request, 0
        self.lines: list[tuple[str, int]] = []
        self.resumed: list[int] = []
        self.warnings: list[str] = []
        self.shown: list[Genotype] = []

    def log(self, kind: str, step: int, **values: Any) -> None:
        self.lines.append((kind, step))
        if step == self.stop:
            self.request.number = 15

    def draw(self, genotype: Genotype, step: int) -> None:
        self.shown.append(genotype)

    def resume(self, step: int) -> None:
        self.resumed.append(step)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


Begin = Callable[..., tuple[TrainResult, Noted]]


@pytest.fixture
def begin(tmp_path: Path, drawn: Any, genotype: Any, arithmetic: Any, plan: Any) -> Begin:
    """Rear a tiny artist: begin(stop=step, folder="it", steps=6, keep=2, ...)."""
    known = Vocabulary.from_texts([chr(48 + i) for i in range(29)])
    about = {"name": "noise", "kind": "drawings", "fingerprint": "f" * 64}
    taught = Dataset(about, known, drawn(40), drawn(6, seed=1), drawn(6, seed=2), ["0"], 0)

    def begun(
        stop: int = 0, folder: str = "it", parent: Any = None, about: Any = about, **changes: Any
    ) -> tuple[TrainResult, Noted]:
        request = StopRequest()
        noted = Noted(request)
        noted.stop = stop
        keep, batch = changes.pop("keep", 2), changes.pop("batch", 4)
        what = TrainSpec(
            folder=tmp_path / folder, seed=3, context=48, batch=batch,
            plan=plan(**{"log_every": 1, "checkpoint_every": 2, **changes}),
            arithmetic=arithmetic, averaging=Averaging(0.9, 3, 2),
            make_optimizer=partial(adam, lr=3e-3, beta1=0.9, beta2=0.99, eps=1e-8),
            schedule=partial(cosine, floor=0.0),
            birth={"name": "it", "parents": [], "recipe": {"kind": "trained", "seed": 3}},
            evaluate_windows=4, keep=keep,
        )  # fmt: skip
        lesson = Dataset(**{**taught.__dict__, "provenance": about})
        shape = genotype().architecture
        return fit(what, lesson, shape, parent, noted, request), noted

    return begun


def test_a_rearing_leaves_an_individual_and_its_scores(begin: Begin, tmp_path: Path) -> None:
    reared, noted = begin(evaluate_every=3, sample_every=3)
    assert reared.ended == "budget" and reared.progress.step == 6
    assert set(reared.scores) == {"train", "select", "select ema", "select last"}
    assert noted.resumed == [0] and ("evaluate", 3) in noted.lines and len(noted.shown) == 1
    found = individual.load_newest_checkpoint(tmp_path / "it")
    assert found is not None and reared.individual is not None
    assert found.id == reared.individual.id
    assert found.birth["recipe"]["steps"] == 6
    assert found.birth["recipe"]["tokens"] == reared.progress.tokens
    assert found.birth["corpus"]["fingerprint"] == "f" * 64
    averages = individual.load_averages(found.path)
    assert set(averages) == {"ema.rows", "ema.scales", "last.rows", "last.scales"}


@pytest.mark.parametrize("stop", [1, 3, 4, 6])
def test_stopped_anywhere_it_ends_in_the_same_bits(begin: Begin, stop: int) -> None:
    whole, _ = begin(folder="whole")
    stopped, noted = begin(stop=stop)
    assert (stopped.ended, stopped.progress.step) == ("signal", stop)
    again, noted = begin()
    assert noted.resumed == [stop] and whole.individual and again.individual
    assert again.individual.id == whole.individual.id
    for old, new in zip(whole.scores.values(), again.scores.values(), strict=True):
        assert (old.nats == new.nats).all()


def test_a_finished_one_is_not_written_again(begin: Begin, tmp_path: Path) -> None:
    """A kill after the last checkpoint, before the result: no moment without a checkpoint."""
    begin()
    manifest = tmp_path / "it" / "step-00000006" / "manifest.json"
    before = manifest.stat().st_ino
    again, noted = begin()
    assert noted.resumed == [6] and again.ended == "budget"
    assert manifest.stat().st_ino == before


def test_a_damaged_checkpoint_is_named_and_passed_over(begin: Begin, tmp_path: Path) -> None:
    whole, _ = begin(folder="whole")
    begin(stop=5)
    (tmp_path / "it" / "step-00000005" / "state.pt").write_bytes(b"junk")
    again, noted = begin()
    assert len(noted.warnings) == 1 and "step-00000005/state.pt" in noted.warnings[0]
    assert noted.resumed == [4] and whole.individual and again.individual
    assert again.individual.id == whole.individual.id


def test_a_damaged_checkpoint_never_outlives_a_sound_one(begin: Begin, tmp_path: Path) -> None:
    begin(stop=5, keep=2)
    (tmp_path / "it" / "step-00000005" / "state.pt").write_bytes(b"junk")
    begin(stop=5, keep=1, checkpoint_every=1)
    found = individual.load_newest_checkpoint(tmp_path / "it")
    assert found is not None and found.path.name == "step-00000005"


def test_only_so_many_are_kept(begin: Begin, tmp_path: Path) -> None:
    begin(keep=2)
    left = sorted(path.name for path in (tmp_path / "it").iterdir())
    assert left == ["step-00000004", "step-00000006"]


def test_a_child_starts_as_its_parent(begin: Begin) -> None:
    elder, _ = begin(folder="elder")
    assert elder.individual is not None
    before = elder.individual.genotype.clone()
    child, _ = begin(folder="child", parent=elder.individual, steps=1)
    assert child.individual is not None
    moved = float((child.individual.genotype.rows - before.rows).abs().max())
    assert 0 < moved < 0.02
    assert torch.equal(elder.individual.genotype.rows, before.rows)


def test_a_corpus_that_changed_is_refused(begin: Begin) -> None:
    begin(stop=2)
    with pytest.raises(ValueError, match="its characters have changed"):
        begin(about={"name": "noise", "kind": "drawings", "fingerprint": "e" * 64})


def test_a_batch_that_cannot_be_shared_is_refused(begin: Begin) -> None:
    with pytest.raises(ValueError, match="a batch of 4 cannot be shared by 1 ranks in 3 parts"):
        begin(accumulate=3)


def test_a_divergence_keeps_the_last_good_checkpoint(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Learner.step

    def bad(self: Learner, *args: Any, **how: Any) -> tuple[float, float]:
        if self.steps == 3:
            with torch.no_grad():
                self.scales[-1] = float("nan")
        return step(self, *args, **how)

    monkeypatch.setattr(Learner, "step", bad)
    with pytest.raises(Diverged, match="the loss is nan"):
        begin()
    found = individual.load_newest_checkpoint(tmp_path / "it")
    assert found is not None and found.path.name == "step-00000002"
