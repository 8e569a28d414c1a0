"""Instantiation: a config node with a `_target_` becomes that function's result, or a partial.

Only functions of `lab` are ever called, whatever `_target_` is typed on the command line; and only
config nodes come here: what a checkpoint or a recipe says is data.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lab.records.config_hash import MODULES_WHEN_HASHED

RESERVED_KEYS = ("_target_", "_partial_")


def instantiate(node: Mapping[str, Any], **extra: Any) -> Any:
    """Call the function that a node names with the node's other keys and `extra`.

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
    """Return the function at a dotted path inside the lab; ValueError where there is none.

    A path that named the function when configs were first hashed leads to where it is now.
    """
    module, _, name = target.rpartition(".")
    if not all(part.isidentifier() for part in target.split(".")) or not module.startswith("lab."):
        raise ValueError(f"{key}._target_ must be a function of the lab, not {target!r}")
    present = [new for new, old in MODULES_WHEN_HASHED.items() if old == f"{module}."]
    functions = (find_in_module(path, name) for path in (module, *(new[:-1] for new in present)))
    function = next((function for function in functions if function is not None), None)
    if function is None:
        raise ValueError(f"{key}._target_: there is no function {target}")
    return function


def find_in_module(module: str, name: str) -> Callable[..., Any] | None:
    """Return a public function or class of a module of the lab, None where either is missing."""
    try:
        value = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("lab"):
            raise
        return None
    return value if callable(value) and not name.startswith("_") else None
