"""Compatibility: parents whose weights do not correspond are refused, with a table of differences.

Compared is all that the forward pass depends on. The initial values of scales may differ, since
scales are combined by effective value; so may nothing else (unequal vocabularies breed over
their union: `vocabularies`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import torch
from torch import Tensor

from lab.models.genotype import Genotype

UNIT_TOLERANCE = 1e-4  # as for individuals on disk
INITIAL_VALUE_FIELDS = {
    "s_qk_init",
    "s_logit_init",
    "alpha_init",
}  # how scales are stored, not what they are


def check_parents(
    parents: Sequence[Genotype], ancestor: Genotype | None = None, count: int | None = None
) -> None:
    """ValueError unless the parents (`count` of them, or at least one) can be crossed.

    It lists, one line a field, what differs between their architectures; or it names the parent,
    tensor and row that is NaN, zero or otherwise not of unit length (off the sphere: not finite),
    or the scale not finite.
    """
    check_values(check_architectures(parents, ancestor, count))


def check_architectures(
    parents: Sequence[Genotype], ancestor: Genotype | None = None, count: int | None = None
) -> dict[str, Genotype]:
    """The parents and the ancestor by their names in messages; ValueError where they differ."""
    if count is not None and len(parents) != count:
        raise ValueError(f"this crossover takes {count} parents, got {len(parents)}")
    if not parents:
        raise ValueError("a crossover needs parents, got none")
    members = {f"parent {i + 1}": parent for i, parent in enumerate(parents)}
    if ancestor is not None:
        members["ancestor"] = ancestor
    if table := tabulate_architecture_differences(members):
        raise ValueError(f"these cannot be crossed, they differ in\n{table}")
    return members


def check_values(
    members: Mapping[str, Genotype], squared_norms: Sequence[Tensor] | Tensor = ()
) -> None:
    """ValueError names the first member with invalid numbers, and the place.

    squared_norms, one [R] a member, are the squared norms of the rows where they are known already.
    """
    for number, (name, genotype) in enumerate(members.items()):
        norms = squared_norms[number].sqrt() if len(squared_norms) else None
        if fault := describe_invalid_values(genotype, norms):
            raise ValueError(f"{name}: {fault}")


def tabulate_architecture_differences(members: dict[str, Genotype]) -> str:
    """A table of the architecture's fields in which the family differs; empty where it does not."""
    architectures = [asdict(genotype.architecture) for genotype in members.values()]
    lines = [["", *members]]
    for field in architectures[0]:
        values = [architecture[field] for architecture in architectures]
        if field not in INITIAL_VALUE_FIELDS and any(value != values[0] for value in values):
            lines.append([field, *map(str, values)])
    if len(lines) == 1:
        return ""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def describe_invalid_values(genotype: Genotype, norms: Tensor | None = None) -> str:
    """The first invalid number of a genotype, in words; empty where all are valid."""
    norms = torch.linalg.vector_norm(genotype.rows, dim=-1) if norms is None else norms
    sphere = genotype.architecture.has_unit_rows
    invalid = ~((norms - 1).abs() < UNIT_TOLERANCE) if sphere else ~norms.isfinite()
    if invalid.any():  # NaN compares false
        row = _first_index(invalid)
        place = _format_position(genotype.layout.row_blocks, row, "row")
        return f"{place} has norm {norms[row]:.4g}, {'not 1' if sphere else 'not finite'}"
    if not (finite := genotype.scales.isfinite()).all():
        place = _format_position(genotype.layout.scale_blocks, _first_index(~finite), "scale")
        return f"{place} is not finite"
    return ""


def _first_index(mask: Tensor) -> int:
    return int(mask.nonzero()[0, 0])


def _format_position(blocks: Mapping[str, slice], index: int, noun: str) -> str:
    name, block = next((n, b) for n, b in blocks.items() if b.start <= index < b.stop)
    return f"{name} {noun} {index - block.start}"
