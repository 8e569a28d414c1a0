"""Build: a config node that names one of the lab's functions becomes its result, or that function.

Only what lies inside `lab` is ever called, so a `_target_` typed on the command line opens no other
door; and only files under conf/ come here: what a checkpoint or a recipe says is data.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

RESERVED_KEYS = ("_target_", "_partial_")


def instantiate(node: Mapping[str, Any], **extra: Any) -> Any:
    """Call the function that a node names with the node's other keys and `more`.

    With `_partial_: true`, return it with those arguments bound instead. Errors of the function
    itself pass through; those of the node are ValueError, as `check_node` raises them.
    """
    function, values = check_node("this node", node)
    values = {**values, **extra}
    return partial(function, **values) if node.get("_partial_") else function(**values)


def check_node(key: str, node: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return a node's function and its arguments.

    The signature is the schema: ValueError for a function that is not the lab's, an argument that
    it does not know, or (unless `_partial_`) one that it lacks; `key` is the node's place.
    """
    function = find_function(key, str(node.get("_target_")))
    values = {name: value for name, value in node.items() if name not in RESERVED_KEYS}
    parameters = inspect.signature(function).parameters
    takes_any_keyword = any(
        parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()
    )
    for name in values:
        if name not in parameters and not takes_any_keyword:
            matches = difflib.get_close_matches(str(name), parameters, 1)
            hint = f"; did you mean {key}.{matches[0]}?" if matches else ""
            raise ValueError(f"{function.__name__} knows no {key}.{name}{hint}")
    if not node.get("_partial_"):
        for name, parameter in parameters.items():
            if (
                parameter.default is parameter.empty
                and parameter.kind < parameter.VAR_POSITIONAL
                and name not in values
            ):
                raise ValueError(f"{key}.{name} is missing: {function.__name__} needs it")
    return function, values


def find_function(key: str, target: str) -> Callable[..., Any]:
    """Return the function at a dotted path inside the lab; ValueError where there is none."""
    module, _, name = target.rpartition(".")
    if not all(part.isidentifier() for part in target.split(".")) or not module.startswith("lab."):
        raise ValueError(f"{key}._target_ must be a function of the lab, not {target!r}")
    try:
        function = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("lab"):
            raise
        function = None
    if not callable(function) or name.startswith("_"):
        raise ValueError(f"{key}._target_: there is no function {target}")
    return function
