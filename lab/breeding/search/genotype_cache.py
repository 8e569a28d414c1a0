"""Genotype cache: children kept built within a budget of bytes, the population's to the last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from lab.models.genotype import Genotype
from lab.storage.bounded_reader import physical_memory

MEMORY_SHARE = 0.25  # of the machine's memory, unless a budget is given


class GenotypeCache:
    """Genotypes by name. Over the budget, those that are not pinned are dropped first.

    The genotype used last always stays. budget: bytes of weights, by default a quarter of the
    machine's memory; results do not depend on it, as any child can be built again.
    """

    def __init__(self, budget: int | None = None) -> None:
        self.budget = int(MEMORY_SHARE * physical_memory()) if budget is None else budget
        self._genotypes: OrderedDict[str, Genotype] = OrderedDict()
        self._pinned: frozenset[str] = frozenset()
        self._bytes = 0

    def __contains__(self, name: str) -> bool:
        return name in self._genotypes

    def __len__(self) -> int:
        return len(self._genotypes)

    def get(self, name: str) -> Genotype:
        """Return a genotype and count it as the one used last; KeyError if it is not here."""
        self._genotypes.move_to_end(name)
        return self._genotypes[name]

    def add(self, name: str, genotype: Genotype) -> None:
        """Keep a genotype and drop others until the budget holds."""
        self._genotypes[name] = genotype
        self._bytes += num_bytes(genotype)
        while self._bytes > self.budget and len(self._genotypes) > 1:
            self._drop(next(self._in_order_of_dropping()))

    def pin(self, names: Iterable[str]) -> None:
        """Let these, and no longer those pinned before, be dropped last."""
        self._pinned = frozenset(names)

    def _in_order_of_dropping(self) -> Iterator[str]:
        *older, _ = self._genotypes
        yield from (name for name in older if name not in self._pinned)
        yield from (name for name in older if name in self._pinned)

    def _drop(self, name: str) -> None:
        self._bytes -= num_bytes(self._genotypes.pop(name))


def num_bytes(genotype: Genotype) -> int:
    """Return the bytes of a genotype's weights."""
    return sum(t.numel() * t.element_size() for t in (genotype.rows, genotype.scales))
