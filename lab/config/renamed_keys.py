"""Renamed keys: a command's older spelling of a config key, accepted for this version.

A schema lists them as RENAMED, old name to new. A run of a sweep is named by what was typed, so
that the same command goes on where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence


def rename_keys(
    arguments: Sequence[str], renamed: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Return command-line arguments with the keys' present names, and {new: old} of those typed."""
    arguments, typed = list(arguments), dict[str, str]()
    for old, new in renamed.items():
        pattern = re.compile(rf"(\+{{0,2}}){re.escape(old)}=")
        for position, argument in enumerate(arguments):
            if match := pattern.match(argument):
                arguments[position] = f"{match[1]}{new}={argument[match.end() :]}"
                typed[new] = old
    return arguments, typed


def restore_typed_keys(overrides: Iterable[str], typed: Mapping[str, str]) -> list[str]:
    """Return overrides with their keys spelt as they were typed."""
    return [
        f"{typed.get(key, key)}{equals}{value}"
        for key, equals, value in (override.partition("=") for override in overrides)
    ]
