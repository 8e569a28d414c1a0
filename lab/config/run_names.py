"""Naming: one name for each job of a sweep, of what tells it from the others; ids as typed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

LONGEST = 64
NUMBER_LIKE = r"(?<=[=,\[])(?=[0-9e]{6,64}(?:[,\]]|$))(?:\d+e\d+|0\d+)(?=[,\]]|$)"
SILENT = ("exp", "name", "root", "data", "again", "device", "threads", "tracker", "hydra")


def run_name(base: str, overrides: Iterable[str] = ()) -> str:
    """Return base and each override that changes the result: styleA, seed=1 give styleA-seed.1.

    A family that is named after its parents does not say them twice.
    Characters that no name may hold become _, long names are cut to 64 characters; both then end in
    a hash of the whole, so that two jobs never share a name.
    """
    parts = [one.lstrip("+~") for one in overrides]
    said = [
        one
        for one in parts
        if re.split(r"[.@=/]", one)[0] not in SILENT and one != f"parents={base}"
    ]
    whole = "-".join([base, *(one.replace("=", ".", 1) for one in said)])
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", whole)
    if name == whole and len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{name[: LONGEST - 9]}-{digest}"


def spelled(arguments: Sequence[str]) -> list[str]:
    """Put quotes around ids that Hydra would read as numbers: of=33e17046 is no infinity."""
    return [re.sub(NUMBER_LIKE, r"'\g<0>'", one) if "=" in one else one for one in arguments]
