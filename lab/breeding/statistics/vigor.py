"""Hybrid vigor: a child's gain over its parents and its controls, computed from window scores.

Shull 1948, "What is heterosis?"; the barrier is Frankle et al. 2020, arXiv 1912.05671. With b the
bits per character on the report split (lower is better), positive effects are good:

    better-parent vigor      b_best - b_child              best parent chosen on select
    hindsight vigor          the same                      best parent chosen on report
    mid-parent heterosis     mean(b_parents) - b_child     no parent chosen
    specialisation excess    better-parent vigor of this cross - that of same-data siblings
    mid-parent excess        mid-parent heterosis of this cross - that of same-data siblings
    advantage over x         b_x - b_child                 x a control, matched in compute or not
    ensemble gap             b_child - b_ensemble          positive: the ensemble is better still
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lab.breeding.statistics.bootstrap import BLOCK_WINDOWS, block_interval
from lab.breeding.statistics.hypothesis_tests import paired_differences
from lab.breeding.statistics.window_scores import WindowScores, require_same_windows

CONFIDENCE_LEVEL = 0.95


@dataclass(frozen=True)
class CrossScores:
    """The scores of a child and its parents on report; select: the parents' scores on select.

    The best parent is chosen on select. Without select it is chosen on the windows that it is
    scored on, which counts slightly against the child.
    """

    child: WindowScores
    parents: Mapping[str, WindowScores]
    select: Mapping[str, WindowScores] | None = None

    def best_parent(self) -> str:
        """Return the name of the best parent, the first one on ties."""
        parent_scores = self.parents if self.select is None else self.select
        if not self.parents or set(parent_scores) != set(self.parents):
            raise ValueError("the same parents must be scored on select and on report")
        return min(parent_scores, key=lambda name: parent_scores[name].bpc)

    def better_parent_vigor(self) -> np.ndarray:
        """Return the bits gained over the best parent, per window, [W]."""
        return paired_differences(self.parents[self.best_parent()], self.child)

    def hindsight_vigor(self) -> np.ndarray:
        """Return the bits gained over the parent that proved best on report, per window, [W].

        Slightly unfair to the child, as choosing on a small select is slightly unfair to parents.
        """
        return CrossScores(self.child, self.parents).better_parent_vigor()

    def mid_parent_heterosis(self) -> np.ndarray:
        """Return the bits gained over the parents' mean, per window, [W]."""
        gains = [paired_differences(parent, self.child) for parent in self.parents.values()]
        return np.asarray(np.mean(gains, axis=0))


def compute_barrier(curve: Sequence[float]) -> dict[str, float]:
    """Return how far the losses along a path rise above, and fall below, the line between its ends.

    curve holds bpc at evenly spaced t from 0 to 1, by default 21 of them.
    barrier = max_t [L(t) - ((1 - t) L(0) + t L(1))], never negative since the ends give 0;
    dip = the minimum of the same, never positive: a child below the line. Each with its t.
    ValueError for fewer than three points, or one that is not finite.
    """
    losses = np.asarray(curve, np.float64)
    if losses.ndim != 1 or len(losses) < 3 or not np.isfinite(losses).all():
        raise ValueError("a barrier needs finite losses at three points or more")
    t = np.linspace(0, 1, len(losses))
    excess = losses - ((1 - t) * losses[0] + t * losses[-1])
    excess[[0, -1]] = 0.0  # exactly, whatever the rounding
    top, bottom = int(excess.argmax()), int(excess.argmin())
    return {
        "barrier": float(excess[top]),
        "barrier_at": float(t[top]),
        "dip": float(excess[bottom]),
        "dip_at": float(t[bottom]),
    }


def compute_verdict(
    cross: CrossScores,
    generator: np.random.Generator,
    *,
    arm: str,
    seed: int,
    siblings: CrossScores | None = None,
    controls: Mapping[str, WindowScores] | None = None,
    ensemble: WindowScores | None = None,
    curve: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Return every effect with its interval within one seed, as plain data for result.json.

    arm is the label of the cross ("shared_ancestor slerp golden annealed"), seed the whole tree's.
    siblings is the same cross between parents trained on the same data. controls are the scores of
    control arms by label. Intervals are 95 % block bootstrap, all effects on the same draws; they
    cover the windows, not the seeds: `across_seeds.summarise_verdicts` covers those.
    ValueError unless all were scored on the same windows.
    """
    references = {**cross.parents, **(controls or {})}
    with np.errstate(invalid="ignore"):  # infinite if a model diverged: reported as null
        effects = _compute_effects(cross, siblings, references, ensemble)
    if ensemble is not None:
        references["ensemble"] = ensemble
    bootstrap_seed = int(generator.integers(2**32))
    return {
        "arm": arm,
        "seed": seed,
        "windows": len(cross.child),
        "characters": int(cross.child.characters.sum()),
        "interval": f"95 % block bootstrap over windows, blocks of {BLOCK_WINDOWS}",
        "bpc": {
            name: _finite_or_none(scores.bpc)
            for name, scores in {**references, "child": cross.child}.items()
        },
        "best_parent": cross.best_parent(),
        "best_parent_chosen_on": "report" if cross.select is None else "select",
        "effects": {
            n: _compute_interval(bits, cross.child, bootstrap_seed) for n, bits in effects.items()
        },
        "barrier": None if curve is None else compute_barrier(curve),
    }


def _compute_effects(
    cross: CrossScores,
    siblings: CrossScores | None,
    references: Mapping[str, WindowScores],
    ensemble: WindowScores | None,
) -> dict[str, np.ndarray]:
    """Return the bits per window of each effect, [W]; positive: a better child, but for the gap."""
    effects = {
        "better_parent_vigor": cross.better_parent_vigor(),
        "hindsight_vigor": cross.hindsight_vigor(),
        "mid_parent_heterosis": cross.mid_parent_heterosis(),
    }
    if siblings is not None:
        require_same_windows(siblings.child, cross.child)
        excess = cross.better_parent_vigor() - siblings.better_parent_vigor()
        effects["specialisation_excess"] = excess
        excess = cross.mid_parent_heterosis() - siblings.mid_parent_heterosis()
        effects["mid_parent_excess"] = excess
    for name, scores in references.items():
        effects[f"advantage_over.{name}"] = paired_differences(scores, cross.child)
    if ensemble is not None:
        effects["ensemble_gap"] = paired_differences(cross.child, ensemble)
    return effects


def _compute_interval(
    bits: np.ndarray, windows: WindowScores, bootstrap_seed: int
) -> dict[str, float | None]:
    value = float(bits.sum() / windows.characters.sum())
    if not np.isfinite(bits).all():
        return {"value": None, "low": None, "high": None}
    low, high = block_interval(
        bits, windows.characters, np.random.default_rng(bootstrap_seed), level=CONFIDENCE_LEVEL
    )
    return {"value": value, "low": low, "high": high}


def _finite_or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None  # JSON knows no infinity
