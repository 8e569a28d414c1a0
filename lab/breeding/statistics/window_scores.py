"""How well one model predicts one split: the nats each window cost and the characters in it.

Everything that compares individuals takes these vectors, never their mean, so that two of them
can be paired window by window. W is the number of windows.
"""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class WindowScores:
    """nats [W], float32: summed over the window's characters; characters [W]: how many those are.

    ValueError where the two do not fit each other, or a window holds no character.
    """

    nats: np.ndarray
    characters: np.ndarray

    def __post_init__(self) -> None:
        """Bring both to their types and check them."""
        object.__setattr__(self, "nats", np.asarray(self.nats, dtype=np.float32))
        object.__setattr__(self, "characters", np.asarray(self.characters, dtype=np.int64))
        if self.nats.ndim != 1 or self.nats.shape != self.characters.shape or not len(self.nats):
            raise ValueError(
                f"scores need one number of nats and one of characters per window, "
                f"got {self.nats.shape} and {self.characters.shape}"
            )
        if self.characters.min() < 1:
            raise ValueError("a window without characters cannot be scored")

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.nats)

    @property
    def bits(self) -> np.ndarray:
        """What each window cost in bits, [W], float64."""
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

    def truncate(self, windows: int) -> WindowScores:
        """The scores on the first windows only."""
        return WindowScores(self.nats[:windows], self.characters[:windows])

    def concatenate(self, other: WindowScores) -> WindowScores:
        """These windows and then the other's."""
        parts = [(scores.nats, scores.characters) for scores in (self, other)]
        return WindowScores(*map(np.concatenate, zip(*parts, strict=True)))

    def pack(self) -> dict[str, str]:
        """Both vectors as compressed text, for JSON; exact."""
        return {
            "nats": _pack_array(self.nats.astype("<f4")),
            "characters": _pack_array(self.characters.astype("<i8")),
        }

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> WindowScores:
        """Read what `pack` wrote, bit for bit."""
        return cls(_unpack_array(packed["nats"], "<f4"), _unpack_array(packed["characters"], "<i8"))


def windows_in_share(share: float, total: int) -> int:
    """How many of a split's windows a share means: the first ceil(share * total), at least one."""
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
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=dtype)
