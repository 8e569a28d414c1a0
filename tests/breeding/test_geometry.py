"""Sphere and flat space: log and exp undo each other, means lie between, in flat space exactly."""

from __future__ import annotations

import pytest
import torch

from lab.breeding.alignment.alignment import align
from lab.breeding.geometry import FLAT, SPHERE, directions, geometry
from lab.breeding.mutation import tangent
from lab.breeding.operators.ancestor_arithmetic import ancestor_arithmetic
from lab.breeding.operators.dare import dare
from lab.breeding.operators.fisher import fisher_information
from lab.breeding.operators.frozen_attention import frozen_attention
from lab.breeding.operators.lerp import lerp
from lab.genealogy.kinship import block_rms_angles, find_cloned_parent
from lab.models.genotype import Genotype
from tests.breeding.families import LLAMA, SANDWICH, TINY, individual, seeded, trio


@pytest.mark.parametrize("space", [SPHERE, FLAT], ids=["sphere", "flat"])
def test_log_and_exp_undo_each_other(space: object) -> None:
    a, b, _ = trio(TINY if space is SPHERE else LLAMA)
    there = geometry(a.architecture)
    assert there is space
    walked = there.exp(a.rows.double(), there.log(a.rows, b.rows))
    assert torch.allclose(walked.float(), b.rows, atol=1e-6)
    both = torch.stack([a.rows, b.rows])
    mean = there.mean(both, torch.tensor([0.25, 0.75]))
    assert torch.allclose(there.log(a.rows, mean), 0.75 * there.log(a.rows, b.rows), atol=1e-6)


def test_task_vectors_in_flat_space_are_differences() -> None:
    a, b, o = trio(LLAMA)
    child = ancestor_arithmetic([a, b], weights=[0.7, -0.2], ancestor=o)
    assert torch.allclose(child.rows, o.rows + 0.7 * (a.rows - o.rows) - 0.2 * (b.rows - o.rows))
    wanted = o.scales + 0.7 * (a.scales - o.scales) - 0.2 * (b.scales - o.scales)
    assert torch.allclose(child.scales, wanted, atol=1e-6)


def test_what_dare_keeps_is_stretched_in_full() -> None:
    a, b, o = trio(LLAMA)
    child = dare([a, b], drop=0.75, ancestor=o, generator=seeded(0))
    u, v = 2 * (a.rows - o.rows), 2 * (b.rows - o.rows)  # half of each, four times as long
    kinds = torch.stack([torch.zeros_like(u), u, v, u + v])
    off = (child.rows - o.rows - kinds).norm(dim=-1)
    assert float(off.min(dim=0).values.max()) < 1e-6
    assert set(off.argmin(dim=0).tolist()) == {0, 1, 2, 3}


def test_frozen_attention_crosses_the_rest_on_the_line() -> None:
    a, b, _ = trio(LLAMA)
    child, straight = frozen_attention([a, b], donor=1, alpha=0.3), lerp([a, b], alpha=0.3)
    for name, block in a.layout.row_blocks.items():
        whole = ".attn." in name or not name.startswith("layers.")
        assert torch.allclose(child.rows[block], (b if whole else straight).rows[block])
    for name, block in a.layout.scale_blocks.items():
        whole = ".attn." in name or not name.startswith("layers.")
        assert torch.allclose(child.scales[block], (b if whole else straight).scales[block])


def test_information_counts_all_of_a_free_rows_gradient() -> None:
    a = individual(LLAMA)
    found = fisher_information(a, [lambda one: (one.rows * a.rows).sum() + one.scales.sum()])
    assert torch.allclose(found[: len(a.rows)], a.rows.square().sum(-1))
    b = individual()  # on the sphere, what only lengthens a row says nothing
    found = fisher_information(b, [lambda one: (one.rows * b.rows).sum() + one.scales.sum()])
    assert float(found[: len(b.rows)].max()) < 1e-9


def test_rows_are_compared_by_direction() -> None:
    a, b, _ = trio(LLAMA)
    longer = Genotype(LLAMA, a.rows * 3, a.scales)
    assert block_rms_angles(a, longer)["all"] < 1e-6 < block_rms_angles(a, b)["all"]
    assert torch.allclose(directions(a).norm(dim=-1), torch.ones(len(a.rows)).double())
    assert find_cloned_parent(a.clone(), {"a": a, "b": b}) == "a"
    assert find_cloned_parent(lerp([a, b]), {"a": a, "b": b}) is None


def test_what_is_the_spheres_alone_says_so() -> None:
    with pytest.raises(ValueError, match="needs rows of unit length.*try mutation=none"):
        tangent(individual(LLAMA), generator=seeded(0))
    tangent(individual(SANDWICH), generator=seeded(0))
    for shape in (LLAMA, SANDWICH):
        with pytest.raises(ValueError, match="alignment=match is for nGPTs"):
            align(*trio(shape)[:2])
