"""Individual id: the sha256 over an individual's weights and what its birth certificate says.

Format 1 covered architecture, vocabulary, parents and recipe, the recipe with its logging habits.
Format 2 leaves these out, since they change no weight, and covers what changes the meaning of the
weights: name, framing, context, corpus and the parents' names. A certificate says by which format
its id was made; beside its own id, one of format 2 keeps the id that format 1 would have given it
(`former_id`), by which committed galleries name their artists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from lab.models.genotype import Genotype
from lab.storage.verified_folder import canonical_json

FORMAT = 2
WEIGHT_KEYS = ("architecture", "vocabulary", "parents", "recipe")
MEANING_KEYS = ("name", "framing", "context", "corpus", "parent_names")


def certificate_format(birth: Mapping[str, Any]) -> int:
    """The format of a birth certificate, 1 where it says none; ValueError for an unknown one."""
    number = birth.get("format", 1)
    if isinstance(number, bool) or number not in range(1, FORMAT + 1):
        raise ValueError(f"its format is {number!r:.40}, and this lab reads 1 to {FORMAT}")
    return int(number)


def compute_individual_id(birth: Mapping[str, Any], genotype: Genotype) -> str:
    """The id of a certificate with its architecture, by its format: 64 hex digits.

    KeyError where it lacks one of WEIGHT_KEYS, ValueError for an unknown format.
    """
    number = certificate_format(birth)
    covered = {key: birth[key] for key in WEIGHT_KEYS}
    if number > 1:
        covered |= {"format": number} | {key: birth.get(key) for key in MEANING_KEYS}
    digest = hashlib.sha256(canonical_json(covered))
    for tensor in (genotype.rows, genotype.scales):
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def complete_certificate(birth: Mapping[str, Any], genotype: Genotype) -> dict[str, Any]:
    """A birth certificate with its format, architecture, id and former id.

    birth may hold logging, the habits that its recipe leaves out, and former_ids, those of its
    parents and ancestor by their ids.
    """
    certificate = {"format": FORMAT, **birth, "architecture": genotype.architecture.to_dict()}
    certificate["id"] = compute_individual_id(certificate, genotype)
    if certificate["format"] > 1:
        certificate["former_id"] = compute_former_id(certificate, genotype)
    return certificate


def compute_former_id(birth: Mapping[str, Any], genotype: Genotype) -> str:
    """The id that format 1 would have given, its relatives having their former ids too.

    For a child of several generations it is only a name: the steps between are called otherwise.
    """
    recipe, logging = dict(birth["recipe"]), birth.get("logging") or {}
    if logging and isinstance(recipe.get("config"), Mapping):
        recipe["config"] = {**recipe["config"], **logging}
    former = {"parents": birth["parents"], "recipe": recipe}
    relatives = birth.get("former_ids") or {}
    return compute_individual_id(
        {**birth, **_replace_ids(former, relatives), "format": 1}, genotype
    )


def former_ids(*relatives: Any) -> dict[str, str]:
    """The former ids of individuals by their ids, of those that have another one."""
    pairs = {relative.id: relative.birth.get("former_id", relative.id) for relative in relatives}
    return {identity: former for identity, former in pairs.items() if identity != former}


def _replace_ids(value: Any, new_ids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _replace_ids(inner, new_ids) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_ids(inner, new_ids) for inner in value]
    return new_ids.get(value, value) if isinstance(value, str) else value
