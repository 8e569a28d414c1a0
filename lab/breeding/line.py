"""The line between two parents: the operator that goes straight from one to the other."""

from __future__ import annotations

from collections.abc import Callable

from lab.breeding.operators.lerp import lerp
from lab.breeding.operators.slerp import slerp
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype


def straight(architecture: Architecture) -> Callable[..., Genotype]:
    """slerp where rows are unit, lerp where they are free; both take alpha."""
    return slerp if architecture.sphere else lerp
