"""Checkpoint import: an nGPT-pytorch checkpoint file read and verified as a genotype.

A file is `torch.save({"config", "model", "stoi", "itos", ["variant"]})`, the model a state dict of
nGPT-pytorch (https://github.com/lucidrains/nGPT-pytorch) in either weight layout.

Only tensors and plain data are read from such a file: anything else in its pickle is refused
before it runs. Sizes come from the tensors; the few constants that leave no trace in them come
from the caller, from the config under any of its usual spellings, or are the library's defaults.
The resulting genotype is compared with the library's own forward pass on the same tensors.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lab.models import network
from lab.models.architecture import Architecture
from lab.models.foreign.config_aliases import (
    find_alias,
    flatten_foreign_config,
    parse_character_table,
)
from lab.models.foreign.infer_architecture import infer_architecture
from lab.models.foreign.ngpt_pytorch import from_library, library_model
from lab.models.foreign.untrusted_file import (
    require_regular_file,
    require_stored_zip,
    require_weights_of_file,
    sha256_of_file,
)
from lab.models.genotype import Genotype
from lab.models.rotary import rotary_frequencies

UNSUPPORTED_SETTINGS = {  # that change the library's forward pass and that the lab lacks
    "num_hyperspheres": 1, "norm_eps": 0, "causal": True,
    "s_logit_scale": None, "s_qk_scale": None,
    "alpha_attn_init": None, "alpha_attn_scale": None, "alpha_ff_init": None,
    "alpha_ff_scale": None, "s_ff_hidden_init": 1, "s_ff_hidden_scale": 1,
    "s_ff_gate_init": 1, "s_ff_gate_scale": 1,
}  # fmt: skip
CONTEXT_KEYS = (
    "block_size",
    "context",
    "context_length",
    "seq_len",
    "max_seq_len",
    "ctx",
    "ctx_len",
)
NGPT_VARIANTS = (None, "ngpt", "baseline")
TOLERANCE = 1e-3  # of the largest logit; float32 gives 1e-6, a wrong constant 1e-1
CONVERT_HINT = (
    "in an environment that you trust, load it and save config (as a dict), model, stoi and itos "
    "alone with torch.save"
)


@dataclass(frozen=True)
class ImportedCheckpoint:
    """An imported checkpoint: weights, characters by id (None: bytes), and their provenance.

    assumed holds the constants that neither tensors nor config determine; gap is the largest
    difference to the library's logits; context is None where the config does not have it.
    """

    genotype: Genotype
    characters: tuple[str, ...] | None
    context: int | None
    variant: str | None
    assumed: Mapping[str, Any]
    sha256: str
    gap: float


def import_foreign_checkpoint(path: Path, overrides: Mapping[str, Any]) -> ImportedCheckpoint:
    """Read, translate and verify a checkpoint.

    overrides holds the caller's values for any of `infer_architecture.ASSUMED_DEFAULTS` and for
    heads, None for none. ValueError in one line for a file that is no checkpoint, contradicts
    itself, or computes different logits.
    """
    checkpoint = read_checkpoint(path)
    state = {_strip_wrappers(key): value.float() for key, value in checkpoint["model"].items()}
    config = flatten_foreign_config(checkpoint.get("config") or {})
    _refuse_unsupported(config)
    variant = checkpoint.get("variant")
    variant_name = None if variant is None else str(variant)
    if (variant_name and variant_name.lower()) not in NGPT_VARIANTS and overrides.get(
        "residual"
    ) is None:
        raise ValueError(
            f"{path.name} is of variant {variant_name!r}, and nothing in its weights tells how "
            "that "
            "moves its stream: say assume.residual=lerp or assume.residual=geodesic"
        )
    architecture, assumed, genotype = translate(state, config, overrides)
    gap = verify_against_library(genotype, state)
    digest = sha256_of_file(path)
    characters = parse_character_table(
        checkpoint.get("stoi"), checkpoint.get("itos"), architecture.vocab_size
    )
    context = find_alias(config, CONTEXT_KEYS)
    return ImportedCheckpoint(genotype, characters, context, variant_name, assumed, digest, gap)


def translate(
    state: Mapping[str, Tensor], config: Mapping[str, Any], overrides: Mapping[str, Any]
) -> tuple[Architecture, dict[str, Any], Genotype]:
    """Architecture, assumed constants and genotype; ValueError where tensors contradict another.

    The sizes of an architecture come from a few tensors: it must not need more than all of them.
    """
    try:
        architecture, assumed = infer_architecture(state, config, overrides)
        count = sum(value.numel() for value in state.values())
        if architecture.num_parameters > 2 * count:
            raise ValueError(
                f"its shapes are those of {architecture.num_parameters:,} parameters, "
                f"and it holds {count:,}"
            )
        return architecture, assumed, from_library(architecture, state)
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # odd shapes end in one of many kinds
        fault = " ".join(str(error).split())[:200]
        raise ValueError(f"its tensors do not fit together: {fault}") from None


def is_refused_pickle(error: Exception) -> bool:
    """Whether torch refused a file for naming code; its own error has no type that says so."""
    return re.search("unsupported (global|class)", f"{error}".lower()) is not None


def read_checkpoint(path: Path) -> Mapping[str, Any]:
    """Return the checkpoint's plain data; ValueError for a file that is none or would run code."""
    require_regular_file(path)
    try:
        require_stored_zip(path)
    except zipfile.BadZipFile:
        raise ValueError(f"{path.name} is no checkpoint of PyTorch, or it is damaged") from None
    try:
        checkpoint = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:  # a damaged file raises whatever its bytes lead to
        if is_refused_pickle(error):
            raise ValueError(
                f"{path.name} holds more than tensors and plain data, and nothing of it was run: "
                f"{CONVERT_HINT}"
            ) from None
        raise ValueError(f"{path.name} is no checkpoint of PyTorch, or it is damaged") from None
    if not isinstance(checkpoint, Mapping) or not isinstance(checkpoint.get("model"), Mapping):
        raise ValueError(f"{path.name} holds no model: a dict with config, model, stoi, itos is")
    require_weights_of_file(checkpoint["model"], path)
    return checkpoint


