"""Runs: the finished ones under a folder, found by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lab.records.run import read_result

SET_ASIDE_SUFFIX = re.compile(r"\.\d{8}-\d{6}(-\d+)?$")  # a folder that again=true set aside


def find_finished_runs(root: Path, names: str = "*") -> Iterator[tuple[Path, dict[str, Any]]]:
    """(folder, result) of each finished run under root whose name fits, by name.

    names may be several patterns with commas between; runs set aside do not count. ValueError
    names a damaged result.
    """
    for path in sorted(root.glob("*/result.json")):
        name = path.parent.name
        if not SET_ASIDE_SUFFIX.search(name) and any(
            fnmatchcase(name, pattern) for pattern in names.split(",")
        ):
            yield path.parent, read_result(path.parent) or {}


def run_folder_of(path: Path) -> Path:
    """The run's folder of an individual's, where that is a checkpoint of one; else itself."""
    return path.parent.parent if path.parent.name == "checkpoint" else path
