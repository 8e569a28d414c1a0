"""Typed options: arguments with dashes, of which a command has few; keys have none."""

from __future__ import annotations

import re
from collections.abc import Sequence

HYDRA_OPTIONS = (
    "help", "hydra-help", "version", "cfg", "resolve", "package", "run", "multirun",
    "shell-completion", "config-path", "config-name", "config-dir", "info",
)  # fmt: skip
RERUN = "experimental-rerun"


def refuse_options(arguments: Sequence[str]) -> None:
    """Refuse keys that were written with dashes, and Hydra's rerun, which would run a pickle.

    ValueError says how a key is written. Hydra takes its options abbreviated.
    """
    for argument in arguments:
        match = re.fullmatch(r"--?(?P<key>[A-Za-z][\w.@/-]*)(?:=(?P<value>.*))?", argument, re.S)
        if not match or not argument.startswith("--"):
            continue
        key, value = match["key"], match["value"]
        if any(option.startswith(key) for option in HYDRA_OPTIONS):
            continue
        if RERUN.startswith(key) and key != "exp":
            raise ValueError("repeat a run by its command: no pickle is read")
        if value is not None or key == "exp":  # others are argparse's to refuse
            example = f"{'+' if key == 'exp' else ''}{key}={'...' if value is None else value}"
            raise ValueError(f"keys are written without dashes: {example}")
