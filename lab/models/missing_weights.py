"""Missing weights: the error text for a finished run of which no checkpoint is kept."""

from __future__ import annotations

from pathlib import Path

from lab.models.final_individual import describe_remaking, final_identity
from lab.storage.packed_records import read_record
from lab.storage.verified_folder import DamagedIndividual

WEIGHTS_NAME = "model.safetensors"


def require_weights(name: str, base: Path) -> None:
    """FileNotFoundError where base has the records of an individual and no weights of it.

    The one line says which command makes them again. A folder without records passes.
    """
    if _keeps_individual(base) and not any(base.rglob(WEIGHTS_NAME)):
        raise FileNotFoundError(
            f"the weights of {name} are not here: {base} holds a run's records only (weights are "
            f"not committed); make them {describe_remaking(base)}"
        )


def _keeps_individual(base: Path) -> bool:
    """Whether records in base, loose or packed, tell of an individual that was saved there."""
    if read_record(base / "birth.json") is not None:
        return True
    try:
        return final_identity(base) is not None
    except DamagedIndividual:
        return False
