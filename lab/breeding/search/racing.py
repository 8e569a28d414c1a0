"""Racing: successive elimination of candidates, many on few windows and few on many.

Karnin, Koren & Somekh 2013, "Almost optimal exploration in multi-armed bandits" (successive
halving); Birattari et al. 2002, "A racing algorithm for configuring metaheuristics" (the paired
test).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.breeding.search.evaluator import Candidate, FitnessEvaluator
from lab.breeding.statistics.bootstrap import BLOCK_WINDOWS
from lab.breeding.statistics.hypothesis_tests import one_sided_t_test, paired_differences
from lab.breeding.statistics.window_scores import WindowScores


@dataclass(frozen=True)
class Race:
    """The rules of a race: shares of the windows, and elimination between two of them.

    At each share but the last the candidates are ranked by bpc. Of those behind the best
    ceil(keep * n), each leaves that a paired test over blocks of windows finds worse than the
    leader with p <= level. level 1 is plain successive halving; keep 0 leaves all to the test;
    shares (1,) is no race at all. ValueError for shares that do not grow to 1.
    """

    shares: tuple[float, ...] = (1.0,)
    keep: float = 0.5
    level: float = 1.0

    def __post_init__(self) -> None:
        """ValueError for shares that do not grow to 1, or keep and level out of range."""
        shares = tuple(map(float, self.shares))
        object.__setattr__(self, "shares", shares)
        increasing = all(a < b for a, b in zip(shares, shares[1:], strict=False))
        if not shares or shares[0] <= 0 or not increasing or shares[-1] != 1.0:
            raise ValueError(f"shares must grow from above 0 to 1, got {list(shares)}")
        if not 0 <= self.keep <= 1 or not 0 < self.level <= 1:
            raise ValueError(
                f"keep lies in [0, 1] and level in (0, 1], got {self.keep}, {self.level}"
            )

    def run(
        self, candidates: Sequence[Candidate], evaluate: FitnessEvaluator
    ) -> tuple[list[int], list[WindowScores]]:
        """All candidates by number, best first, and the whole scores of the finalists.

        A candidate eliminated early ranks behind all that stayed longer. The scores belong to the
        first numbers of the order.
        """
        active, eliminated = list(range(len(candidates))), list[int]()
        for share in self.shares:
            scores = {i: evaluate(candidates[i], share) for i in active}
            active.sort(key=lambda i: (scores[i].bpc, i))
            if share < 1.0:
                survives = self._survival_mask([scores[i] for i in active])
                eliminated = [
                    i for i, survived in zip(active, survives, strict=True) if not survived
                ] + eliminated
                active = [i for i, survived in zip(active, survives, strict=True) if survived]
        return active + eliminated, [scores[i] for i in active]

    def _survival_mask(self, ranked: Sequence[WindowScores]) -> list[bool]:
        num_safe = max(1, math.ceil(self.keep * len(ranked)))
        return [
            place < num_safe or worse_p_value(ranked[0], scores) > self.level
            for place, scores in enumerate(ranked)
        ]


def worse_p_value(
    leader: WindowScores, challenger: WindowScores, block: int = BLOCK_WINDOWS
) -> float:
    """One-sided p of the paired t test that challenger is worse than leader, by blocks of windows.

    Each block of consecutive windows gives one difference in bpc. 1 where there are fewer than
    two blocks, 0 where challenger is not finite.
    """
    if math.isinf(challenger.bpc):
        return 0.0
    starts = np.arange(0, len(leader) - block + 1, block)
    if len(starts) < 2 or math.isinf(leader.bpc):
        return 1.0
    bits = np.add.reduceat(paired_differences(challenger, leader), starts)
    return one_sided_t_test((bits / np.add.reduceat(leader.characters, starts)).tolist())
