"""Birth certificate: the checked record of an individual, its parents and its recipe."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from lab.models.serialization import parse_birth
from lab.storage.bounded_reader import parse_json
from lab.storage.packed_records import require_record
from lab.storage.verified_folder import DamagedIndividual


def read_birth(folder: Path) -> dict[str, Any]:
    """Read the birth certificate of an individual on disk, without reading its weights.

    DamagedIndividual where it is missing, altered, or lacks id, parents (at most 1,000) or recipe.
    """
    path = folder / "birth.json"
    try:
        data, manifest = require_record(path), require_record(folder / "manifest.json")
        manifest_entry = parse_json(manifest, "its manifest")["files"]["birth.json"]
        birth = parse_birth(data, path)
        intact = hashlib.sha256(data).hexdigest() == manifest_entry["sha256"]
        well_formed = (
            isinstance(birth["id"], str)
            and isinstance(birth["recipe"], dict)
            and isinstance(birth["parents"], list)
        )
    except DamagedIndividual:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedIndividual(f"{path}: {type(error).__name__}: {error}") from None
    if not intact or not well_formed:
        fault = "is no birth certificate" if intact else "does not match its checksum"
        raise DamagedIndividual(f"{path} {fault}")
    return dict(birth)
