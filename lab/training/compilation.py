"""Compilation: torch.compile with the options that keep a run reproducible to the bit."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor


def compile_function(
    function: Callable[..., Tensor], fullgraph: bool = False
) -> Callable[..., Tensor]:
    """Compile a function for one shape of arguments, to the same bits on any number of threads.

    fullgraph: raise where a part cannot be compiled, instead of running that part eagerly.
    """
    # the tracer looks into `layout` past its cache, as it should, and warns of it
    warnings.filterwarnings("ignore", "Dynamo detected a call to a `functools.lru_cache`")
    # compiled loops would split sums by the number of threads; matrix products still share them
    return torch.compile(function, dynamic=False, fullgraph=fullgraph, options={"cpp.threads": 1})
