"""Bounded YAML: configs as plain data, without the aliases by which a line can unfold for ever."""

from __future__ import annotations

from typing import Any

import yaml

from lab.storage.bounded_reader import MAX_DEPTH, is_too_deep

MAX_YAML_CHARACTERS = 2**20  # of a config; ours have a few thousand


def parse_plain_yaml(text: str) -> Any:
    """Return YAML as plain data; ValueError for aliases, tags, deep or long documents, or none.

    Aliases are refused before anything is built: ten levels of ten are 490 characters.
    """
    if len(text) > MAX_YAML_CHARACTERS:
        raise ValueError(f"a config has at most {MAX_YAML_CHARACTERS:,} characters")
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH:
                raise ValueError("a config has no aliases and no deep nesting")
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        raise ValueError("not YAML") from None
    if is_too_deep(value):
        raise ValueError("a config is not so deep")
    return value
