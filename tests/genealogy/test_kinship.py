import math
from typing import Any

import networkx as nx
import pytest
import torch

from lab.genealogy import kinship
from lab.genealogy.kinship import (
    block_rms_angles,
    find_cloned_parent,
    inbreeding_coefficient,
    kinship_coefficient,
    median_row_angle,
    relationship_coefficient,
    task_vector_cosines,
)
from lab.genealogy.pedigree import Pedigree, read_pedigree
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import exp_map, slerp_rows, tangent_rows

TINY = Architecture(vocab_size=5, dim=8, depth=1, heads=2, dim_head=2)


def _founder(seed: int) -> Genotype:
    return founder(TINY, torch.Generator().manual_seed(seed))


def _moved(a: Genotype, *directions: tuple[float, int]) -> Genotype:
    """a, moved along the sum of tangent directions of given lengths, named by seed."""
    step = torch.zeros_like(a.rows, dtype=torch.float64)
    for length, seed in directions:
        v = torch.randn(a.rows.shape, generator=torch.Generator().manual_seed(seed))
        v = tangent_rows(a.rows, v.double())
        step += length * v / v.norm(dim=-1, keepdim=True)
    return Genotype(TINY, exp_map(a.rows, step), a.scales)


def _between(a: Genotype, b: Genotype, t: float) -> Genotype:
    return Genotype(TINY, slerp_rows(a.rows, b.rows, t), a.scales.lerp(b.scales, t))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("ancestor", "ancestor", 1.0),
        ("ancestor", "left", 1 / 2),
        ("left", "right", 1 / 4),
        ("stranger", "child", 0.0),
        ("stranger", "grandchild", 1 / 2),
        ("child", "left", (1 / 2 + 1 / 8) / math.sqrt(1 + 1 / 8)),
    ],
)
def test_relationships_are_wright_s(family: Any, a: str, b: str, expected: float) -> None:
    pedigree, ids = read_pedigree(family.root), family.ids
    found = relationship_coefficient(pedigree, ids[a], ids[b])
    assert found == pytest.approx(expected)
    assert relationship_coefficient(pedigree, ids[b], ids[a]) == found


def test_full_siblings_and_their_inbred_child(family: Any) -> None:
    family.born("one", "left", "stranger")
    family.born("two", "left", "stranger")
    family.born("inbred", "one", "two")
    family.born("selfed", "stranger", "stranger")
    pedigree, ids = read_pedigree(family.root), family.ids
    assert kinship_coefficient(pedigree, ids["one"], ids["two"]) == 1 / 4
    assert inbreeding_coefficient(pedigree, ids["inbred"]) == 1 / 4
    assert inbreeding_coefficient(pedigree, ids["selfed"]) == 1 / 2
    assert inbreeding_coefficient(pedigree, ids["child"]) == 1 / 8


def test_three_parents_share_evenly(family: Any) -> None:
    family.born("soup", "ancestor", "stranger", "left")
    pedigree, ids = read_pedigree(family.root), family.ids
    assert kinship_coefficient(pedigree, ids["soup"], ids["stranger"]) == pytest.approx(1 / 6)


def test_a_long_line_keeps_a_little_of_its_founder() -> None:
    graph = nx.DiGraph([(str(i), str(i + 1)) for i in range(30)])
    for i in range(31):
        graph.nodes[str(i)].update(name=str(i), parents=(str(i - 1),) if i else ())
    assert relationship_coefficient(Pedigree(graph), "0", "30") == 0.5**30


def test_angles_along_a_geodesic_are_its_shares() -> None:
    a, b = _founder(0), _founder(1)
    whole, part = block_rms_angles(a, b), block_rms_angles(a, _between(a, b, 0.25))
    assert part == pytest.approx({name: value / 4 for name, value in whole.items()}, rel=1e-5)
    assert set(whole) == {*a.layout.row_blocks, "all"}
    assert block_rms_angles(a, a)["all"] == 0.0


def test_half_of_the_rows_are_nearer_than_the_median_angle() -> None:
    a, b = _founder(1), _founder(2)
    apart = torch.acos((a.rows.double() * b.rows.double()).sum(-1)).rad2deg()
    assert float((apart < median_row_angle(a, b) + 1e-4).double().mean()) == pytest.approx(
        0.5, abs=0.02
    )
    assert median_row_angle(a, _between(a, b, 0.5)) == pytest.approx(
        median_row_angle(a, b) / 2, rel=1e-4
    )


def test_cosines_tell_what_was_learned_together() -> None:
    o = _founder(0)
    a, b = _moved(o, (0.1, 1)), _moved(o, (0.2, 1))
    assert task_vector_cosines(a, b, o)["all"] == pytest.approx(1.0, abs=1e-5)
    assert task_vector_cosines(a, _moved(o, (-0.1, 1)), o)["all"] == pytest.approx(-1.0, abs=1e-5)
    shared = task_vector_cosines(_moved(o, (0.1, 1), (0.1, 2)), _moved(o, (0.1, 1), (0.1, 3)), o)[
        "all"
    ]
    assert shared == pytest.approx(0.5, abs=0.15)
    assert task_vector_cosines(o, b, o)["all"] == 0.0


def test_a_clone_is_near_a_parent_for_how_far_they_are_apart() -> None:
    a = _founder(0)
    near, far = {"a": a, "b": _moved(a, (0.05, 1))}, {"a": a, "b": _moved(a, (1.5, 1))}
    child = _moved(a, (0.02, 2))
    assert find_cloned_parent(child, near) is None
    assert find_cloned_parent(child, far) == "a"
    assert find_cloned_parent(_between(*near.values(), 0.97), near) == "b"
    assert find_cloned_parent(_between(*near.values(), 0.5), near) is None


def test_other_architectures_are_refused() -> None:
    wide = Architecture(vocab_size=6, dim=8, depth=1, heads=2, dim_head=2)
    with pytest.raises(ValueError, match="one architecture and vocabulary"):
        block_rms_angles(_founder(0), founder(wide, torch.Generator().manual_seed(0)))


def test_one_table_serves_all_relatives(
    line_of_descent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pedigree, tables = line_of_descent(30, 2), list[int]()
    one_by_one = {
        other: kinship.relationship_coefficient(pedigree, "g0029-0", other)
        for other in pedigree.graph
    }
    plain = kinship.kinship_matrix
    monkeypatch.setattr(kinship, "kinship_matrix", lambda *given: tables.append(1) or plain(*given))
    together = kinship.relationship_coefficients(pedigree, "g0029-0", list(pedigree.graph))
    assert together == one_by_one and len(tables) == 1
    assert together["g0029-0"] == 1
