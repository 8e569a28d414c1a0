from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from lab.breeding.search.child_builder import ChildBuilder, content_hash
from lab.breeding.search.genotype_cache import GenotypeCache
from lab.models.genotype import Architecture, Genotype, founder
from lab.models.hypersphere import slerp_rows

TINY = Architecture(vocab_size=5, dim=8, depth=1, heads=2, dim_head=2)
Make = Callable[..., ChildBuilder]


def test_any_child_can_be_made_again_from_its_steps(nursery: Make) -> None:
    first, rng = nursery(), np.random.default_rng(0)
    child = first.draw_child([first.founder_recipe("A"), first.founder_recipe("B")], rng)
    for _ in range(4):
        child = first.draw_child([child, first.midpoint()], rng)
    second = nursery()
    assert second.key(second.register_steps(first.steps(child))) == first.key(child)
    assert len(first.steps(child)) == 6


def test_forgotten_parents_are_made_again(nursery: Make) -> None:
    small, large, keys = nursery(cache=GenotypeCache(0)), nursery(), []
    for place in (small, large):
        rng, child = np.random.default_rng(0), place.midpoint()
        for _ in range(5):
            child = place.draw_child([child, place.midpoint()], rng)
        keys.append(place.key(child))
    assert keys[0] == keys[1]
    assert len(small.cache) == 1


def test_many_generations_are_rebuilt_and_listed_each_once(nursery: Make) -> None:
    """Both parents of each share both parents of the one before: 2^1200 ways to the founders."""
    crosses = 0

    def cross(parents: Sequence[Genotype], *_: object) -> Genotype:
        nonlocal crosses
        crosses += 1
        return parents[0].clone()

    place, rng = nursery(cross=cross, cache=GenotypeCache(0), mutate=None), np.random.default_rng(0)
    pair = [place.founder_recipe("A"), place.founder_recipe("B")]
    for _ in range(1200):
        pair = [place.draw_child(pair, rng), place.draw_child(pair, rng)]
    assert len(place.steps(pair[0])) == 2 * 1199 + 1
    place.build(pair[0])
    assert crosses == 2 * 1199 + 1


def test_the_middle_is_crossed_from_the_founders_without_mutation(nursery: Make) -> None:
    place = nursery()
    a, b = place.founders.values()
    child = place.build(place.midpoint())
    assert torch.equal(child.rows, slerp_rows(a.rows, b.rows, 0.5))


def test_content_tells_children_apart_by_what_they_are(nursery: Make) -> None:
    a = founder(TINY, torch.Generator().manual_seed(0))
    assert content_hash(a) == content_hash(a.clone())
    other = a.clone()
    other.scales[0] += 1e-6
    assert content_hash(a) != content_hash(other)


def test_strangers_are_refused(nursery: Make) -> None:
    place = nursery()
    with pytest.raises(ValueError, match="no founder is called C"):
        place.build({"founder": "C"})
    with pytest.raises(ValueError, match="knows no parent deadbeef"):
        place.build({"parents": ["A", "deadbeef"], "alpha": [0.5], "seed": 0})
    with pytest.raises(ValueError, match="two founders"):
        ChildBuilder(founders={}, cross=lambda *_: None)
