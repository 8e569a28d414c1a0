"""Experiment arms: which runs differ by their seed alone, and labels of those that differ by more.

An arm is every key of a config that changes a result, but the seed. Threads, device, precision,
compile and attention change bits (`config_hash`), so they tell arms apart; names, paths of data,
and how often a run logs, saves, evaluates on the way or draws samples change none and do not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.records.config_hash import KEYS_WHEN_HASHED, LOGGING_KEYS, flatten_config
from lab.records.run import read_config
from lab.terminal.progress import warn
from lab.terminal.safe_text import escape_to_line

RESULT_NEUTRAL_KEYS = (  # in a run's hash, but in no weight and in no score of its result
    "seed",
    "family",  # a folder's name; its members must have been trained by this config
    *LOGGING_KEYS,
)
PARENT_KEYS = ("parent", "files")  # names of runs, which may carry the run's own seed
NO_SETTINGS = "(settings not recorded)"
MAX_VALUE_LENGTH = 32  # characters of a value in a label
PRESENT_KEYS = {old: new for new, old in KEYS_WHEN_HASHED.items()}

Settings = Mapping[str, str]  # dotted key -> value as JSON


def arm_settings(config: Mapping[str, Any]) -> dict[str, str]:
    """Return what makes a config's arm: dotted key -> value as JSON; 1 and 1.0 are the same."""
    own_seed = re.compile(rf"-seed\.{re.escape(str(config.get('seed')))}(?!\d)")
    settings = {
        key: json.dumps(_normalize(value), sort_keys=True, separators=(",", ":"))
        for key, value in flatten_config(config).items()
        if key not in RESULT_NEUTRAL_KEYS
    }
    parents = {
        key: own_seed.sub("-seed.*", settings[key]) for key in PARENT_KEYS if key in settings
    }
    return settings | parents


def read_arm_settings(folder: Path) -> dict[str, str] | None:
    """Return the settings of a finished run, loose or packed; None where none are recorded.

    None, too, where its config was edited, with a warning.
    """
    try:
        return arm_settings(read_config(folder))
    except FileNotFoundError:
        return None
    except ValueError as error:
        warn(f"{folder.name} is an arm of its own: {error}")
        return None


def label_arms(runs: Sequence[tuple[str, Settings | None]]) -> list[str]:
    """Return a label for each (recorded name, settings): equal labels mean the same arm.

    It is the recorded name where all runs of that name are one arm, else with the keys that differ:
    "shared_ancestor slerp none constant alpha=0.1".
    """
    settings_by_name: dict[str, dict[str, Settings | None]] = defaultdict(dict)
    for name, settings in runs:
        settings_by_name[name][_identity(settings)] = settings
    differences = {
        name: dict(zip(arms, label_differences(list(arms.values())), strict=True))
        for name, arms in settings_by_name.items()
    }
    return [
        f"{name} {difference}" if (difference := differences[name][_identity(settings)]) else name
        for name, settings in runs
    ]


def label_differences(arms: Sequence[Settings | None]) -> list[str]:
    """Return what tells each of several unlike settings from the others; "" for a single one.

    A node whose function differs is told by that function alone, its other keys where they differ
    under the same function. No two labels are equal.
    """
    if len(arms) < 2:
        return [""] * len(arms)
    keys = _differing_keys([arm for arm in arms if arm is not None])
    short = _shorten_keys(keys)
    labels = [
        NO_SETTINGS
        if arm is None
        else " ".join(f"{short[key]}={_format_value(arm[key])}" for key in keys if key in arm)
        or " ".join(f"{short[key]}=unset" for key in keys)
        for arm in arms
    ]
    return [
        f"{label} #{_identity(arm)[:6]}".strip() if labels.count(label) > 1 else label
        for label, arm in zip(labels, arms, strict=True)
    ]


def _normalize(value: Any) -> Any:
    """A plain value in which whole floats are integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _normalize(inner) for key, inner in value.items()}
    return [_normalize(inner) for inner in value] if isinstance(value, list | tuple) else value


def _identity(settings: Settings | None) -> str:
    """64 hex digits that are equal for equal settings; "" where none are recorded."""
    if settings is None:
        return ""
    return hashlib.sha256(json.dumps(dict(settings), sort_keys=True).encode()).hexdigest()


def _differing_keys(arms: Sequence[Settings]) -> list[str]:
    """Keys that differ, functions first, without those that follow from another function."""
    candidates = sorted(
        {key for arm in arms for key in arm}, key=lambda key: (not key.endswith("_target_"), key)
    )
    keys: list[str] = []
    for key in candidates:
        function = f"{key.partition('.')[0]}._target_"
        by_function: dict[str | None, set[str | None]] = defaultdict(set)
        for arm in arms:
            by_function[arm.get(function) if function in keys else None].add(arm.get(key))
        if any(len(values) > 1 for values in by_function.values()):
            keys.append(key)
    return keys


def _shorten_keys(keys: Iterable[str]) -> dict[str, str]:
    """Key -> its shortest ending that no other key shares, or its node's name for a function."""
    names = {key: _present_name(key).removesuffix("._target_") for key in keys}
    endings = {
        key: [".".join(name.split(".")[start:]) for start in reversed(range(name.count(".") + 1))]
        for key, name in names.items()
    }
    return {
        key: next(
            (ending for ending in own if sum(ending in others for others in endings.values()) == 1),
            names[key],
        )
        for key, own in endings.items()
    }


def _present_name(key: str) -> str:
    first, dot, rest = key.partition(".")
    return PRESENT_KEYS.get(first, first) + dot + rest


def _format_value(text: str) -> str:
    """A value's JSON for people: strings bare, functions by their name, long ones by their end."""
    value = json.loads(text)
    shown = value if isinstance(value, str) else text
    if shown.startswith("lab."):
        shown = shown.rpartition(".")[2]
    shown = escape_to_line(shown)
    return shown if len(shown) <= MAX_VALUE_LENGTH else f"…{shown[1 - MAX_VALUE_LENGTH :]}"