def verify_against_library(genotype: Genotype, state: Mapping[str, Tensor]) -> float:
    """Return the largest difference to the library's logits; ValueError beyond rounding.

    With residual=geodesic, which the library lacks, both sides use its linear step here: this
    verifies the weights, not the step.
    """
    architecture = replace(genotype.architecture, residual="lerp")
    parametrized = any("parametrizations" in key for key in state)
    model = library_model(architecture, parametrized)
    freqs = {"rotary_embed.freqs": rotary_frequencies(architecture)}
    try:
        model.load_state_dict({**freqs, **state})
    except RuntimeError as error:
        fault = " ".join(str(error).split())[:200]
        raise ValueError(f"nGPT-pytorch does not take these tensors: {fault}") from None
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(architecture.vocab_size, (2, 48), generator=generator)
    with torch.no_grad():
        expected = model(ids)
        logits = network.forward(architecture, genotype.rows, genotype.scales, ids)
    gap = float((logits - expected).abs().max())
    if not gap <= TOLERANCE * max(1.0, float(expected.abs().max())):
        raise ValueError(f"its logits differ from those of nGPT-pytorch by {gap:.2g}")
    return gap


def _strip_wrappers(key: str) -> str:
    """Return a tensor's name without the prefixes of torch.compile and data-parallel training."""
    return re.sub(r"^(_orig_mod\.|module\.)+", "", str(key))


def _refuse_unsupported(config: Mapping[str, Any]) -> None:
    for name, supported in UNSUPPORTED_SETTINGS.items():
        value = config.get(name)
        if value is not None and value != supported:
            raise ValueError(f"its config sets {name}={value!r:.40}, which the lab does not know")
