"""Window scores: one model's negative log-likelihood and accuracy on each window of one split.

Comparisons of individuals take these vectors, never their mean, so that two individuals can be
paired window by window. W is the number of windows.
"""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_UNPACKED_BYTES = 2**27  # of the scores of one child: 16 million windows


@dataclass(frozen=True, eq=False)
class WindowScores:
    """nats [W], float32, and characters [W], int64: summed loss and number of scored characters.

    correct [W], int64, if it was counted: characters to which the model gave the highest
    probability. ValueError where the vectors do not fit each other, or a window has no character.
    """

    nats: np.ndarray
    characters: np.ndarray
    correct: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Cast the vectors and check them."""
        object.__setattr__(self, "nats", np.asarray(self.nats, dtype=np.float32))
        for name in ("characters", "correct"):
            if (vector := getattr(self, name)) is not None:
                object.__setattr__(self, name, np.asarray(vector, dtype=np.int64))
        if self.nats.ndim != 1 or self.nats.shape != self.characters.shape or not len(self.nats):
            raise ValueError(
                f"scores need one number of nats and one of characters per window, "
                f"got {self.nats.shape} and {self.characters.shape}"
            )
        if self.correct is not None and self.correct.shape != self.nats.shape:
            raise ValueError(
                f"scores need one number of correct characters per window, "
                f"got {self.correct.shape} for {self.nats.shape}"
            )
        if self.characters.min() < 1:
            raise ValueError("a window without characters cannot be scored")

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.nats)

    @property
    def bits(self) -> np.ndarray:
        """Loss of each window in bits, [W], float64."""
        return self.nats.astype(np.float64) / math.log(2)

    @property
    def losses(self) -> np.ndarray:
        """Bits per character of each window, [W]."""
        return self.bits / self.characters

    @property
    def bpc(self) -> float:
        """Bits per character over all windows; infinite where a window's loss is not finite."""
        total = float(self.bits.sum() / self.characters.sum())
        return total if math.isfinite(total) else math.inf

    @property
    def loss(self) -> float:
        """Mean negative log-likelihood in nats per character."""
        return float(self.nats.sum(dtype=np.float64) / self.characters.sum())

    @property
    def accuracy(self) -> float:
        """Share of characters predicted right; ValueError where they were not counted."""
        if self.correct is None:
            raise ValueError("these scores have no counts of correct characters")
        return float(self.correct.sum() / self.characters.sum())

    def summary(self) -> dict[str, float | int]:
        """The means as records have them; ValueError as `accuracy`."""
        return {
            "loss": self.loss,
            "bpc": self.loss / math.log(2),  # not `bpc`, to the last bit of old records
            "accuracy": self.accuracy,
            "characters": int(self.characters.sum()),
            "windows": len(self.nats),
        }

    def truncate(self, windows: int) -> WindowScores:
        """The scores on the first windows only."""
        correct = None if self.correct is None else self.correct[:windows]
        return WindowScores(self.nats[:windows], self.characters[:windows], correct)

    def concatenate(self, other: WindowScores) -> WindowScores:
        """These windows followed by the other's; correct is dropped unless both have it."""
        nats = np.concatenate([self.nats, other.nats])
        characters = np.concatenate([self.characters, other.characters])
        if self.correct is None or other.correct is None:
            return WindowScores(nats, characters)
        return WindowScores(nats, characters, np.concatenate([self.correct, other.correct]))

    def pack(self) -> dict[str, str]:
        """nats and characters as compressed text, for JSON; exact."""
        return {
            "nats": _pack_array(self.nats.astype("<f4")),
            "characters": _pack_array(self.characters.astype("<i8")),
        }

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> WindowScores:
        """Read what `pack` wrote, bit for bit; ValueError for what it does not write."""
        try:
            nats, characters = (
                _unpack_array(packed[name], dtype)
                for name, dtype in (("nats", "<f4"), ("characters", "<i8"))
            )
        except (KeyError, TypeError, ValueError, zlib.error):
            raise ValueError("these are no packed scores") from None
        if nats.shape != characters.shape or not len(nats) or characters.min() < 1:
            raise ValueError("these are no packed scores of windows")
        return cls(nats, characters)


def windows_in_share(share: float, total: int) -> int:
    """Number of windows in a share of a split: the first ceil(share * total), at least one."""
    if not 0 < share <= 1:
        raise ValueError(f"a share of the windows lies in (0, 1], got {share}")
    return max(1, math.ceil(share * total))


def require_same_windows(a: WindowScores, b: WindowScores) -> None:
    """ValueError unless a and b were scored on windows of the same lengths."""
    if not np.array_equal(a.characters, b.characters):
        raise ValueError("scores can be compared only on the same windows")


def _pack_array(values: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(values.tobytes())).decode()


def _unpack_array(text: str, dtype: str) -> np.ndarray:
    decoder = zlib.decompressobj()
    data = decoder.decompress(base64.b64decode(text, validate=True), MAX_UNPACKED_BYTES)
    if not decoder.eof or decoder.unconsumed_tail:
        raise ValueError("too long, or cut")
    return np.frombuffer(data, dtype=dtype)
