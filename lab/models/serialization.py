"""Serialization: tensors and birth certificates as bytes, parsed and checked.

Tensors are safetensors files (https://github.com/huggingface/safetensors), certificates JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as serialize_tensors
from torch import Tensor

from lab.models.genotype import Genotype
from lab.storage.bounded_reader import Kinds, parse_json, require_types
from lab.storage.contained_names import is_run_name
from lab.storage.verified_folder import (
    DamagedIndividual,
)

MAX_CONTEXT = 2**20  # characters; a decoder allocates room for as many
MAX_PARENTS = 1000  # of one individual: tables of kinship are as large as its square
CERTIFICATE_FIELDS: dict[str, Kinds] = {  # beside others, which nothing here reads
    "id?": str, "former_id?": str, "name?": str, "framing?": str,
    "context?": int, "parents?": list, "parent_names?": list, "recipe?": dict,
    "recipe.config?": dict, "recipe.kind?": str,
    "architecture?": dict, "vocabulary?": dict, "vocabulary.kind?": str,
    "vocabulary.characters?": (str, list), "corpus?": (dict, str), "logging?": dict,
    "former_ids?": dict,
}  # fmt: skip
UNIT_TOLERANCE = 1e-4  # largest deviation of a stored row's norm from 1


def parse_tensor_bytes(data: bytes, path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file's bytes; DamagedIndividual names the path."""
    try:
        return dict(parse_tensors(data))
    except Exception as error:  # the parser's own exception class is not public
        raise DamagedIndividual(f"{path}: {error}") from None


def describe_weight_fault(genotype: Genotype) -> str:
    """Return why weights cannot be an individual's, "" where they are finite, float32 and unit."""
    if genotype.rows.dtype != torch.float32 or genotype.scales.dtype != torch.float32:
        return "weights must be float32"
    if not (genotype.rows.isfinite().all() and genotype.scales.isfinite().all()):
        return "weights are not finite"
    worst = float((genotype.rows.double().norm(dim=-1) - 1).abs().max())
    off_sphere = genotype.architecture.has_unit_rows and worst > UNIT_TOLERANCE
    return f"a row's norm is off by {worst:.2g}" if off_sphere else ""


def tensor_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """Return tensors as the bytes of a safetensors file."""
    return serialize_tensors({k: v.detach().cpu().contiguous() for k, v in tensors.items()})


def parse_birth(data: bytes, path: Path) -> dict[str, Any]:
    """Return the JSON object of a birth certificate; DamagedIndividual where it is none."""
    try:
        birth = require_types(parse_json(data, "it"), CERTIFICATE_FIELDS, "")
        check_certificate(birth)
    except ValueError as error:
        raise DamagedIndividual(f"{path} is no birth certificate: {error}") from None
    require_run_name(birth, path)
    return birth


def check_certificate(birth: Mapping[str, Any]) -> None:
    """Refuse sizes and lists that no individual has, before any use of them: ValueError."""
    context = birth.get("context")
    if context is not None and not 1 <= context <= MAX_CONTEXT:
        raise ValueError(f"a context is from 1 to {MAX_CONTEXT:,} characters")
    texts = [*(birth.get("parents") or []), *(birth.get("parent_names") or [])]
    if len(texts) > 2 * MAX_PARENTS or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"parents are at most {MAX_PARENTS:,} texts")


def require_run_name(birth: Mapping[str, Any], path: Path) -> None:
    """Refuse a birth certificate whose name, if it has one, is not a run's; DamagedIndividual.

    Exports, galleries and films are called after it: it must not lead out of their folder.
    """
    if birth.get("name") is not None and not is_run_name(birth["name"]):
        raise DamagedIndividual(f"{path}: its name {str(birth['name'])[:80]!r} is no run's name")
