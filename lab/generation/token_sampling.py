"""Drawing a character: temperature, top-k, top-p, min-p, and whether rounding could change it.

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
    """temperature 0 is greedy; top_k 0, top_p 1 and min_p 0 leave every character possible."""

    temperature: float = 0.6
    top_k: int = 20
    top_p: float = 1.0
    min_p: float = 0.0

    def __post_init__(self) -> None:
        """ValueError names the setting that is out of range."""
        legal = {
            "temperature": self.temperature >= 0,
            "top_k": self.top_k >= 0,
            "top_p": 0 < self.top_p <= 1,
            "min_p": 0 <= self.min_p < 1,
        }
        for name, fine in legal.items():
            if not fine:
                raise ValueError(f"{name}={getattr(self, name)} is out of range")


def stream(seed: int, length: int) -> np.ndarray:
    """A piece's own chances, one in [0, 1) for each place in it: the first `length` of its seed."""
    return np.random.Generator(np.random.Philox(key=[seed, 0])).random(length)


def choose(
    logits: np.ndarray, chance: np.ndarray, sampling: Sampling, error: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one id [B] a row from logits [B, V], by chance [B] in [0, 1) and the inverse CDF.

    Also returns, [B], whether the id is sure: no change of the logits by up to `error` would draw
    another. Characters are laid out from the likeliest on, ties by id, so that a small change of
    the model moves few of the draws.
    """
    if sampling.temperature == 0:
        first, second = -np.partition(-logits, 1, axis=1)[:, :2].T
        return logits.argmax(axis=1), first - second > 2 * error
    off = 2 * error / sampling.temperature  # of the difference of two
    scaled = logits / np.float64(sampling.temperature)
    order = (-scaled).argsort(axis=1, kind="stable")
    if sampling.top_k and sampling.top_p == 1:
        order = order[:, : sampling.top_k + 1]  # the one beyond may tie with the last
    rows = np.arange(len(logits))
    ordered = scaled[rows[:, None], order]
    weight = np.exp(ordered - ordered[:, :1])
    clear = _leave(ordered, weight, off, sampling)
    total = weight.cumsum(axis=1)
    aim = chance[:, None] * total[:, -1:]
    place = (total < aim).sum(axis=1)
    sure = (np.abs(total - aim) > off * total[:, -1:]).all(axis=1)
    sure &= (ordered[:, :-1] - ordered[:, 1:] > off).all(axis=1)
    if not sure.all():
        ask = np.flatnonzero(~sure)
        sure[ask] = _settled(
            ordered[ask], total[ask] / total[ask, -1:], chance[ask], place[ask], off
        )
    return order[rows, place], sure & clear


def _settled(
    ordered: np.ndarray, total: np.ndarray, chance: np.ndarray, place: np.ndarray, off: float
) -> np.ndarray:
    """Whether the place drawn keeps its chance [B], and its order, when differences are off by off.

    total [B, V] is the distribution function.
    """
    rows, last = np.arange(len(place)), ordered.shape[1] - 1
    before, after = np.maximum(place - 1, 0), np.minimum(place + 1, last)
    low, high = total[rows, before] * (place > 0), total[rows, place]
    fixed: np.ndarray = (chance - low >= _shift(low, off)) & (high - chance >= _shift(high, off))
    height = ordered[rows, place]
    fixed &= (ordered[rows, before] - height > off) | (place == 0)
    fixed &= (height - ordered[rows, after] > off) | (place == last)
    return fixed & (off < 1)


def _leave(ordered: np.ndarray, weight: np.ndarray, off: float, sampling: Sampling) -> np.ndarray:
    """Take the weight [B, V] of what the settings leave out; whether rounding takes no other, [B].

    ordered are the logarithms of the weights, falling.
    """
    clear = np.ones(len(weight), bool)
    if sampling.top_p < 1:
        total = weight.cumsum(axis=1)
        before = (total - weight) / total[:, -1:]
        clear &= (np.abs(before - sampling.top_p) > _shift(before, off)).all(axis=1)
        weight *= before < sampling.top_p
    if sampling.min_p > 0:
        above = ordered - ordered[:, :1] - math.log(sampling.min_p)
        clear &= (np.abs(above) > off).all(axis=1)
        weight *= above >= 0
    if sampling.top_k:
        weight[:, sampling.top_k :] = 0.0
    return clear


def _shift(share: np.ndarray, off: float) -> np.ndarray:
    """How far a share of the probability may be off, if all differences of logits are by off < 1.

    log(share / (1 - share)) moves by at most off, and e^off < 3 bounds what is beyond first order.
    """
    bound: np.ndarray = 3 * off * share * (1 - share)
    return bound
