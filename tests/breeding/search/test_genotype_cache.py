"""Genotype cache: its budget, and the order in which genotypes are dropped."""

from __future__ import annotations

import torch

from lab.breeding.search.genotype_cache import GenotypeCache, num_bytes
from lab.models.genotype import Architecture, founder
from lab.storage.bounded_reader import physical_memory

TINY = Architecture(vocab_size=5, dim=8, depth=1, heads=2, dim_head=2)
GENOTYPE = founder(TINY, torch.Generator().manual_seed(0))
SIZE = num_bytes(GENOTYPE)


def test_the_one_used_longest_ago_is_dropped_first() -> None:
    cache = GenotypeCache(2 * SIZE)
    for name in "ab":
        cache.add(name, GENOTYPE)
    cache.get("a")
    cache.add("c", GENOTYPE)
    assert [name in cache for name in "abc"] == [True, False, True]


def test_pinned_genotypes_are_dropped_last_but_dropped() -> None:
    cache = GenotypeCache(2 * SIZE)
    cache.pin("a")
    for name in "abc":
        cache.add(name, GENOTYPE)
    assert [name in cache for name in "abc"] == [True, False, True]
    cache.pin("ac")
    cache.add("d", GENOTYPE)
    assert [name in cache for name in "acd"] == [False, True, True]
    cache.pin("")
    cache.add("e", GENOTYPE)
    assert "c" not in cache and len(cache) == 2


def test_one_genotype_stays_whatever_the_budget() -> None:
    cache = GenotypeCache(0)
    cache.add("a", GENOTYPE)
    cache.add("b", GENOTYPE)
    assert "b" in cache and len(cache) == 1


def test_the_default_is_a_share_of_the_machines_memory() -> None:
    assert GenotypeCache().budget == physical_memory() // 4 > 2**27
