"""Identity: which keys of a config make a run the run it is, and their hash.

Where data lie and what is kept changes no bits, so those keys are left out. Device, precision,
compile, attention and threads do: with a few of the latter, a matrix library adds long sums up in
another order. Each of them gives the same bits every time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

EXCLUDED = (  # * stands for any one name
    "name",  # what the run is called
    "root",  # where it is written
    "again",
    "data",  # where the corpus lies; its fingerprint is checked by whoever reads it
    "corpus.data",
    "parents.corpora.*.data",
    "tracker",  # the mirror
    "half",  # reaches the run through corpus.half
    "scale",  # reaches the run through model and training
    "training.checkpoint_every",
    "training.keep",
)

LATER = {  # keys that came after results were kept, and what they say of those: left out there
    "model.kind": "ngpt",
    "model.kv_heads": None,
    "model.neurons": None,
    "model.norm_eps": 1e-5,
}

MOVED = {  # where functions stand that configs name, and where they stood when configs were hashed
    "lab.breeding.search.coefficient_search.": "lab.breeding.search.",
    "lab.breeding.search.evolution.": "lab.breeding.evolution.",
    "lab.breeding.search.selection.": "lab.breeding.selection.",
    "lab.corpora.drawing_corpus.": "lab.corpora.drawings.",
    "lab.corpora.film_corpus.": "lab.corpora.frames.",
    "lab.corpora.text_corpus.": "lab.corpora.text.",
}


def as_hashed(value: Any) -> Any:
    """Return a config node, or any value in it, with functions named as they were first hashed."""
    if isinstance(value, Mapping):
        return {key: as_hashed(inner) for key, inner in value.items()}
    if isinstance(value, str) and value.startswith("lab."):
        module, _, function = value.rpartition(".")
        return MOVED.get(f"{module}.", f"{module}.") + function
    return value


def flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return a config as dotted keys and plain values, without the excluded ones.

    Those that came later are left out where they say what was so before.
    """
    out: dict[str, Any] = {}
    for key, value in config.items():
        dotted = f"{prefix}{key}"
        if any(fnmatchcase(dotted, pattern) for pattern in EXCLUDED):
            continue
        if isinstance(value, Mapping) and value:
            out.update(flat(value, f"{dotted}."))
        elif dotted not in LATER or value != LATER[dotted]:
            out[dotted] = as_hashed(value)
    return out


def digest(config: Mapping[str, Any]) -> str:
    """Return the sha256 of a config's canonical JSON: dotted keys sorted, no blanks."""
    text = json.dumps(flat(config), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what differs between two configs, one "key: old -> new" each, sorted."""
    before, after = flat(old), flat(new)
    keys = sorted(before.keys() | after.keys())
    return [
        f"{key}: {json.dumps(before.get(key))} -> {json.dumps(after.get(key))}"
        for key in keys
        if key not in before or key not in after or before[key] != after[key]
    ]
