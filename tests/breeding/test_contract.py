"""The operator contract, applied to every choice of conf/crossover: a new one is held to it too."""

from __future__ import annotations

import inspect
import math
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf

from lab.breeding import operators
from lab.breeding.alignment import symmetry
from lab.breeding.operator_traits import MIDPOINT_VALUES, operator_traits
from lab.config.instantiate import instantiate
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from tests.breeding.families import (
    LLAMA,
    SANDWICH,
    TINY,
    UNTIED,
    fork,
    furthest,
    individual,
    seeded,
    trio,
)  # fmt: skip

CHOICES = sorted((Path(__file__).parents[2] / "conf" / "crossover").glob("*.yaml"))
KINDS = pytest.mark.parametrize(
    "architecture", [TINY, LLAMA, SANDWICH], ids=["ngpt", "llama", "sandwich"]
)
SPHERES_OWN = {"slerp", "nlerp", "karcher"}
BY_PART = {"slerp", "nlerp", "lerp"}
ENDS: dict[str, tuple[Any, Any]] = {  # parameter: its values at the first and the second parent
    "alpha": (0.0, 1.0),
    "weights": ((1.0, 0.0), (0.0, 1.0)),
    "share": (0.0, 1.0),
    "donor": (0, 1),
    "unit": ("gene", "gene"),  # coarser units leave the rest to the first parent
    "cuts": (0, 0),
}
Cross = Callable[..., Genotype]


def content(genotype: Genotype) -> torch.Tensor:
    """An importance that moves with the genes: a stand-in for Fisher information."""
    fourth = genotype.rows.double().pow(4).sum(-1)
    return torch.cat([fourth, genotype.effective_scales().double() ** 2])


@pytest.fixture(params=CHOICES, ids=lambda path: path.stem)
def operator(request: pytest.FixtureRequest) -> Cross:
    node: Any = OmegaConf.to_container(OmegaConf.load(request.param))
    node.pop("defaults", None)
    if operator_traits(instantiate(node).func).needs_importance:
        node["importance"] = content
    found: Cross = instantiate(node)
    return found


def able(operator: Any, architecture: Architecture) -> None:
    """Leave out what the sphere's own operators refuse."""
    if operator.func.__name__ in SPHERES_OWN and not architecture.has_unit_rows:
        pytest.skip("refused: see test_the_spheres_own_refuse_free_rows_in_one_line")


def crossed(operator: Cross, a: Genotype, b: Genotype, o: Genotype, seed: int = 0) -> Genotype:
    return operator([a, b], ancestor=o, generator=seeded(seed))


def keeps_unit_rows(operator: Any) -> bool:
    return operator_traits(operator.func).unit_rows


def test_every_operator_has_a_choice() -> None:
    targets = {OmegaConf.load(path)._target_ for path in CHOICES}
    modules = pkgutil.iter_modules(operators.__path__)
    assert targets == {f"lab.breeding.operators.{one.name}.{one.name}" for one in modules}


def test_what_an_operator_declares_is_true_of_its_parameters(operator: Any) -> None:
    traits, known = operator_traits(operator.func), inspect.signature(operator.func).parameters
    assert traits.coefficient == next((name for name in MIDPOINT_VALUES if name in known), None)
    assert traits.alpha_by_part == (operator.func.__name__ in BY_PART)
    assert traits.needs_importance == ("importance" in known)
    assert traits.needs_unit_rows == (operator.func.__name__ in SPHERES_OWN)
    assert traits.unit_rows == (operator.func.__name__ != "lerp")
    assert traits.defaults == {
        name: one.default for name, one in known.items() if one.kind is one.KEYWORD_ONLY
    }


def test_the_coefficient_that_is_declared_is_taken(operator: Any) -> None:
    a, b, ancestor = trio()
    name = operator_traits(operator.func).coefficient
    values = {"alpha": 0.25, "share": 0.25, "weights": [0.75, 0.25]}
    if name is not None:
        operator([a, b], ancestor=ancestor, generator=seeded(0), **{name: values[name]})


def test_alpha_by_part_is_taken_where_it_is_declared(operator: Any) -> None:
    a, b, ancestor = trio()
    traits, field = operator_traits(operator.func), {"layers.0.q": 0.1, "rest": 0.5}
    if traits.alpha_by_part:
        operator([a, b], ancestor=ancestor, alpha=field)
    elif traits.coefficient == "alpha":
        with pytest.raises(ValueError, match="alpha must be a finite number"):
            operator([a, b], ancestor=ancestor, alpha=field)


