"""What holds and what breaks: mergekit's slerp and nGPT-pytorch's evo.py under our contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from nGPT_pytorch.evo import cross_over_ngpt

from lab.benchmarks.breeding import whole_tensor_slerp
from lab.breeding.alignment import symmetry
from lab.breeding.operators.slerp import slerp
from lab.models.foreign import ngpt_pytorch
from lab.models.foreign.ngpt_pytorch import library_model
from lab.models.genotype import Genotype
from tests.breeding.families import UNTIED, furthest, individual, seeded, trio

ROOT = Path(__file__).resolve().parents[2]
Cross = Callable[[Genotype, Genotype, float], Genotype]
SHAPE = replace(UNTIED, value_residual=True)


def ours(a: Genotype, b: Genotype, t: float) -> Genotype:
    return slerp([a, b], alpha=t)


def mergekit(a: Genotype, b: Genotype, t: float) -> Genotype:
    """One angle for each tensor; scales are tensors like any other to it."""
    rows = torch.empty_like(a.rows)
    for span in a.layout.row_blocks.values():
        pair = a.rows[span].numpy(), b.rows[span].numpy()
        rows[span] = torch.from_numpy(whole_tensor_slerp(t, *pair))
    scales = torch.empty_like(a.scales)
    for block in a.layout.scale_blocks.values():
        both = [one.scales[block].unsqueeze(0) for one in (a, b)]
        omega = torch.nn.functional.cosine_similarity(both[0], both[1]).clamp(-1, 1).acos()
        near = bool(omega.cos().abs() > 0.9995)
        parts = (1 - t, t) if near else [(s * omega).sin() / omega.sin() for s in (1 - t, t)]
        scales[block] = (parts[0] * both[0] + parts[1] * both[1])[0]
    return Genotype(a.architecture, rows, scales)


def evo(parametrize: bool) -> Cross:
    """The library's breeder, for its two layouts of weights; it has no coefficient."""

    def cross(a: Genotype, b: Genotype, t: float) -> Genotype:
        models = [library_model(a.architecture, parametrize) for _ in range(2)]
        for model, one in zip(models, (a, b), strict=True):
            model.load_state_dict(ngpt_pytorch.to_library(one, parametrize))
        torch.manual_seed(0)
        child = cross_over_ngpt(*models)
        return ngpt_pytorch.from_library(a.architecture, child.state_dict())

    return cross


def unit_rows(cross: Cross) -> bool:
    child = cross(*trio(SHAPE)[:2], 0.5)
    return bool((child.rows.double().norm(dim=-1) - 1).abs().max() <= 1e-6)


def itself(cross: Cross) -> bool:
    a = individual(SHAPE)
    return furthest(cross(a, a.clone(), 0.5), a) <= 1e-6


def ends(cross: Cross) -> bool:
    a, b, _ = trio(SHAPE)
    return furthest(cross(a, b, 0.0), a) <= 1e-6 and furthest(cross(a, b, 1.0), b) <= 1e-6


def symmetries(cross: Cross) -> bool:
    """Signs and the residual stream only, which leave every gene in its place."""
    a, b, _ = trio(SHAPE)
    g = symmetry.random_symmetry(SHAPE, seeded(1), in_place=True)
    moved = cross(symmetry.apply_symmetry(g, a), symmetry.apply_symmetry(g, b), 0.5)
    return furthest(moved, symmetry.apply_symmetry(g, cross(a, b, 0.5))) <= 1e-5


def antipodal(cross: Cross) -> bool:
    a = individual(SHAPE)
    child = cross(a, Genotype(SHAPE, -a.rows, a.scales), 0.25)
    return bool((child.rows.double().norm(dim=-1) - 1).abs().max() <= 1e-6)


def both_parents(cross: Cross) -> bool:
    """Some row of the child is not the first parent's."""
    a, b, _ = trio(SHAPE)
    return bool((cross(a, b, 0.5).rows - a.rows).abs().max() > 1e-6)


LAWS = (unit_rows, itself, ends, symmetries, antipodal, both_parents)
HOLDS = {
    #                         unit   self   ends   symm.  antip. both parents
    "ours": (ours,           (True,  True,  True,  True,  True,  True)),
    "mergekit": (mergekit,   (False, True,  True,  True,  False, True)),
    "evo": (evo(False),      (True,  False, False, False, True,  True)),
    "evo, parametrized": (evo(True), (True, False, False, True, True, False)),
}  # fmt: skip


@pytest.mark.parametrize("breeder", HOLDS)
def test_what_holds_and_what_breaks(breeder: str) -> None:
    cross, expected = HOLDS[breeder]
    assert dict(zip(LAWS, expected, strict=True)) == {law: law(cross) for law in LAWS}


def test_the_readme_says_so() -> None:
    lines = (ROOT / "experiments" / "README.md").read_text().split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("| | ours | mergekit"))
    names = [cell.strip() for cell in lines[start].split("|")[2:-1]]
    told = [[cell.strip() for cell in line.split("|")[2:-1]] for line in lines[start + 2 :][:6]]
    for name, column in zip(names, zip(*told, strict=True), strict=True):
        assert column == tuple("holds" if one else "breaks" for one in HOLDS[name][1])
