"""Run files: a run's config and result as they are on the disk, loose or packed, and checked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from lab.records.config_hash import hash_config
from lab.records.result_fields import RESULT_FIELDS
from lab.storage.bounded_reader import parse_json, require_types
from lab.storage.bounded_yaml import parse_plain_yaml
from lab.storage.packed_records import read_record, require_record

HASH_HEADER = "# hash: "
AGAIN_HINT = "again=true sets this run aside"


def read_config(folder: Path) -> dict[str, Any]:
    """A run's config as plain data, loose or packed; ValueError where it was edited or damaged."""
    path = folder / "config.yaml"
    head, _, text = require_record(path).decode("utf-8", "replace").partition("\n")
    try:
        config = parse_plain_yaml(text)
        if head != HASH_HEADER + hash_config(config):
            raise ValueError
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"{path} is not as it was written: {AGAIN_HINT}") from None
    return config


def read_result(folder: Path) -> dict[str, Any] | None:
    """A run's result, loose or packed, None where there is none; ValueError where it is damaged."""
    path = folder / "result.json"
    if (data := read_record(path)) is None:
        return None
    try:
        return require_types(parse_json(data, "it"), RESULT_FIELDS, "")
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}; {AGAIN_HINT}") from None


def set_aside(folder: Path) -> Path:
    """Rename a folder to <name>.<date>-<time>, and return its new path."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    names = [f"{folder.name}.{stamp}", *(f"{folder.name}.{stamp}-{n}" for n in range(2, 100))]
    aside = next(folder.with_name(name) for name in names if not folder.with_name(name).exists())
    return folder.rename(aside)
