"""Identity: which keys of a config make a run the run it is, and their hash.

Where data lie and what is kept changes no bits, so those keys are left out. Device, precision,
compile, attention, kernels and threads do: with a few of the latter, a matrix library adds long
sums up in another order. Each of them gives the same bits every time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

EXCLUDED_KEYS = (  # * stands for any one name
    "name",  # what the run is called
    "root",  # where it is written
    "again",
    "wait",  # whether another process's training is waited for
    "data",  # where the corpus lies; its fingerprint is checked when it is read
    "corpus.data",
    "parents.corpora.*.data",
    "tracker",  # the mirror
    "half",  # reaches the run through corpus.half
    "scale",  # reaches the run through model and training
    "training.checkpoint_every",
    "training.keep",
)

LOGGING_KEYS = (  # what is measured, drawn and written on the way: no weight depends on it
    "training.log_every",
    "training.evaluate_every",
    "training.evaluate_windows",
    "training.sample_every",
    "training.samples",
)

FIRST_CONTROL_ARMS = [
    "ancestor",
    "gen0_child",
    "ensemble",
    "nlerp",
    "raw_average",
    "parent_ema",
    "parent_last",
    "best_random",
    "best_parent_twice",
    "union_once",
    "union_twice",
    "siblings_child",
]
DEFAULTS_OF_LATER_KEYS = {  # keys younger than committed results: what was so before
    "controls.arms": FIRST_CONTROL_ARMS,
    "kernels": "torch",
    "model.kind": "ngpt",
    "model.kv_heads": None,
    "model.neurons": None,
    "model.norm_eps": 1e-5,
    "corpus.encoding": "utf-8",
    "corpus.revision": None,
    "corpus.separator": "nekomark",
    "parents.corpora.*.encoding": "utf-8",
    "parents.corpora.*.revision": None,
    "parents.corpora.*.separator": "nekomark",
}

KEYS_WHEN_HASHED = {  # key of a command's config: its name when results were first kept
    "size_class": "kind",
    "fork_steps": "apart",
    "fork_schedule": "rate",
    "parent_runs": "files",
    "max_similarity": "below",
    "output": "to",
    "as_name": "call",
}

MODULES_WHEN_HASHED = {  # module of a function that configs name: its module when first hashed
    "lab.breeding.search.coefficient_search.": "lab.breeding.search.",
    "lab.breeding.search.evolution.": "lab.breeding.evolution.",
    "lab.breeding.search.selection.": "lab.breeding.selection.",
    "lab.corpora.drawing_corpus.": "lab.corpora.drawings.",
    "lab.corpora.film_corpus.": "lab.corpora.frames.",
    "lab.corpora.text_corpus.": "lab.corpora.text.",
}


def to_hashed_names(value: Any) -> Any:
    """Return a config node, or any value in it, with functions named as they were first hashed."""
    if isinstance(value, Mapping):
        return {key: to_hashed_names(inner) for key, inner in value.items()}
    if isinstance(value, str) and value.startswith("lab."):
        module, _, function = value.rpartition(".")
        return MODULES_WHEN_HASHED.get(f"{module}.", f"{module}.") + function
    return value


def flatten_config(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a config as dotted keys and plain values, without the excluded ones.

    Those that came later are left out where they say what was so before.
    """
    flattened: dict[str, Any] = {}
    for key, value in config.items():
        dotted = f"{prefix}{key}" if prefix else KEYS_WHEN_HASHED.get(key, key)
        if any(fnmatchcase(dotted, pattern) for pattern in EXCLUDED_KEYS):
            continue
        if isinstance(value, Mapping) and value:
            flattened.update(flatten_config(value, f"{dotted}."))
        elif not any(
            value == default and fnmatchcase(dotted, pattern)
            for pattern, default in DEFAULTS_OF_LATER_KEYS.items()
        ):
            flattened[dotted] = to_hashed_names(value)
    return flattened


def split_logging(flattened: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a flattened config without its logging habits, and these."""
    logging = {key: value for key, value in flattened.items() if key in LOGGING_KEYS}
    return {key: value for key, value in flattened.items() if key not in logging}, logging


def hash_config(config: Mapping[str, Any]) -> str:
    """Return the sha256 of a config's canonical JSON: dotted keys sorted, no blanks."""
    text = json.dumps(
        flatten_config(config), sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def config_differences(
    old: Mapping[str, Any], new: Mapping[str, Any], ignored: Collection[str] = ()
) -> list[str]:
    """Return what differs between two configs, one "key: old -> new" each, sorted.

    ignored names dotted keys that may differ.
    """
    old_values, new_values = flatten_config(old), flatten_config(new)
    keys = sorted((old_values.keys() | new_values.keys()) - set(ignored))
    return [
        f"{key}: {json.dumps(old_values.get(key))} -> {json.dumps(new_values.get(key))}"
        for key in keys
        if key not in old_values or key not in new_values or old_values[key] != new_values[key]
    ]
