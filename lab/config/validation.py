"""Validation: ranges, choices, names and nodes of a composed config, one line for each failure.

All of them take the config as a plain dict and a dotted key, skip what is null or absent, and raise
ValueError before data or tensors are touched.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lab.config.instantiate import check_node
from lab.config.legal_values import Range, format_yaml_value
from lab.config.node_values import check_node_values
from lab.storage.contained_names import is_run_name


def check_ranges(config: Mapping[str, Any], ranges: Mapping[str, Range]) -> None:
    """Refuse the first number outside its range: "model.dim must be at least 8 (got -5)"."""
    for key, legal in ranges.items():
        value = look_up(config, key)
        if value is not None:
            legal.require(key, value)


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


def check_values_of_nodes(config: Mapping[str, Any]) -> None:
    """Refuse the first value of a node that its function does not take; no function is imported."""
    for key, node in find_nodes(config):
        check_node_values(key, node)


def check_nodes(config: Mapping[str, Any]) -> None:
    """Refuse the first node whose values, function or keys are wrong.

    Values come first: what refuses them imports no function, and so no torch.
    """
    check_values_of_nodes(config)
    for key, node in find_nodes(config):
        check_node(key, node)


def check_name(name: str) -> str:
    """Return a run's name if it is one, of 1 to 64 characters that any file system takes."""
    if not is_run_name(name):
        raise ValueError(
            f"name must be 1 to 64 letters, digits, '.', '_' or '-', not starting with '.' or '-',"
            " not ending with '.', and no device's (con, nul, ...)"
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
