"""Individual: a model on disk, with its genotype, birth certificate and training state.

A verified folder of `model.safetensors`, `birth.json` and, for a checkpoint of a training run,
`averages.safetensors` and `state.pt`. Pickle is never executed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.checkpoints import checkpoint_folders as checkpoint_folders
from lab.models.checkpoints import remove_old_checkpoints as remove_old_checkpoints
from lab.models.final_individual import describe_lost_final, final_identity
from lab.models.genotype import Genotype
from lab.models.individual_id import (
    certificate_format,
    complete_certificate,
    compute_former_id,
    compute_individual_id,
)
from lab.models.locate import candidate_folders, missing_individual_message
from lab.models.missing_weights import require_weights
from lab.models.serialization import (
    describe_weight_fault,
    parse_birth,
    parse_tensor_bytes,
    require_run_name,
    tensor_bytes,
)
from lab.storage.verified_folder import (
    DamagedIndividual,
    read_verified_folder,
    readable_json,
    write_verified_folder,
)


@dataclass(frozen=True)
class Individual:
    """A verified individual: genotype, birth certificate, id, and the folder it came from."""

    genotype: Genotype
    birth: Mapping[str, Any]
    path: Path

    @property
    def id(self) -> str:
        """The sha256 over certificate and tensors, 64 hex digits: see `individual_id`."""
        return str(self.birth["id"])


def save_individual(
    folder: Path,
    genotype: Genotype,
    birth: Mapping[str, Any],
    *,
    averages: Mapping[str, Tensor] | None = None,
    state: Mapping[str, Any] | None = None,
) -> str:
    """Write an individual atomically; return its id.

    birth holds parents, recipe, vocabulary and further metadata; format, architecture and ids are
    added here. averages are tensors saved beside the weights, state is the training state to
    resume from (types that `torch.load(weights_only=True)` accepts). An older folder of the name
    is replaced.
    ValueError where weights are not finite or not unit, DamagedIndividual for a name that is no
    run's, OSError for a full disk.
    """
    if fault := describe_weight_fault(genotype):
        raise ValueError(f"{folder.name} is not saved: {fault}")
    require_run_name(birth, folder / "birth.json")
    certificate = complete_certificate(birth, genotype)
    tensors = {"rows": genotype.rows, "scales": genotype.scales}
    files = {"model.safetensors": tensor_bytes(tensors), "birth.json": readable_json(certificate)}
    if averages:
        files["averages.safetensors"] = tensor_bytes(averages)
    if state is not None:
        buffer = io.BytesIO()
        torch.save(dict(state), buffer)
        files["state.pt"] = buffer.getvalue()
    write_verified_folder(folder, files)
    return str(certificate["id"])


def load_individual(folder: Path) -> Individual:
    """Read and verify an individual; DamagedIndividual names the file and the fault."""
    files = read_verified_folder(folder)
    if not {"model.safetensors", "birth.json"} <= set(files):
        raise DamagedIndividual(f"{folder} holds no model or no birth certificate")
    birth = parse_birth(files["birth.json"], folder / "birth.json")
    try:
        architecture = Architecture.from_dict(birth["architecture"])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedIndividual(f"{folder / 'birth.json'}: bad architecture: {error}") from None
    tensors = parse_tensor_bytes(files["model.safetensors"], folder / "model.safetensors")
    try:
        genotype = Genotype(architecture, **tensors)
    except (TypeError, ValueError) as error:  # TypeError: other tensors than rows and scales
        raise DamagedIndividual(f"{folder / 'model.safetensors'}: {error}") from None
    if fault := describe_weight_fault(genotype):
        raise DamagedIndividual(f"{folder / 'model.safetensors'}: {fault}")
    if fault := _describe_id_fault(birth, genotype):
        raise DamagedIndividual(f"{folder / 'birth.json'}: {fault}")
    return Individual(genotype, birth, folder)


def _describe_id_fault(birth: Mapping[str, Any], genotype: Genotype) -> str:
    """Why a certificate's ids are not those of its content, "" where they are."""
    try:
        certificate_format(birth)
    except ValueError as error:
        return str(error)
    try:
        is_own = birth["id"] == compute_individual_id(birth, genotype)
        former = birth.get("former_id")
        is_former = former is None or former == compute_former_id(birth, genotype)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return "is not a birth certificate"
    if not is_own:
        return "the id does not match certificate and weights"
    return "" if is_former else "the former id does not match certificate and weights"


def load_averages(folder: Path) -> dict[str, Tensor]:
    """Return the weight averages saved beside an individual; empty where it has none."""
    data = read_verified_folder(folder).get("averages.safetensors")
    return {} if data is None else parse_tensor_bytes(data, folder / "averages.safetensors")


def load_state(folder: Path) -> dict[str, Any]:
    """Return the training state beside an individual; DamagedIndividual where there is none."""
    data = read_verified_folder(folder).get("state.pt")
    if data is None:
        raise DamagedIndividual(f"{folder / 'state.pt'} is missing: training cannot go on")
    try:
        state = torch.load(io.BytesIO(data), weights_only=True, map_location="cpu")
    except Exception:  # a hostile pickle ends in one of many kinds, unexecuted
        state = None
    if not isinstance(state, dict):
        raise DamagedIndividual(f"{folder / 'state.pt'} is not a training state")
    return state


def load_newest_checkpoint(
    folder: Path, warn: Callable[[str], None] = lambda _: None
) -> Individual | None:
    """Return the newest intact checkpoint in folder, or None; damaged ones are passed to `warn`."""
    for candidate in sorted(checkpoint_folders(folder), reverse=True):
        try:
            return load_individual(candidate)
        except DamagedIndividual as error:
            warn(f"skipping a damaged checkpoint: {error}")
    return None


def find_individual(
    name: str, root: Path, warn: Callable[[str], None] = lambda _: None
) -> Individual:
    """Load an individual by name: a run under root, a run or individual folder, or hub:OWNER/NAME.

    FileNotFoundError where there is none or only its records are here, DamagedIndividual where
    what a finished run ended in is damaged, or every checkpoint of an unfinished one.
    """
    for base in candidate_folders(name, root, warn):
        require_weights(name, base)
        if (base / "manifest.json").is_file():
            return load_individual(base)
        if identity := final_identity(base):
            return load_final_individual(base, identity, warn)
        if (base / "checkpoint").is_dir() and any(checkpoint_folders(base / "checkpoint")):
            if (individual := load_newest_checkpoint(base / "checkpoint", warn)) is None:
                raise DamagedIndividual(f"{base / 'checkpoint'}: no intact checkpoint is left")
            return individual
    raise FileNotFoundError(missing_individual_message(name, root))


def load_final_individual(base: Path, identity: str, warn: Callable[[str], None]) -> Individual:
    """Load a finished run's checkpoint of this id, warn of others; else DamagedIndividual."""
    faults: list[str] = []
    for candidate in sorted(checkpoint_folders(base / "checkpoint"), reverse=True):
        try:
            individual = load_individual(candidate)
        except DamagedIndividual as error:
            faults.append(str(error))
            continue
        if individual.id == identity:
            for fault in faults:
                warn(f"skipping a damaged checkpoint: {fault}")
            return individual
    faults.append("that checkpoint is not there")
    raise DamagedIndividual(describe_lost_final(base, identity, faults[0]))
