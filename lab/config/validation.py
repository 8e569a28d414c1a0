"""Validation: ranges, choices, names and nodes of a composed config, one line for each failure.

All of them take the config as a plain dict and a dotted key, skip what is null or absent, and raise
ValueError before data or tensors are touched.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab.config.instantiate import check_node
from lab.storage.contained_names import NAME_PATTERN


@dataclass(frozen=True)
class Range:
    """The numbers from low to high; `above` and `below` leave out low and high themselves."""

    low: float
    high: float = math.inf
    exclude_low: bool = False
    exclude_high: bool = False

    def __contains__(self, value: object) -> bool:
        """Say whether a value is a finite number in the range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not math.isfinite(value):
            return False
        is_above_low = value > self.low if self.exclude_low else value >= self.low
        return is_above_low and (value < self.high if self.exclude_high else value <= self.high)

    def __str__(self) -> str:
        """Say the range in words: "at least 8", "above 0 and at most 1"."""
        if self.low == self.high:
            return str(self.low)
        low = f"{'above' if self.exclude_low else 'at least'} {self.low}"
        if math.isinf(self.high):
            return low
        return f"{low} and {'below' if self.exclude_high else 'at most'} {self.high}"


def check_ranges(config: Mapping[str, Any], ranges: Mapping[str, Range]) -> None:
    """Refuse the first number outside its range: "model.dim must be at least 8 (got -5)"."""
    for key, legal in ranges.items():
        value = look_up(config, key)
        if value is not None and value not in legal:
            raise ValueError(f"{key} must be {legal} (got {format_yaml_value(value)})")


def check_choices(config: Mapping[str, Any], choices: Mapping[str, Collection[Any]]) -> None:
    """Refuse the first value that is none of its choices, with the nearest one named."""
    for key, legal in choices.items():
        value = look_up(config, key)
        if value is None or value in legal:
            continue
        choice_texts = [format_yaml_value(choice) for choice in legal]
        matches = difflib.get_close_matches(str(value), choice_texts, 1)
        hint = f"; did you mean {matches[0]}?" if matches else ""
        raise ValueError(
            f"{key} must be one of {', '.join(choice_texts)} (got {format_yaml_value(value)}){hint}"
        )


def check_nodes(config: Mapping[str, Any]) -> None:
    """Refuse the first node whose function is not the lab's or does not take its keys."""
    for key, node in find_nodes(config):
        check_node(key, node)


def check_name(name: str) -> str:
    """Return a run's name if it is one, of 1 to 64 characters that any file system takes."""
    if not NAME_PATTERN.fullmatch(name):
        raise ValueError(
            f"name must be 1 to 64 letters, digits, '.', '_' or '-', not starting with '.' or '-'"
            f" (got {format_yaml_value(name[:80])})"
        )
    return name


def find_nodes(
    config: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every node with a `_target_` and its dotted key, outermost first."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            if "_target_" in value:
                yield f"{prefix}{key}", value
            yield from find_nodes(value, f"{prefix}{key}.")


def look_up(config: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted key, None where there is none."""
    node: Any = config
    for part in key.split("."):
        if not isinstance(node, Mapping):
            return None
        node = node.get(part)
    return node


def format_yaml_value(value: Any) -> str:
    """Return a value as one writes it in YAML: null, true, 0.5, 'text'."""
    literals = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return literals[value]
    return (
        repr(value) if isinstance(value, str) and not NAME_PATTERN.fullmatch(value) else str(value)
    )