def test_an_ancestor_is_needed_where_it_is_declared(operator: Any) -> None:
    a, b, ancestor = trio()
    if operator_traits(operator.func).needs_ancestor:
        with pytest.raises(ValueError, match="needs the parents' common ancestor"):
            operator([a, b], generator=seeded(0))
    else:
        child = operator([a, b], generator=seeded(0))
        assert furthest(child, crossed(operator, a, b, ancestor)) == 0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_parents_are_taken_as_are_declared(operator: Any, count: int) -> None:
    a, b, ancestor = trio()
    parents = [a, b, a][:count]
    fewest, most = operator_traits(operator.func).parents
    if fewest <= count <= (most or count):
        operator(parents, ancestor=ancestor, generator=seeded(0))
        return
    with pytest.raises(ValueError, match="takes 2 parents, got|needs two parents or more"):
        operator(parents, ancestor=ancestor, generator=seeded(0))


def test_weights_are_taken_as_they_are_where_it_is_declared(operator: Any) -> None:
    a, b, ancestor = trio()
    traits = operator_traits(operator.func)
    if traits.coefficient != "weights":
        return
    children = [
        operator([a, b], ancestor=ancestor, generator=seeded(0), weights=[scale, scale])
        for scale in (0.5, 1.0)
    ]
    assert (furthest(*children) == 0) != traits.absolute_weights


def test_operators_share_one_signature(operator: Any) -> None:
    known = inspect.signature(operator.func).parameters
    assert list(known)[0] == "parents" and list(known)[-2:] == ["ancestor", "generator"]
    assert all(one.kind is one.KEYWORD_ONLY for name, one in known.items() if name != "parents")


@pytest.mark.parametrize(
    "architecture", [TINY, UNTIED, SANDWICH], ids=["tied", "untied", "sandwich"]
)
def test_rows_stay_on_the_sphere(operator: Cross, architecture: Architecture) -> None:
    child = crossed(operator, *trio(architecture))
    off = float((child.rows.double().norm(dim=-1) - 1).abs().max())
    assert (off <= 1e-6) == keeps_unit_rows(operator)


@KINDS
def test_a_parent_crossed_with_itself_comes_back(
    operator: Cross, architecture: Architecture
) -> None:
    able(operator, architecture)
    a, _, ancestor = trio(architecture)
    assert furthest(crossed(operator, a, a.clone(), ancestor), a) <= 1e-7


@KINDS
def test_the_ends_are_the_parents(operator: Any, architecture: Architecture) -> None:
    able(operator, architecture)
    a, b, ancestor = trio(architecture)
    known = inspect.signature(operator.func).parameters
    numbers = architecture.num_rows + architecture.num_scales
    everything, nothing = torch.ones(numbers), torch.zeros(numbers)
    ends = ENDS | {"importance": ((everything, nothing), (nothing, everything))}
    if not set(ends) & set(known):
        assert operator.func.__name__ == "model_stock"  # nothing to choose, so no ends
        return
    for end, parent in enumerate((a, b)):
        chosen = {name: values[end] for name, values in ends.items() if name in known}
        child = operator([a, b], ancestor=ancestor, generator=seeded(0), **chosen)
        assert furthest(child, parent) <= 2e-7


@KINDS
def test_the_generator_decides_everything(operator: Cross, architecture: Architecture) -> None:
    able(operator, architecture)
    family = trio(architecture)
    torch.manual_seed(1)
    first = crossed(operator, *family)
    torch.manual_seed(2)
    again = crossed(operator, *family)
    assert torch.equal(first.rows, again.rows) and torch.equal(first.scales, again.scales)


def draws(operator: Cross) -> bool:
    family = trio()
    seeds = [crossed(operator, *family, seed=seed).rows for seed in range(4)]
    return any(not torch.equal(seeds[0], other) for other in seeds[1:])


@pytest.mark.parametrize("architecture", [TINY, UNTIED], ids=["tied", "untied"])
@pytest.mark.parametrize("seed", range(3))
def test_crossing_commutes_with_symmetries(
    operator: Cross, architecture: Architecture, seed: int
) -> None:
    """Those that draw are tested with genes in their places; test_discrete moves the draw along."""
    family = trio(architecture)
    g = symmetry.random_symmetry(architecture, seeded(seed), in_place=draws(operator))
    a, b, ancestor = (symmetry.apply_symmetry(g, one) for one in family)
    moved = crossed(operator, a, b, ancestor)
    assert furthest(moved, symmetry.apply_symmetry(g, crossed(operator, *family))) <= 1e-6


