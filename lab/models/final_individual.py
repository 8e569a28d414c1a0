"""Final individual: which one a finished run's result.json names, and how to make it again.

A finished run is that individual: where it is damaged, an older checkpoint is another model.
"""

from __future__ import annotations

import re
from pathlib import Path

from lab.storage.bounded_reader import Kinds, parse_json, require_types
from lab.storage.packed_records import read_record
from lab.storage.verified_folder import DamagedIndividual

COMMAND = re.compile(r"python -m lab\.(?:train|breed) [^`|\n]*")
RESULT_FIELDS: dict[str, Kinds] = {
    "individual?": str, "champion?": dict, "champion.id?": str, "champion.path?": str,
}  # fmt: skip
FAMILIES = "families"  # folder of the members that a cross trains itself


def final_identity(base: Path) -> str | None:
    """Return the id of the individual that a finished run in base was saved as.

    None where base holds no finished run, or one that kept no individual of its own.
    DamagedIndividual for a result.json that cannot be read.
    """
    path = base / "result.json"
    try:
        if (data := read_record(path)) is None:
            return None
        result = require_types(parse_json(data, str(path)), RESULT_FIELDS, str(path))
        champion = result.get("champion") or {}
        identity = result.get("individual") or (champion.get("path") and champion.get("id"))
    except (ValueError, OSError):
        raise DamagedIndividual(
            f"{path} is damaged, so what the run ended in is not known: make it again "
            f"{describe_remaking(base)}"
        ) from None
    return str(identity) if identity else None


def describe_lost_final(base: Path, identity: str, fault: str) -> str:
    """Return the error text for a finished run whose final individual is damaged or not there."""
    return (
        f"{base} ended in {identity[:12]}, and {fault}; its older checkpoints are other "
        f"individuals: make it again {describe_remaking(base)}"
    )


def describe_remaking(base: Path) -> str:
    """Return how a run is made again: by the command that a README gives, or by its kind."""
    if base.parent.parent.name == FAMILIES:
        return f"by moving {base} away and repeating its cross under another name or again=true"
    readmes = [folder / "README.md" for folder in list(base.parents)[:3]]
    readmes = [path for path in readmes if path.is_file()]
    named = re.compile(rf"\bname={re.escape(base.name)}(?=\s|$)")
    for path in readmes:
        for command in COMMAND.findall(path.read_text(encoding="utf-8")):
            root = re.search(r"\broot=(\S+)", command)
            study = Path(root[1]).name if root else path.parent.name
            if named.search(command.strip()) and study == base.parent.name:
                return f"with: {command.strip()} again=true"
    if readmes:
        return f"with its command in {readmes[0]} and again=true"
    return f"with the run's command (lab.train or lab.breed, name={base.name}) again=true"
