"""Node values: what each key of a node may be, by the function that the node names.

A node's own keys are a function's parameters, which no dataclass types. Their values are checked
here, without importing the function, so that a wrong one is refused before anything is read or
trained. A function that a file of conf/ names has an entry (tests/config/test_node_values.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from lab.config.legal_values import (
    ByPart,
    Flag,
    GrowingShares,
    Legal,
    ListOf,
    Null,
    OneOf,
    Range,
    Text,
)  # fmt: skip

COUNT, SHARE = Range(1, 10**9, whole=True), Range(0, 1)
REVISION = Null(Text())
HALF = OneOf("all", "A", "B", "left", "right")
ENCODING = OneOf("utf-8", "latin-1", "cp437", "utf-16", "auto")
DRAWINGS = {"max_width": COUNT, "max_height": COUNT, "max_length": COUNT}
ALPHA, WEIGHTS = Range(-10, 10), Null(ListOf(Range(-1000, 1000)))
RACE = {"shares": GrowingShares(), "keep": SHARE, "level": Range(0, 1, exclude_low=True)}
BELOW_1, ABOVE_0 = Range(0, 1, exclude_high=True), Range(0, 1, exclude_low=True)
ADAM: dict[str, Legal] = {"lr": ABOVE_0, "beta1": BELOW_1, "beta2": BELOW_1, "eps": ABOVE_0}
DISCRETE = {
    "unit": OneOf("gene", "neuron", "head", "token", "layer", "row"), "share": SHARE,
    "cuts": OneOf(0, 1, 2), "twin": Flag(), "tied": Null(Flag()),
}  # fmt: skip
FILM = {
    "data": Null(Text()), "path": Null(Text()), "every": COUNT, "most": Null(COUNT),
    "height": Null(Range(1, 4096, whole=True)), "width": Null(Range(1, 4096, whole=True)),
    "rate": Null(Range(0, 1000, exclude_low=True)), "characters": Text(), "threshold": SHARE,
    "separator": Text(), "encoding": ENCODING,
}  # fmt: skip

NODE_VALUES: dict[str, dict[str, dict[str, Legal]]] = {  # group: {function: {key: legal values}}
    "corpus": {
        "apehex": {
            "data": Null(Text()), "half": HALF, **DRAWINGS, "include_sexual": Flag(),
            "revision": REVISION,
        },
        "bestiary": {"half": HALF, **DRAWINGS},
        "drawings": {"path": Text(), **DRAWINGS, "ascii_only": Flag(), "encoding": ENCODING},
        "enwik8": {
            "data": Null(Text()), "half": HALF, "limit": Null(COUNT), "select": Null(COUNT),
            "report": Null(COUNT), "gap": Range(0, 10**9, whole=True),
        },
        "frames": FILM,
        "mrzjy": {
            "data": Null(Text()), "sample": Range(3, 10**9, whole=True),
            "seed": Range(0, 2**63 - 1, whole=True), **DRAWINGS, "revision": REVISION,
        },
        "text": {
            "path": Text(), "half": HALF, "context": Range(8, 65536, whole=True),
            "gap": Null(Range(0, 10**9, whole=True)), "encoding": ENCODING,
        },
    },
    "framing": {
        name: dict[str, Legal]() for name in ("conditional", "unconditional", "frame", "row")
    },
    "optimizer": {"adam": ADAM, "muon": {**ADAM, "momentum": BELOW_1}},
    "schedule": {
        "constant": {"warmup": SHARE},
        "linear": {"decay": SHARE, "floor": SHARE, "warmup": SHARE},
        "cosine": {"floor": SHARE, "warmup": SHARE},
        "restarts": {"cycles": Range(1, 10**6, whole=True), "floor": SHARE, "warmup": SHARE},
    },
    "crossover": {
        "ancestor_arithmetic": {"weights": WEIGHTS, "strength": Range(-100, 100)},
        "dare": {"drop": BELOW_1, "weights": WEIGHTS},
        "discrete": DISCRETE,
        "fisher": {},
        "frozen_attention": {
            "donor": OneOf(0, 1), "alpha": ALPHA, "embedding": OneOf("donor", "slerp"),
        },
        "karcher": {"weights": WEIGHTS},
        "lerp": {"alpha": ByPart(ALPHA)},
        "model_stock": {},
        "nlerp": {"alpha": ByPart(ALPHA)},
        "slerp": {"alpha": ByPart(ALPHA)},
        "ties": {"density": ABOVE_0, "weights": WEIGHTS},
    },
    "mutation": {"none": {}, "tangent": {"sigma": Range(0, 10), "scale_sigma": Range(0, 10)}},
    "search": {
        "none": {},
        "golden": {"budget": Range(5, 10**9, whole=True), "tolerance": SHARE},
        "grid": {"points": Range(2, 10**6, whole=True), "budget": COUNT, **RACE},
        "random_draws": {"budget": COUNT},
        "cmaes": {
            "budget": Range(4, 10**9, whole=True), "sigma": Range(0, 10, exclude_low=True),
            "population": Null(Range(3, 10**6, whole=True)), **RACE,
        },
        "evolution": {
            "population": Range(2, 10**6, whole=True), "generations": COUNT, "children": COUNT,
            "elite": Range(0, 10**6, whole=True), **RACE,
        },
    },
    "selection": {
        "Truncation": {"share": SHARE},
        "Tournament": {"size": COUNT},
        "Niches": {"exponent": Range(0, 100), "epsilon": Range(0, 100, exclude_low=True)},
    },
    "format": {"gguf_bundle": {}, "hub_bundle": {}, "llama2c_bundle": {"version": OneOf(0, 1, 2)}},
    "subject": {
        "breeding": {"rounds": COUNT},
        "display": {
            "size": Text(), "films": ListOf(Text()), "frames": COUNT, "longer": COUNT,
            "steps": COUNT, "polishing": COUNT, "data": Null(Text()),
        },
        "film": {
            "size": Text(), "data": Null(Text()), "path": Null(Text()), "learned": COUNT,
            "rounds": COUNT,
        },
        "fitness": {
            "size": Text(), "children": Range(2, 10**6, whole=True), "windows": COUNT,
            "context": COUNT, "steps": COUNT, "batch": COUNT, "compiled": Flag(),
        },
        "sampling": {"size": Text(), "batches": ListOf(COUNT), "length": COUNT, "rounds": COUNT},
        "training": {
            "sizes": ListOf(Text()), "rounds": COUNT, "compiled": Flag(), "memory": Flag(),
        },
    },
}  # fmt: skip
CONTROLS = {
    "cheap": Flag(), "matched": Flag(), "draws": Range(0, 10**4, whole=True),
    "points": Range(0, 1001, whole=True), "arms": ListOf(Text()),
}  # fmt: skip
NODE_KEYS = ("_target_", "_partial_")


def check_node_values(key: str, node: Mapping[str, Any]) -> None:
    """Refuse the first key of a node that its function does not take, or has no such value for.

    A function without an entry is left to `check_node`, which knows the names of its parameters.
    """
    values = find_legal_values(str(node.get("_target_")))
    if values is not None:
        check_key_values(key, {k: v for k, v in node.items() if k not in NODE_KEYS}, values, node)


def check_key_values(
    key: str, given: Mapping[str, Any], legal: Mapping[str, Legal], node: Mapping[str, Any]
) -> None:
    """Refuse the first value that is none of its key's: "search.sigma must be above 0 (got 0)"."""
    for name, value in given.items():
        if name not in legal:
            function = str(node.get("_target_", key)).rpartition(".")[2]
            matches = difflib.get_close_matches(str(name), legal, 1)
            hint = f"; did you mean {key}.{matches[0]}?" if matches else ""
            raise ValueError(f"{function} knows no {key}.{name}{hint}")
        legal[name].require(f"{key}.{name}", value)


def find_legal_values(target: str) -> Mapping[str, Legal] | None:
    """Return {key: legal values} of a function by its dotted path, None without an entry."""
    path, _, name = target.rpartition(".")
    if name == "run":  # of a benchmark, which is named by its module
        return NODE_VALUES["subject"].get(path.rpartition(".")[2])
    entries = (functions.get(name) for functions in NODE_VALUES.values())
    return next((entry for entry in entries if entry is not None), None)


def text_keys_of_nodes(group: str) -> Iterator[str]:
    """Yield the keys of a group's nodes that hold text."""
    texts = (Text(), Null(Text()), HALF)
    functions = NODE_VALUES.get(group, {}).values()
    yield from {key for values in functions for key, legal in values.items() if legal in texts}
