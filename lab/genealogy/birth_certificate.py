"""Birth certificate: the checked record of an individual, its parents and its recipe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.models.individual import checkpoint_folders
from lab.storage.verified_folder import DamagedIndividual


def read_birth(folder: Path) -> dict[str, Any]:
    """The birth certificate of an individual on disk, checked without reading its weights.

    DamagedIndividual where it is missing, altered, or lacks id, parents or recipe.
    """
    path = folder / "birth.json"
    try:
        data = path.read_bytes()
        manifest_entry = json.loads((folder / "manifest.json").read_bytes())["files"]["birth.json"]
        birth = json.loads(data)
        intact = hashlib.sha256(data).hexdigest() == manifest_entry["sha256"]
        well_formed = (
            isinstance(birth["id"], str)
            and isinstance(birth["recipe"], dict)
            and isinstance(birth["parents"], list)
            and all(isinstance(parent, str) for parent in birth["parents"])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedIndividual(f"{path}: {type(error).__name__}: {error}") from None
    if not intact or not well_formed:
        fault = "is no birth certificate" if intact else "does not match its checksum"
        raise DamagedIndividual(f"{path} {fault}")
    return dict(birth)


def _find_individual_folders(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    """(folder, its certificates' folders, newest first) of each run and each lone individual."""
    for folder in sorted(path for path in root.rglob("*") if path.is_dir()):
        relative_parts = folder.relative_to(root).parts
        if "checkpoint" in relative_parts or any(part.startswith(".") for part in relative_parts):
            continue
        if certificate_folders := sorted(checkpoint_folders(folder / "checkpoint"), reverse=True):
            yield folder, certificate_folders
        elif (folder / "birth.json").is_file():
            yield folder, [folder]
