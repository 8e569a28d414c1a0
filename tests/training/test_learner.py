"""A learner: the library's losses, packed pieces as if alone, averages, state to the last bit."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lab.corpora.batches import IGNORE_INDEX, Batch, DrawingBatches
from lab.models import network
from lab.models.foreign.ngpt_pytorch import from_library, library_model, to_library
from lab.training.learner import Diverged, Learner, predictor
from lab.training.precision import Arithmetic
from lab.training.scoring import score
from tests.training.conftest import CPU

STEP = {"factor": 1.0, "clip": 1.0, "accumulate": 1}


def bits(model: Learner) -> str:
    held = [model.rows, model.scales, *model.ema, *(t for pair in model.recent for t in pair)]
    return hashlib.sha256(b"".join(t.detach().numpy().tobytes() for t in held)).hexdigest()


def windows(steps: int) -> list[Batch]:
    generator = np.random.default_rng(0)
    drawn = [generator.integers(0, 29, (4, 25)) for _ in range(steps)]
    return [Batch(ids[:, :-1], ids[:, 1:]) for ids in drawn]


@pytest.mark.parametrize("normalization", ["step", "graph"])
@pytest.mark.parametrize("tied", [True, False])
def test_losses_beside_the_librarys(learner: Any, normalization: str, tied: bool) -> None:
    """30 steps on the same batches: its manual mode and hook, and its default parametrize mode."""
    ours: Learner = learner(normalization=normalization, tied=tied, lr=1e-3)
    parametrize = normalization == "graph"
    theirs = library_model(ours.architecture, parametrize)
    theirs.load_state_dict(to_library(ours.genotype(), parametrize))
    trained = [p for name, p in theirs.named_parameters() if "rotary" not in name]
    optimizer = torch.optim.Adam(trained, lr=1e-3, betas=(0.9, 0.99))
    if not parametrize:
        theirs.register_step_post_hook(optimizer)  # type: ignore[operator]
    for batch in windows(30):
        found, _ = ours.step(batch, factor=1.0, clip=1.0, accumulate=1)
        logits = theirs(torch.from_numpy(batch.inputs))
        loss = F.cross_entropy(logits.flatten(0, 1), torch.from_numpy(batch.targets).flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        assert found == pytest.approx(float(loss.detach()), abs=1e-5)
    grown = from_library(ours.architecture, theirs.state_dict())
    assert torch.allclose(grown.rows, ours.genotype().rows, atol=1e-3)


def test_a_packed_loss_is_the_mean_over_pieces_alone(learner: Any, drawn: Any) -> None:
    model: Learner = learner()
    with torch.no_grad():
        model.scales.mul_(1 + 0.3 * torch.rand(model.scales.shape))
    pieces = drawn(12)
    alone = score(model.predict, pieces, torch.device("cpu"))
    batches = DrawingBatches(pieces, 48, len(DrawingBatches(pieces, 48, 1, 0).packed_rows), 0)
    loss, _ = model.step(batches.next(), **STEP)
    assert loss == pytest.approx(alone.loss, abs=1e-5)


@pytest.mark.parametrize("accumulate", [2, 4])
def test_parts_of_a_batch_add_up_to_it(learner: Any, batches: Any, accumulate: int) -> None:
    whole, parts = learner(), learner()
    batch = batches().next()
    one = whole.step(batch, **STEP)
    other = parts.step(batch, factor=1.0, clip=1.0, accumulate=accumulate)
    assert one == pytest.approx(other, rel=1e-5)
    assert torch.allclose(whole.rows, parts.rows, atol=1e-4)


def test_padding_neither_counts_nor_teaches(learner: Any) -> None:
    narrow, wide = learner(), learner()
    (batch,) = windows(1)
    targets = np.full((4, 40), IGNORE_INDEX)
    targets[:, :24] = batch.targets
    inputs = np.zeros((4, 40), np.int64)
    inputs[:, :24] = batch.inputs
    segments = np.where(np.arange(40) < 24, 0, -1) * np.ones((4, 1), np.int64)
    one = narrow.step(batch, **STEP)
    assert wide.step(Batch(inputs, targets, segments), **STEP) == pytest.approx(one, abs=1e-5)
    assert torch.allclose(narrow.rows, wide.rows, atol=1e-4)


def test_the_ema_is_the_running_mean(learner: Any, batches: Any) -> None:
    model, stream = learner(ema=0.6), batches()
    mean = model.rows.detach().double().clone()
    for step in range(1, 8):
        model.step(stream.next(), **STEP)
        decay = min(0.6, (1 + step) / (10 + step))
        mean = decay * mean + (1 - decay) * model.rows.detach().double()
    assert torch.allclose(model.ema[0].double(), mean, atol=1e-6)
    unit = F.normalize(mean, dim=-1).float()
    assert torch.allclose(model.averages()["ema"].rows, unit, atol=1e-6)


def test_the_last_k_mean_is_of_snapshots_and_now(learner: Any, batches: Any) -> None:
    model, stream, path = learner(last=3, every=2), batches(), {}
    for step in range(1, 8):
        model.step(stream.next(), **STEP)
        path[step] = (model.rows.detach().clone(), model.scales.detach().clone())
    rows, scales = (torch.stack([path[step][i] for step in (4, 6, 7)]).mean(0) for i in (0, 1))
    found = model.averages()["last"]
    assert torch.allclose(found.rows, F.normalize(rows, dim=-1), atol=1e-6)
    assert torch.allclose(found.scales, scales)


def test_the_last_one_mean_is_now(learner: Any, batches: Any) -> None:
    model, stream = learner(last=1, every=1), batches()
    for _ in range(3):
        model.step(stream.next(), **STEP)
    assert torch.allclose(model.averages()["last"].rows, model.rows, atol=1e-6)
    assert model.recent == []


@pytest.mark.parametrize("normalization", ["step", "graph"])
def test_a_restored_learner_goes_on_to_the_same_bits(
    learner: Any, batches: Any, normalization: str, tmp_path: Any
) -> None:
    whole, stream = learner(normalization=normalization), batches()
    for _ in range(5):
        whole.step(stream.next(), **STEP)
    torch.save(whole.state(), tmp_path / "state.pt")
    place = stream.position()
    for _ in range(5):
        whole.step(stream.next(), **STEP)
    other, again = learner(seed=9, normalization=normalization), batches()
    other.restore(torch.load(tmp_path / "state.pt", weights_only=True))
    again.seek(place)
    for _ in range(5):
        other.step(again.next(), **STEP)
    assert bits(other) == bits(whole) and other.steps == whole.steps == 10


@pytest.mark.parametrize("normalization", ["step", "graph"])
def test_a_genotype_is_on_the_sphere_and_predicts_the_same(
    learner: Any, batches: Any, normalization: str, arithmetic: Arithmetic
) -> None:
    model, stream = learner(normalization=normalization), batches()
    for _ in range(4):
        model.step(stream.next(), **STEP)
    born, ids = model.genotype(), torch.arange(20)[None]
    assert torch.allclose(born.rows.norm(dim=-1), torch.ones(len(born.rows)), atol=1e-6)
    drift = (model.rows.norm(dim=-1) - 1).abs().max()
    assert (drift < 1e-6) == (normalization == "step")
    assert torch.allclose(predictor(born, arithmetic)(ids), model.predict(ids), atol=1e-4)


def test_a_genotype_is_a_copy(learner: Any, batches: Any) -> None:
    model = learner()
    born = model.genotype()
    before = born.rows.clone()
    model.step(batches().next(), **STEP)
    assert torch.equal(born.rows, before) and not torch.equal(model.rows, before)


def test_the_parent_is_untouched(genotype: Any, learner: Any, batches: Any) -> None:
    model = learner()
    first = genotype().rows
    model.step(batches().next(), **STEP)
    assert torch.equal(genotype().rows, first) and not torch.equal(model.rows, first)


@pytest.mark.parametrize("kind", ["llama", "sandwich"])
def test_another_kind_learns_and_its_averages_are_its_own(
    learner: Any, batches: Any, kind: str
) -> None:
    model, batch = learner(kind=kind, lr=1e-2), batches().next()
    losses = [model.step(batch, **STEP)[0] for _ in range(12)]
    assert losses[-1] < 0.9 * losses[0]
    snapshots = [*model.recent, [model.rows, model.scales]][-3:]
    mean = torch.stack([rows for rows, _ in snapshots]).mean(0).detach()
    lengths = model.averages()["last"].rows.norm(dim=-1)
    wanted = mean.norm(dim=-1) if kind == "llama" else torch.ones(len(mean))
    assert torch.allclose(lengths, wanted, atol=1e-6)
    ids = torch.from_numpy(batch.inputs)
    found, wanted = predictor(model.genotype(), CPU)(ids), model.predict(ids)
    assert torch.allclose(found, wanted.detach(), atol=1e-4)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_changes_nothing(
    learner: Any, batches: Any, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    model, stream = learner(), batches()
    model.step(stream.next(), **STEP)
    before, state = bits(model), copy.deepcopy(model.state())
    exact = network.forward
    spoilt = lambda *args, **more: exact(*args, **more) * value  # noqa: E731
    monkeypatch.setattr("lab.training.learner.forward", spoilt)
    with pytest.raises(Diverged, match="loss is (nan|inf)"):
        model.step(stream.next(), **STEP)
    assert bits(model) == before and model.steps == 1
    for old, new in zip(
        state["optimizer"]["state"][0].values(),
        model.state()["optimizer"]["state"][0].values(),
        strict=True,
    ):
        assert torch.equal(old, new)


def test_the_factor_scales_the_rate_and_clipping_the_gradient(learner: Any, batches: Any) -> None:
    still, model = learner(), learner(lr=1e-3)
    still.step(batches().next(), factor=0.0, clip=1.0, accumulate=1)
    assert torch.allclose(still.rows, learner().rows, atol=1e-6)
    _, norm = model.step(batches().next(), factor=0.5, clip=1e-3, accumulate=1)
    assert model.optimizer.lr == 0.5e-3
    held = torch.cat([t.grad.flatten() for t in (model.rows, model.scales)]).norm()
    assert norm > 0.1 and float(held) == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_bits(learner: Any, batches: Any, threads: int) -> None:
    torch.set_num_threads(threads)
    try:
        found = set()
        for _ in range(2):
            model, stream = learner(), batches()
            for _ in range(3):
                model.step(stream.next(), **STEP)
            found.add(bits(model))
    finally:
        torch.set_num_threads(1)
    assert len(found) == 1


def test_the_embedding_is_looked_up_not_indexed(learner: Any, monkeypatch: Any) -> None:
    """The gradient of indexing is summed in another order every run; that of embedding is not."""
    seen: list[torch.Size] = []
    exact = F.embedding
    monkeypatch.setattr(F, "embedding", lambda ids, w: (seen.append(ids.shape), exact(ids, w))[1])
    model = learner()
    model.predict(torch.arange(8)[None])
    assert seen == [torch.Size([1, 8])]
