"""Missing weights: the error text for a finished run of which no checkpoint is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lab.storage.packed_records import read_record

WEIGHTS_NAME = "model.safetensors"
COMMAND = re.compile(r"python -m lab\.(?:train|breed) [^`|\n]*")


def require_weights(name: str, base: Path) -> None:
    """FileNotFoundError where base has the records of an individual and no weights of it.

    The one line says which command makes them again. A folder without records passes.
    """
    if _keeps_individual(base) and not any(base.rglob(WEIGHTS_NAME)):
        raise FileNotFoundError(
            f"the weights of {name} are not here: {base} holds a run's records only (weights are "
            f"not committed); {_describe_command(base)}"
        )


def _keeps_individual(base: Path) -> bool:
    """Whether records in base, loose or packed, tell of an individual that was saved there."""
    if read_record(base / "birth.json") is not None:
        return True
    try:
        result = json.loads(read_record(base / "result.json") or b"{}")
        return bool(result.get("individual") or (result.get("champion") or {}).get("path"))
    except (ValueError, AttributeError):
        return False


def _describe_command(base: Path) -> str:
    """The command that a README beside the run or above it gives for this run's name."""
    readmes = [folder / "README.md" for folder in list(base.parents)[:3]]
    readmes = [path for path in readmes if path.is_file()]
    named = re.compile(rf"\bname={re.escape(base.name)}(?=\s|$)")
    for path in readmes:
        for command in COMMAND.findall(path.read_text(encoding="utf-8")):
            root = re.search(r"\broot=(\S+)", command)
            study = Path(root[1]).name if root else path.parent.name
            if named.search(command.strip()) and study == base.parent.name:
                return f"make them with: {command.strip()} again=true"
    if readmes:
        return f"make them with its command in {readmes[0]} and again=true"
    return f"make them with the run's command (lab.train or lab.breed, name={base.name}) again=true"
