"""The sampling benchmark compares like with like: the same text, every figure defined."""

from __future__ import annotations

import pytest
import torch

from lab.benchmarks.sampling import COLUMNS, SIZES, base_decoding_step, ngpt_pytorch_peer, run
from lab.models.genotype import founder


def test_sizes_are_what_they_are_called() -> None:
    assert f"{SIZES['3.18M'].num_parameters / 1e6:.3g}M" == "3.18M"


def test_every_figure_is_defined_and_both_write_the_same() -> None:
    table = run("debug", batches=[2], length=20, rounds=1)
    assert list(table) == ["debug batch 2", "debug batch 2 numba"]
    assert table["debug batch 2"]["over_torch"] == 1
    for row in table.values():
        assert set(row) == set(COLUMNS)
        assert row["same_greedy"] == 1
        assert row["ratio"] == pytest.approx(row["speed"] / row["peer_speed"])
        assert row["speed"] == pytest.approx(2 / row["step_ms"] * 1e3)
        assert all(value > 0 for value in row.values())


@torch.no_grad()
def test_the_peer_draws_from_its_likeliest_tenth() -> None:
    genotype = founder(SIZES["debug"], torch.Generator().manual_seed(0))
    model, text = ngpt_pytorch_peer(genotype), torch.ones(200, 3, dtype=torch.long)
    torch.manual_seed(0)
    drawn = base_decoding_step(model, text)
    likeliest = model(text[:1])[0, -1].topk(11).indices.tolist()
    assert drawn.shape == (200, 4) and bool((drawn[:, :3] == text).all())
    assert set(drawn[:, 3].tolist()) == set(likeliest)
    assert set(base_decoding_step(model, text, 0.0)[:, 3].tolist()) == {likeliest[0]}


@pytest.mark.parametrize(
    "wrong", [{"size": "huge"}, {"batches": []}, {"batches": [0]}, {"length": 4}, {"rounds": 0}]
)
def test_a_wrong_measurement_is_one_line(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="subject"):
        run(**{"size": "debug", **wrong})  # type: ignore[arg-type]