@KINDS
def test_parents_are_untouched_and_unaliased(operator: Cross, architecture: Architecture) -> None:
    able(operator, architecture)
    family = trio(architecture)
    before = [one.clone() for one in family]
    child = crossed(operator, *family)
    child.rows.zero_()
    child.scales.zero_()
    assert all(furthest(now, then) == 0 for now, then in zip(family, before, strict=True))


def test_the_child_has_the_first_parents_architecture(operator: Cross) -> None:
    a, b, ancestor = trio()
    other = Architecture(**{**TINY.to_dict(), "s_qk_init": 2.0, "s_logit_init": 3.0})
    factor = TINY_MULTIPLIERS / Genotype(other, b.rows, b.scales).layout.multipliers()
    stored_otherwise = Genotype(other, b.rows, b.scales * factor)
    child = crossed(operator, a, stored_otherwise, ancestor)
    assert child.architecture == TINY
    assert furthest(child, crossed(operator, a, b, ancestor)) <= 2e-6


TINY_MULTIPLIERS = individual().layout.multipliers()


def test_rows_without_a_direction_are_refused_by_name(operator: Cross) -> None:
    a, b, ancestor = trio()
    bad = b.clone()
    bad.rows[12, 3] = math.nan
    with pytest.raises(ValueError, match=r"parent 2: layers\.0\.attn\.q row 1 has norm nan"):
        crossed(operator, a, bad, ancestor)
    bad.rows[12] = 0.0
    with pytest.raises(ValueError, match=r"parent 2: layers\.0\.attn\.q row 1 has norm 0, not 1"):
        crossed(operator, a, bad, ancestor)
    bad = b.clone()
    bad.scales[0] = math.inf
    with pytest.raises(ValueError, match=r"parent 2: layers\.0\.attn\.s_qk scale 0 is not finite"):
        crossed(operator, a, bad, ancestor)


def test_antipodal_and_parallel_rows_have_children(operator: Cross) -> None:
    a, b, ancestor = trio()
    b.rows[3], b.rows[5] = -a.rows[3], a.rows[5]
    child = crossed(operator, a, b, ancestor)
    assert child.rows.isfinite().all()
    assert torch.allclose(child.rows[5], a.rows[5], atol=1e-7)
    if keeps_unit_rows(operator):
        assert abs(float(child.rows[3].double().norm()) - 1) <= 1e-6


def test_unlike_parents_are_refused_with_a_table(operator: Cross) -> None:
    a, b, ancestor = trio()
    other = individual(Architecture(**{**TINY.to_dict(), "depth": 1, "heads": 2}))
    with pytest.raises(ValueError, match="differ in") as refusal:
        crossed(operator, a, other, ancestor)
    lines = str(refusal.value).splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["depth", "2", "1"] + ["2"] * (len(lines[1].split()) - 4),
        ["heads", "3", "2"] + ["3"] * (len(lines[1].split()) - 4),
    ]


@KINDS
def test_relatives_breed_a_relative(operator: Cross, architecture: Architecture) -> None:
    """No operator leaves the neighbourhood of its parents: within their own distance of one."""
    able(operator, architecture)
    a, b, ancestor = trio(architecture)
    child = crossed(operator, a, b, ancestor)
    apart = float((a.rows - b.rows).norm())
    assert min(float((child.rows - one.rows).norm()) for one in (a, b, ancestor)) <= apart


def test_the_spheres_own_refuse_free_rows_in_one_line(operator: Any) -> None:
    a, b, ancestor = trio(LLAMA)
    if (name := operator.func.__name__) in SPHERES_OWN:
        with pytest.raises(
            ValueError, match=f"^{name} needs rows of unit length, .* llama"
        ) as told:
            crossed(operator, a, b, ancestor)
        assert "\n" not in str(told.value)


def test_free_rows_that_are_not_finite_are_refused_by_name(operator: Any) -> None:
    able(operator, LLAMA)
    a, b, ancestor = trio(LLAMA)
    b.rows[12] = 0.0  # no direction is needed here
    crossed(operator, a, b, ancestor)
    b.rows[12, 3] = math.nan
    with pytest.raises(ValueError, match=r"parent 2: layers\.0\.attn\.q row 1 has norm nan"):
        crossed(operator, a, b, ancestor)


def test_fork_is_what_the_tests_take_it_for() -> None:
    a = individual()
    angles = 2 * torch.asin((a.rows - fork(a, 1).rows).norm(dim=-1) / 2)
    assert 0.3 < float(angles.median()) < 0.5
