"""Token sampling: temperature, top-k, top-p and min-p, with draws certified against rounding.

Fan et al. 2018, arXiv 1805.04833 (top-k); Holtzman et al. 2020, arXiv 1904.09751 (top-p); Nguyen
et al. 2024, arXiv 2407.01082 (min-p); Salmon et al. 2011, "Parallel random numbers: as easy as
1, 2, 3" (Philox).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sampling:
    """Sampling settings: temperature 0 is greedy; top_k 0, top_p 1 and min_p 0 filter nothing."""

    temperature: float = 0.6
    top_k: int = 20
    top_p: float = 1.0
    min_p: float = 0.0

    def __post_init__(self) -> None:
        """Check the settings; ValueError names one that is out of range."""
        checks = {
            "temperature": self.temperature >= 0,
            "top_k": self.top_k >= 0,
            "top_p": 0 < self.top_p <= 1,
            "min_p": 0 <= self.min_p < 1,
        }
        for name, is_valid in checks.items():
            if not is_valid:
                raise ValueError(f"{name}={getattr(self, name)} is out of range")


def uniform_stream(seed: int, length: int) -> np.ndarray:
    """Return the uniform numbers of a seed, one in [0, 1) for each of `length` positions."""
    return np.random.Generator(np.random.Philox(key=[seed, 0])).random(length)


def sample_tokens(
    logits: np.ndarray, uniform: np.ndarray, sampling: Sampling, error: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one id [B] a row from logits [B, V] by uniform [B] in [0, 1) and the inverse CDF.

    Also returns, [B], whether the id is certified: no change of the logits by up to `error` would
    draw another. Ids are ordered by falling probability, ties by id, so that a small change of the
    model changes few draws.
    """
    if sampling.temperature == 0:
        first, second = -np.partition(-logits, 1, axis=1)[:, :2].T
        return logits.argmax(axis=1), first - second > 2 * error
    tolerance = 2 * error / sampling.temperature  # of the difference of two
    scaled = logits / np.float64(sampling.temperature)
    order = (-scaled).argsort(axis=1, kind="stable")
    if sampling.top_k and sampling.top_p == 1:
        order = order[:, : sampling.top_k + 1]  # the one beyond may tie with the last
    rows = np.arange(len(logits))
    ordered = scaled[rows[:, None], order]
    weights = np.exp(ordered - ordered[:, :1])
    filter_certified = _apply_filters(ordered, weights, tolerance, sampling)
    cumulative = weights.cumsum(axis=1)
    target = uniform[:, None] * cumulative[:, -1:]
    rank = (cumulative < target).sum(axis=1)
    certified = (np.abs(cumulative - target) > tolerance * cumulative[:, -1:]).all(axis=1)
    certified &= (ordered[:, :-1] - ordered[:, 1:] > tolerance).all(axis=1)
    if not certified.all():
        uncertain = np.flatnonzero(~certified)
        certified[uncertain] = _certify_draws(
            ordered[uncertain],
            cumulative[uncertain] / cumulative[uncertain, -1:],
            uniform[uncertain],
            rank[uncertain],
            tolerance,
        )
    return order[rows, rank], certified & filter_certified


def _certify_draws(
    ordered: np.ndarray,
    cumulative: np.ndarray,
    uniform: np.ndarray,
    rank: np.ndarray,
    tolerance: float,
) -> np.ndarray:
    """Whether a draw [B] is unchanged when logit differences err by up to tolerance.

    cumulative [B, V] is the distribution function.
    """
    rows, last = np.arange(len(rank)), ordered.shape[1] - 1
    previous, following = np.maximum(rank - 1, 0), np.minimum(rank + 1, last)
    low, high = cumulative[rows, previous] * (rank > 0), cumulative[rows, rank]
    certified: np.ndarray = (uniform - low >= _probability_error(low, tolerance)) & (
        high - uniform >= _probability_error(high, tolerance)
    )
    log_weight = ordered[rows, rank]
    certified &= (ordered[rows, previous] - log_weight > tolerance) | (rank == 0)
    certified &= (log_weight - ordered[rows, following] > tolerance) | (rank == last)
    return certified & (tolerance < 1)


def _apply_filters(
    ordered: np.ndarray, weights: np.ndarray, tolerance: float, sampling: Sampling
) -> np.ndarray:
    """Zero the weights [B, V] that the settings filter; whether rounding could not change it, [B].

    ordered are the logarithms of the weights, falling.
    """
    certified = np.ones(len(weights), bool)
    if sampling.top_p < 1:
        cumulative = weights.cumsum(axis=1)
        mass_above = (cumulative - weights) / cumulative[:, -1:]
        certified &= (
            np.abs(mass_above - sampling.top_p) > _probability_error(mass_above, tolerance)
        ).all(axis=1)
        weights *= mass_above < sampling.top_p
    if sampling.min_p > 0:
        margin = ordered - ordered[:, :1] - math.log(sampling.min_p)
        certified &= (np.abs(margin) > tolerance).all(axis=1)
        weights *= margin >= 0
    if sampling.top_k:
        weights[:, sampling.top_k :] = 0.0
    return certified


def _probability_error(share: np.ndarray, tolerance: float) -> np.ndarray:
    """Bound the error of a probability, where logit differences err by tolerance < 1.

    log(share / (1 - share)) moves by at most tolerance, and e^tolerance < 3 bounds the rest.
    """
    bound: np.ndarray = 3 * tolerance * share * (1 - share)
    return bound
