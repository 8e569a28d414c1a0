"""nGPT-pytorch conversion: genotypes to the library's state dicts and back.

lucidrains, nGPT-pytorch 0.2.16, https://github.com/lucidrains/nGPT-pytorch.

The library is the reference of the tests and the peer of the benchmarks, and trained the first
artists. Its [out, in] weights are unit along the input, except both out projections,
which are unit along the output and therefore stored transposed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, compute_layout
from lab.models.hypersphere import normalize
from lab.models.ngpt import load_ngpt_pytorch
from lab.models.rotary import rotary_frequencies


def library_model(architecture: Architecture, parametrize: bool = False) -> nn.Module:
    """Return an nGPT-pytorch module of this architecture, repaired so that it can be trained.

    parametrize False normalises weights after each step, as the lab does; True is the library's
    default, which normalises them inside the forward pass.
    """
    a = architecture
    if a.residual != "lerp" or a.rope != "geometric" or a.rope_base != 10000.0:
        raise ValueError("nGPT-pytorch has only residual=lerp and rope=geometric at base 10000")
    model: nn.Module = load_ngpt_pytorch().nGPT(
        num_tokens=a.vocab_size, dim=a.dim, depth=a.depth, dim_head=a.dim_head, heads=a.heads,
        attn_norm_qk=a.norm_qk, ff_expand_factor=a.ff_expand, tied_embedding=a.tied,
        add_value_residual=a.value_residual, s_qk_init=a.s_qk_init, s_logit_init=a.s_logit_init,
        alpha_init=a.alpha, manual_norm_weights=not parametrize,
    )  # fmt: skip
    return model


def to_library(genotype: Genotype, parametrize: bool = False) -> dict[str, Tensor]:
    """Return the state dict of `library_model` that computes what this genotype does."""
    blocks, state = genotype.layout, {}
    for name, key, unit_axis in _matrix_keys(genotype.architecture):
        part = genotype.rows[blocks.row_blocks[name]]
        state[_library_key(key, parametrize)] = (part.T if unit_axis == 0 else part).contiguous()
    for name, key in _vector_keys(genotype.architecture):
        state[key] = genotype.scales[blocks.scale_blocks[name]].clone()
    state["rotary_embed.freqs"] = rotary_frequencies(genotype.architecture)
    return state


def from_library(architecture: Architecture, state: Mapping[str, Tensor]) -> Genotype:
    """Read a state dict of either weight layout; ValueError names the tensor that does not fit.

    Parametrised weights are put on the sphere, as the library's forward pass does; the others
    must be there already (to 1e-3), since it does not normalise those.
    """
    blocks = compute_layout(architecture)
    rows = torch.empty(architecture.num_rows, architecture.dim)
    scales = torch.empty(architecture.num_scales)
    for name, key, unit_axis in _matrix_keys(architecture):
        parametrized = _library_key(key, True) in state
        weight = _get_tensor(state, _library_key(key, parametrized))
        part = weight.T if unit_axis == 0 else weight
        _check_shape(part, rows[blocks.row_blocks[name]], key)
        if not parametrized and (part.norm(dim=-1) - 1).abs().max() > 1e-3:
            raise ValueError(f"{key}: its vectors do not have unit length")
        rows[blocks.row_blocks[name]] = normalize(part)
    for name, key in _vector_keys(architecture):
        _check_shape(_get_tensor(state, key), scales[blocks.scale_blocks[name]], key)
        scales[blocks.scale_blocks[name]] = _get_tensor(state, key)
    return Genotype(architecture, rows, scales)


def _matrix_keys(architecture: Architecture) -> Iterator[tuple[str, str, int]]:
    """(block, library key, axis of the library's [out, in] weight along which it is unit)."""
    yield "embed", "token_embed", 1
    for i in range(architecture.depth):
        for kind in ("q", "k", "v", "out"):
            yield f"layers.{i}.attn.{kind}", f"layers.{i}.0.fn.to_{kind}", int(kind != "out")
        for kind in ("hidden", "gate", "out"):
            yield f"layers.{i}.mlp.{kind}", f"layers.{i}.1.fn.to_{kind}", int(kind != "out")
    if not architecture.tied:
        yield "logits", "to_logits", 1


def _vector_keys(architecture: Architecture) -> Iterator[tuple[str, str]]:
    for i in range(architecture.depth):
        yield f"layers.{i}.attn.s_qk", f"layers.{i}.0.fn.qk_scale.scale"
        yield f"layers.{i}.attn.alpha", f"layers.{i}.0.branch_scale.scale"
        yield f"layers.{i}.mlp.s_u", f"layers.{i}.1.fn.hidden_scale.scale"
        yield f"layers.{i}.mlp.s_v", f"layers.{i}.1.fn.gate_scale.scale"
        yield f"layers.{i}.mlp.alpha", f"layers.{i}.1.branch_scale.scale"
    yield "s_z", "logit_scale.scale"


def _library_key(key: str, parametrized: bool) -> str:
    return f"{key}.linear." + ("parametrizations.weight.original" if parametrized else "weight")


def _get_tensor(state: Mapping[str, Tensor], key: str) -> Tensor:
    if key not in state:
        raise ValueError(f"the checkpoint has no tensor {key}")
    tensor = state[key].detach().float()
    if not tensor.isfinite().all():
        raise ValueError(f"{key} holds numbers that are not finite")
    return tensor


def _check_shape(tensor: Tensor, expected: Tensor, key: str) -> None:
    if tensor.shape != expected.shape:
        raise ValueError(f"{key} has shape {tuple(tensor.shape)}, wanted {tuple(expected.shape)}")
