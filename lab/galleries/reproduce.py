"""Reproduction: checks that a gallery's line can be drawn again, and lists the differences."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from lab.generation.sampler import Sampling
from lab.terminal.safe_text import escape_unsafe

REQUIRED_KEYS: Mapping[str, Any] = {
    "artist": (str, type(None)), "individual": str, "weights": str, "seed": int, "sampling": dict,
    "length": int, "framing": (str, type(None)), "wish": str, "text": str, "closed": bool,
}  # fmt: skip
WEIGHTS = ("raw", "ema", "last")
MAX_LENGTH = 65536  # characters of a piece at most; a longer one is refused


def check_reproducible(line: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """Check that a line can be drawn again; ValueError names the place and the missing key."""
    for key, kind in REQUIRED_KEYS.items():
        if not isinstance(line.get(key), kind) or (kind is int and isinstance(line[key], bool)):
            raise ValueError(f"{place} cannot be drawn again: its {key} is missing or wrong")
    if line["weights"] not in WEIGHTS or not 1 < line["length"] <= MAX_LENGTH or line["seed"] < 0:
        raise ValueError(f"{place} cannot be drawn again: its weights, length or seed is wrong")
    try:
        Sampling(**line["sampling"])
    except (TypeError, ValueError):
        raise ValueError(f"{place} cannot be drawn again: its sampling is wrong") from None
    return line


def format_piece_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Format the differences of a line drawn again, safe to print; "" for none."""
    if new["text"] != old["text"]:
        lines = difflib.unified_diff(
            old["text"].split("\n"), new["text"].split("\n"), "as kept", "drawn again", lineterm=""
        )
        return escape_unsafe("\n".join(["another text", *lines]))
    keys = [key for key in ("label", "closed", "framing") if new[key] != old.get(key)]
    return escape_unsafe(", ".join(f"{key} is {new[key]}, was {old.get(key)}" for key in keys))
