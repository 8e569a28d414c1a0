"""Replay: re-creation of a bred child from its parents and its recipe, compared bit for bit.

A recipe is data: {"kind": "bred", "operator": name, "parameters": {...}, "seed": n, "ancestor": id
or null, "mutation": {"operator": name, "parameters": {...}} or null}. Operators are looked up by
name among those given, never by a path. Where generations lie between child and parents, "steps"
lists recipes in order, each with its own name and parents. First of all, parents of different
vocabularies are widened to their union, and with "alignment": "match" aligned to the first parent.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import torch

from lab.breeding.prepare_parents import prepare_parents
from lab.genealogy.kinship import block_rms_angles
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.storage.verified_folder import DamagedIndividual, canonical_json

Value = TypeVar("Value")
Operator = Callable[..., Genotype]
"""operator(parents, *, ancestor, generator, **parameters) -> child."""


def replay(
    child: Individual,
    find_parent: Callable[[str], Individual],
    operators: Mapping[str, Operator],
    *,
    code: str | None = None,
) -> dict[str, Any]:
    """Re-create a bred child; return {"same", "differs", "id"}: differences a line, the new id.

    The id is None where an input is missing. find_parent takes an id (FileNotFoundError where
    there is none). code is this lab's version: where weights differ and the certificate was
    written by another version, a line says so. ValueError for an individual that was not bred, or a
    recipe that is malformed.
    """
    recipe = child.birth["recipe"]
    if recipe.get("kind") != "bred":
        raise ValueError(
            f"{child.path.name} was {recipe.get('kind', 'trained')}, not bred: "
            "only crosses can be replayed"
        )
    try:
        replayed = _Replayer(find_parent, operators).make(recipe, list(child.birth["parents"]))
    except _MissingInput as missing:
        return {"same": False, "differs": [str(missing)], "id": None}
    identity, differs = (
        individual.compute_individual_id(child.birth, replayed),
        genotype_differences(child.genotype, replayed),
    )
    if identity != child.id and not differs:
        differs = ["a zero has another sign"]
    if differs and code is not None and child.birth.get("code") != code:
        differs.append(f"bred by version {child.birth.get('code')}, replayed by {code}")
    return {"same": not differs, "differs": differs, "id": identity}


def genotype_differences(a: Genotype, b: Genotype) -> list[str]:
    """Return one line for each block whose bits differ; empty for equal genotypes."""
    if a.architecture != b.architecture:
        return ["the architecture differs"]
    block_angles = block_rms_angles(a, b)
    lines = [
        f"rows of {name} differ, RMS angle {block_angles[name]:.2g} rad"
        for name, part in a.layout.row_blocks.items()
        if not torch.equal(a.rows[part], b.rows[part])
    ]
    for name, part in a.layout.scale_blocks.items():
        if not torch.equal(a.scales[part], b.scales[part]):
            max_difference = float((a.scales[part] - b.scales[part]).abs().max())
            lines.append(f"scales of {name} differ by up to {max_difference:.2g}")
    return lines


class _MissingInput(Exception):  # noqa: N818 - it never leaves this module
    """An input of the recipe that is missing or has changed."""


class _Replayer:
    """Re-creates the steps of a recipe; each is available to later ones by name."""

    def __init__(
        self, find_parent: Callable[[str], Individual], operators: Mapping[str, Operator]
    ) -> None:
        """Start without genotypes."""
        self.find_parent, self.operators = find_parent, operators
        self.genotypes: dict[str, Genotype] = {}

    def make(self, recipe: Mapping[str, Any], parents: Sequence[str]) -> Genotype:
        """Return the child of a recipe, which is that of its last step if it has steps."""
        self._prepare_founders(recipe, parents)
        if not recipe.get("steps"):
            return self._cross(recipe, parents)
        for step in _read_field(recipe, "steps", list):
            child = self._cross(step, _read_field(step, "parents", list))
            self.genotypes[_read_field(step, "name", str)] = child
        return child

    def _prepare_founders(self, recipe: Mapping[str, Any], parents: Sequence[str]) -> None:
        """Widen the founders and their ancestor to one vocabulary, and align them."""
        ancestor = (recipe.get("steps") or [recipe])[0].get("ancestor")
        match = recipe.get("alignment") == "match"
        founders = [self._find_individual(str(identity)) for identity in parents]
        ancestor_individual = self._find_individual(ancestor) if ancestor else None
        members = [*founders, *([ancestor_individual] if ancestor_individual else [])]
        if match or len({canonical_json(member.birth["vocabulary"]) for member in members}) > 1:
            prepared = prepare_parents(
                [founder.genotype for founder in founders],
                [_characters(founder) for founder in founders],
                ancestor_individual.genotype if ancestor_individual else None,
                _characters(ancestor_individual) if ancestor_individual else (),
                align_to_first=match,
            )
            if ancestor_individual and prepared.ancestor:
                self.genotypes[ancestor_individual.id] = prepared.ancestor
            self.genotypes |= {
                founder.id: genotype
                for founder, genotype in zip(founders, prepared.parents, strict=True)
            }

    def _cross(self, step: Mapping[str, Any], parents: Sequence[str]) -> Genotype:
        generator = None
        if step.get("seed") is not None:
            generator = torch.Generator().manual_seed(_read_field(step, "seed", int) % 2**63)
        ancestor = self._find_genotype(str(step["ancestor"])) if step.get("ancestor") else None
        genotypes = [self._find_genotype(str(parent)) for parent in parents]
        child = self._apply_operator(step, genotypes, ancestor=ancestor, generator=generator)
        if step.get("mutation"):
            child = self._apply_operator(
                _read_field(step, "mutation", dict), child, generator=generator
            )
        return child

    def _apply_operator(
        self, step: Mapping[str, Any], subject: object, **inputs: object
    ) -> Genotype:
        name = _read_field(step, "operator", str)
        if name not in self.operators:
            operator_names = ", ".join(sorted(self.operators))
            raise _MissingInput(f"this lab has no operator {name!r}, only {operator_names}")
        arguments = {**_read_field(step, "parameters", dict), **inputs}
        try:
            inspect.signature(self.operators[name]).bind(subject, **arguments)
        except TypeError as error:
            raise _MissingInput(
                f"the operator {name} no longer takes these parameters: {error}"
            ) from None
        return self.operators[name](subject, **arguments)

    def _find_genotype(self, identity: str) -> Genotype:
        return (
            self.genotypes[identity]
            if identity in self.genotypes
            else self._find_individual(identity).genotype
        )

    def _find_individual(self, identity: str) -> Individual:
        try:
            parent = self.find_parent(identity)
        except FileNotFoundError as error:
            raise _MissingInput(f"{identity[:12]} is not there any more: {error}") from None
        except DamagedIndividual as error:
            raise _MissingInput(f"{identity[:12]} is damaged: {error}") from None
        if parent.id != identity:
            raise _MissingInput(f"{identity[:12]} has changed: it is {parent.id[:12]} now")
        return parent


def _characters(parent: Individual) -> tuple[str, ...]:
    """Return the characters of an individual's vocabulary; a byte vocabulary has 256."""
    vocabulary = parent.birth["vocabulary"]
    return tuple(
        map(chr, range(256)) if vocabulary.get("kind") == "bytes" else vocabulary["characters"]
    )


def _read_field(step: Mapping[str, Any], key: str, kind: type[Value]) -> Value:
    value = step.get(key) if isinstance(step, Mapping) else None
    if not isinstance(value, kind):
        raise ValueError(f"the recipe is malformed: {key} must be of type {kind.__name__}")
    return value
