"""Legal values: the values that a config key may have, and how a refusal says them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.storage.contained_names import NAME_PATTERN


class Legal:
    """A set of legal values; its text is what stands after "must be"."""

    def __contains__(self, value: object) -> bool:
        """Say whether a value is legal."""
        raise NotImplementedError

    def require(self, key: str, value: object) -> None:
        """Refuse a value that is not legal; ValueError names its key and what is legal."""
        if value not in self:
            raise ValueError(f"{key} must be {self} (got {format_yaml_value(value)})")


@dataclass(frozen=True)
class Range(Legal):
    """The numbers from low to high; `exclude_low` and `exclude_high` leave out the ends themselves.

    whole: of these the whole numbers alone.
    """

    low: float
    high: float = math.inf
    exclude_low: bool = False
    exclude_high: bool = False
    whole: bool = False

    def __contains__(self, value: object) -> bool:
        """Say whether a value is a finite number in the range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not is_finite(value) or (self.whole and not isinstance(value, int)):
            return False
        is_above_low = value > self.low if self.exclude_low else value >= self.low
        return is_above_low and (value < self.high if self.exclude_high else value <= self.high)

    def __str__(self) -> str:
        """Say the range in words: "at least 8", "above 0 and at most 1"."""
        if self.low == self.high:
            return str(self.low)
        low = f"{'above' if self.exclude_low else 'at least'} {self.low}"
        high = f" and {'below' if self.exclude_high else 'at most'} {self.high}"
        kind = ", a whole number" if self.whole else ""
        return low + ("" if math.isinf(self.high) else high) + kind


@dataclass(frozen=True, init=False)
class OneOf(Legal):
    """A few values."""

    choices: tuple[Any, ...]

    def __init__(self, *choices: Any) -> None:
        object.__setattr__(self, "choices", choices)

    def __contains__(self, value: object) -> bool:
        """Say whether a value is a choice and of its type: true is not 1."""
        return any(value == choice and type(value) is type(choice) for choice in self.choices)

    def __str__(self) -> str:
        """Say the choices."""
        return "one of " + ", ".join(map(format_yaml_value, self.choices))


@dataclass(frozen=True)
class Flag(Legal):
    """True or false."""

    def __contains__(self, value: object) -> bool:
        """Say whether a value is a truth value."""
        return isinstance(value, bool)

    def __str__(self) -> str:
        """Say both."""
        return "true or false"


@dataclass(frozen=True)
class Text(Legal):
    """Any text but the empty one."""

    def __contains__(self, value: object) -> bool:
        """Say whether a value is text."""
        return isinstance(value, str) and value != ""

    def __str__(self) -> str:
        """Say that it is text."""
        return "a text"


@dataclass(frozen=True)
class Null(Legal):
    """Null, or what another key may be."""

    legal: Legal

    def __contains__(self, value: object) -> bool:
        """Say whether a value is null or legal."""
        return value is None or value in self.legal

    def __str__(self) -> str:
        """Say both."""
        return f"null or {self.legal}"


@dataclass(frozen=True)
class ListOf(Legal):
    """A list of one or more legal values."""

    legal: Legal

    def __contains__(self, value: object) -> bool:
        """Say whether a value is such a list."""
        is_list = isinstance(value, list | tuple) and len(value) > 0
        return is_list and all(part in self.legal for part in value)  # type: ignore[attr-defined]

    def __str__(self) -> str:
        """Say what its parts are."""
        return f"a list, each part {self.legal}"


@dataclass(frozen=True)
class GrowingShares(Legal):
    """A list of numbers that grow from above 0 to 1."""

    def __contains__(self, value: object) -> bool:
        """Say whether a value is such a list."""
        if value not in ListOf(Range(0, 1, exclude_low=True)):
            return False
        shares: list[float] = list(value)  # type: ignore[call-overload]
        return shares[-1] == 1 and all(a < b for a, b in zip(shares, shares[1:], strict=False))

    def __str__(self) -> str:
        """Say how they grow."""
        return "a list of numbers that grow from above 0 to 1, as [0.25, 1.0]"


@dataclass(frozen=True)
class ByPart(Legal):
    """A legal number, a list of such by layer, or a mapping of a model's parts to such."""

    legal: Range

    def __contains__(self, value: object) -> bool:
        """Say whether a value is a number of the range, a list of such, or named ones."""
        if isinstance(value, Mapping):
            return len(value) > 0 and all(number in self.legal for number in value.values())
        return value in self.legal or value in ListOf(self.legal)

    def __str__(self) -> str:
        """Say the three forms."""
        return f"a number {self.legal}, a list of such by layer, or such by part of the model"


def is_finite(value: float) -> bool:
    """Say whether a number is finite; whole numbers of any size are."""
    return isinstance(value, int) or math.isfinite(value)


def format_yaml_value(value: Any) -> str:
    """Return a value as one writes it in YAML: null, true, 0.5, 'text'."""
    literals = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return literals[value]
    return (
        repr(value) if isinstance(value, str) and not NAME_PATTERN.fullmatch(value) else str(value)
    )
