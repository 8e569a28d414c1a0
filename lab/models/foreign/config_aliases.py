"""Config aliases: the settings and character tables of a foreign checkpoint under any spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

MAX_DEPTH = 16  # of dicts in a config


def flatten_foreign_config(config: Any, depth: int = 0) -> dict[str, Any]:
    """Return a config as one flat dict; of equal names in nested dicts the outermost wins.

    ValueError where it is no dict, or nested beyond MAX_DEPTH.
    """
    if not isinstance(config, Mapping) or depth > MAX_DEPTH:
        raise ValueError("its config is no dict of plain values")
    flat = {str(key): value for key, value in config.items() if not isinstance(value, Mapping)}
    for inner in config.values():
        if isinstance(inner, Mapping):
            flat = {**flatten_foreign_config(inner, depth + 1), **flat}
    return flat


def find_alias(config: Mapping[str, Any], spellings: Iterable[str]) -> Any:
    """Return the first value that a config has under any of the spellings, else None."""
    values = (config.get(name) for name in spellings)
    return next((value for value in values if value is not None), None)


def parse_character_table(stoi: Any, itos: Any, size: int) -> tuple[str, ...] | None:
    """Return the character of each id from 0 to size - 1; None for bytes, which need no table.

    Either table may be missing, and itos may be a list. ValueError where the two contradict each
    other, an id is missing or out of range, or an entry is no single character.
    """
    tables = [_entries_by_id(itos, "itos", flip=False), _entries_by_id(stoi, "stoi", flip=True)]
    filled_tables = [table for table in tables if table]
    if not filled_tables:
        if size == 256:
            return None
        raise ValueError(f"it has no table of its {size} characters (stoi or itos)")
    if len(filled_tables) == 2 and filled_tables[0] != filled_tables[1]:
        differing = set(filled_tables[0].items()) ^ set(filled_tables[1].items())
        raise ValueError(
            f"stoi and itos contradict each other at id {min(i for i, _ in differing)}"
        )
    table = filled_tables[0]
    if sorted(table) != list(range(size)):
        bad_id = sorted(set(table) ^ set(range(size)))[0]
        fault = "has no character" if bad_id in range(size) else "is out of range"
        raise ValueError(f"the model has {size} characters, and id {bad_id} {fault}")
    if all(table[i] in (i, chr(i)) for i in table) and size == 256:
        return None
    for token_id, entry in sorted(table.items()):
        if not isinstance(entry, str) or len(entry) != 1:
            raise ValueError(f"the token of id {token_id} is no single character: {entry!r:.40}")
    return tuple(table[token_id] for token_id in range(size))


def _entries_by_id(table: Any, name: str, flip: bool) -> dict[int, Any]:
    pairs = list(_table_pairs(table, name))
    if flip:
        pairs = [(token_id, entry) for entry, token_id in pairs]
    for token_id, _ in pairs:
        if isinstance(token_id, bool) or not isinstance(token_id, int):
            raise ValueError(f"{name} has an id that is no whole number: {token_id!r:.40}")
    by_id = dict(pairs)
    if len(by_id) != len(pairs):
        raise ValueError(f"{name} gives one id to two characters")
    return by_id


def _table_pairs(table: Any, name: str) -> Iterator[tuple[Any, Any]]:
    if table is None:
        return iter(())
    if isinstance(table, Mapping):
        return iter(table.items())
    if isinstance(table, Sequence) and name == "itos":
        return iter(enumerate(table))
    raise ValueError(f"its {name} is no table of characters")
