"""An individual on disk: its genotype, its birth certificate, and what training needs to go on.

A sealed folder of `model.safetensors`, `birth.json` and, for one in training,
`averages.safetensors` and `state.pt`. Pickle is never executed.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.locate import candidate_folders, missing_individual_message
from lab.models.missing_weights import require_weights
from lab.models.serialization import (
    describe_weight_fault,
    parse_birth,
    parse_tensor_bytes,
    tensor_bytes,
)
from lab.storage.verified_folder import (
    DamagedIndividual,
    canonical_json,
    read_verified_folder,
    readable_json,
    write_verified_folder,
)

FORMAT = 1
ID_KEYS = ("architecture", "vocabulary", "parents", "recipe")  # what an id covers, and tensors


@dataclass(frozen=True)
class Individual:
    """A verified individual: genotype, birth certificate, id, and the folder it came from."""

    genotype: Genotype
    birth: Mapping[str, Any]
    path: Path

    @property
    def id(self) -> str:
        """sha256 over recipe and tensors, 64 hex digits."""
        return str(self.birth["id"])


def compute_individual_id(birth: Mapping[str, Any], genotype: Genotype) -> str:
    """sha256 over the heritable part of a birth certificate and the bytes of rows and scales."""
    digest = hashlib.sha256(canonical_json({key: birth[key] for key in ID_KEYS}))
    for tensor in (genotype.rows, genotype.scales):
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def save_individual(
    folder: Path,
    genotype: Genotype,
    birth: Mapping[str, Any],
    *,
    averages: Mapping[str, Tensor] | None = None,
    state: Mapping[str, Any] | None = None,
) -> str:
    """Write an individual so that it is there whole or not at all; return its id.

    birth holds parents, recipe, vocabulary and whatever else is known; architecture and id are
    added here. averages are tensors kept beside the weights, state what training needs to go on
    (types that `torch.load(weights_only=True)` accepts). An older folder of the name is replaced.
    ValueError where weights are not finite or off their sphere; OSError names a full disk.
    """
    if fault := describe_weight_fault(genotype):
        raise ValueError(f"{folder.name} is not saved: {fault}")
    certificate = {"format": FORMAT, **birth, "architecture": genotype.architecture.to_dict()}
    certificate["id"] = compute_individual_id(certificate, genotype)
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
    if any(key not in birth for key in ID_KEYS) or birth.get("id") != compute_individual_id(
        birth, genotype
    ):
        raise DamagedIndividual(
            f"{folder / 'birth.json'}: the id does not match recipe and weights"
        )
    return Individual(genotype, birth, folder)


def load_averages(folder: Path) -> dict[str, Tensor]:
    """The weight averages kept beside an individual; empty where it has none."""
    data = read_verified_folder(folder).get("averages.safetensors")
    return {} if data is None else parse_tensor_bytes(data, folder / "averages.safetensors")


def load_state(folder: Path) -> dict[str, Any]:
    """The training state kept beside an individual; DamagedIndividual where there is none."""
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
    """The newest sound individual in folder, or None; damaged ones are told to `complain`."""
    for candidate in sorted(checkpoint_folders(folder), reverse=True):
        try:
            return load_individual(candidate)
        except DamagedIndividual as error:
            warn(f"skipping a damaged checkpoint: {error}")
    return None


def checkpoint_folders(folder: Path) -> Iterator[Path]:
    """The published checkpoints in folder, in no order; half-written ones are not among them."""
    return folder.glob("step-*[0-9]")


def remove_old_checkpoints(folder: Path, keep: int, newest_folder: Path) -> None:
    """Remove what killed runs left half-written, and all checkpoints but `keep` that end in newest.

    One past the newest is a damaged one, which whoever wrote the newest has skipped.
    """
    for leftover in folder.glob(".tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folders = sorted(checkpoint_folders(folder))
    retained = [folder_path for folder_path in folders if folder_path.name <= newest_folder.name][
        -keep:
    ]
    for stale in set(folders) - set(retained):
        shutil.rmtree(stale, ignore_errors=True)


def find_individual(
    name: str, root: Path, warn: Callable[[str], None] = lambda _: None
) -> Individual:
    """The individual called name: a run under root, a folder of either kind, or hub:OWNER/NAME.

    FileNotFoundError where there is none or only its records are here, DamagedIndividual where
    none of its checkpoints is sound.
    """
    for base in candidate_folders(name, root):
        require_weights(name, base)
        if (base / "manifest.json").is_file():
            return load_individual(base)
        if (base / "checkpoint").is_dir() and any(checkpoint_folders(base / "checkpoint")):
            if (individual := load_newest_checkpoint(base / "checkpoint", warn)) is None:
                raise DamagedIndividual(f"{base / 'checkpoint'}: no sound checkpoint is left")
            return individual
    raise FileNotFoundError(missing_individual_message(name, root))
