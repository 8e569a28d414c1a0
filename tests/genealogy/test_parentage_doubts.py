"""Doubts about parents that fit: their relatives, alphas beyond them, another certificate."""

from typing import Any

import pytest

from lab.genealogy.pair_parentage import BlockFit
from lab.genealogy.parentage_doubts import (
    describe_relatives,
    is_beyond_parents,
    lower_confidence,
)
from lab.genealogy.registry import Registry


def test_siblings_and_a_parent_with_its_child_leave_doubt(family: Any) -> None:
    family.born("child2", "left", "right", operator="slerp")
    registry, ids = Registry(family.root), family.ids
    siblings = [ids["child"], ids["child2"]]
    assert describe_relatives(registry, siblings, siblings) == "lies on the circles of its siblings"
    with_parent = [ids["left"], ids["child"]]
    said = describe_relatives(registry, with_parent, with_parent)
    assert said.startswith("lies on the circles of left and its child child")
    every = list(ids.values())  # both parents were tried and fit less
    assert not describe_relatives(registry, siblings, every)
    assert not describe_relatives(registry, [ids["left"], ids["right"]], with_parent)


def test_confidence_is_lowered_and_never_raised(family: Any) -> None:
    registry, ids = Registry(family.root), family.ids
    pair, every = [ids["left"], ids["right"]], list(ids.values())

    def lowered(confidence: str, members: list[str], tried: list[str], *blocks: BlockFit) -> str:
        return lower_confidence(confidence, registry, ids["child"], members, tried, blocks)

    inside, outside = BlockFit(0.5, 0.0, 0.0, 0.0), BlockFit(2.0, 0.1, 0.0, 0.0)
    assert lowered("sure", pair, every, inside) == "sure"
    assert lowered("sure", pair, every, inside, outside).startswith("likely: alphas beyond 0 to 1")
    other = [ids["left"], ids["stranger"]]
    assert lowered("sure", other, every) == "likely, against its birth certificate"
    assert lowered("sure", other, other).startswith("not sure: its birth certificate names others")
    assert lowered("not sure: none", other, other) == "not sure: none"


@pytest.mark.parametrize(
    ("alpha", "error", "beyond"),
    [(0.0, 0.0, False), (1.01, 0.0, False), (-0.1, 0.0, True), (1.2, 0.1, False), (7.5, 0.1, True),
     (float("nan"), float("inf"), False)],
)  # fmt: skip
def test_an_alpha_is_beyond_by_more_than_its_error(
    alpha: float, error: float, beyond: bool
) -> None:
    assert is_beyond_parents(BlockFit(alpha, error, 0.0, 0.0)) is beyond
