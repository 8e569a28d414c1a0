"""Finished runs: the completed runs under a folder, loose or packed, found by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lab.records.run import read_result
from lab.storage.packed_records import read_pack

SET_ASIDE_SUFFIX = re.compile(r"\.\d{8}-\d{6}(-\d+)?$")  # a folder that again=true set aside


def find_finished_runs(root: Path, names: str = "*") -> Iterator[tuple[Path, dict[str, Any]]]:
    """(folder, result) of each finished run under root whose name fits, by name.

    A run's files may lie in its folder or in the pack of root. names may be several patterns with
    commas between; runs set aside do not count. ValueError names a damaged result.
    """
    for name in sorted(_run_names(root)):
        if not SET_ASIDE_SUFFIX.search(name) and any(
            fnmatchcase(name, pattern) for pattern in names.split(",")
        ):
            yield root / name, read_result(root / name) or {}


def run_folder_of(path: Path) -> Path:
    """The run's folder of an individual's, where that is a checkpoint of one; else itself."""
    return path.parent.parent if path.parent.name == "checkpoint" else path


def _run_names(root: Path) -> set[str]:
    """Names of the folders right below root that have a result.json, loose or packed."""
    loose = {path.parent.name for path in root.glob("*/result.json")}
    packed = {
        name.split("/")[0] for name in read_pack(root) if re.match(r"[^/]+/result\.json$", name)
    }
    return loose | packed
