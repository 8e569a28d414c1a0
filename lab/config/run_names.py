"""Run names: the base name plus the overrides that differ between sweep jobs; ids stay quoted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from lab.config.text_values import unquote_number_like

MAX_NAME_LENGTH = 64
UNNAMED_KEYS = ("exp", "name", "root", "data", "again", "device", "threads", "tracker", "hydra")


def run_name(base: str, overrides: Iterable[str] = ()) -> str:
    """Return base and each override that changes the result: styleA, seed=1 give styleA-seed.1.

    A family that is named after its parents does not say them twice.
    Characters that no name may hold become _, long names are cut to 64 characters; both then end in
    a hash of the whole, so that two jobs never share a name.
    """
    assignments = [unquote_number_like(override.lstrip("+~")) for override in overrides]
    named = [
        override
        for override in assignments
        if re.split(r"[.@=/]", override)[0] not in UNNAMED_KEYS and override != f"parents={base}"
    ]
    full_name = "-".join([base, *(override.replace("=", ".", 1) for override in named)])
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", full_name)
    if name == full_name and len(name) <= MAX_NAME_LENGTH:
        return name
    digest = hashlib.sha256(full_name.encode()).hexdigest()[:8]
    return f"{name[: MAX_NAME_LENGTH - 9]}-{digest}"
