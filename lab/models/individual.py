"""An individual on disk: its genotype, its birth certificate, and what training needs to go on.

A sealed folder of `model.safetensors`, `birth.json` and, for one in training,
`averages.safetensors` and `state.pt`. Pickle is never executed.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as serialize_tensors
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.locate import nowhere, places
from lab.storage.verified_folder import DamagedIndividual, canonical, pretty, seal, verified

FORMAT = 1
UNIT_TOLERANCE = 1e-4  # largest deviation of a stored row's norm from 1
HERITABLE = ("architecture", "vocabulary", "parents", "recipe")  # what an id covers, and tensors


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


def identity(birth: Mapping[str, Any], genotype: Genotype) -> str:
    """sha256 over the heritable part of a birth certificate and the bytes of rows and scales."""
    digest = hashlib.sha256(canonical({key: birth[key] for key in HERITABLE}))
    for tensor in (genotype.rows, genotype.scales):
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def save(
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
    if wrong := _fault(genotype):
        raise ValueError(f"{folder.name} is not saved: {wrong}")
    certificate = {"format": FORMAT, **birth, "architecture": genotype.architecture.to_dict()}
    certificate["id"] = identity(certificate, genotype)
    tensors = {"rows": genotype.rows, "scales": genotype.scales}
    files = {"model.safetensors": _tensors(tensors), "birth.json": pretty(certificate)}
    if averages:
        files["averages.safetensors"] = _tensors(averages)
    if state is not None:
        buffer = io.BytesIO()
        torch.save(dict(state), buffer)
        files["state.pt"] = buffer.getvalue()
    seal(folder, files)
    return str(certificate["id"])


def load(folder: Path) -> Individual:
    """Read and verify an individual; DamagedIndividual names the file and the fault."""
    files = verified(folder)
    if not {"model.safetensors", "birth.json"} <= set(files):
        raise DamagedIndividual(f"{folder} holds no model or no birth certificate")
    birth = _parse(files["birth.json"], folder / "birth.json")
    try:
        architecture = Architecture.from_dict(birth["architecture"])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedIndividual(f"{folder / 'birth.json'}: bad architecture: {error}") from None
    tensors = _read_tensors(files["model.safetensors"], folder / "model.safetensors")
    try:
        genotype = Genotype(architecture, **tensors)
    except (TypeError, ValueError) as error:  # TypeError: other tensors than rows and scales
        raise DamagedIndividual(f"{folder / 'model.safetensors'}: {error}") from None
    if wrong := _fault(genotype):
        raise DamagedIndividual(f"{folder / 'model.safetensors'}: {wrong}")
    if any(key not in birth for key in HERITABLE) or birth.get("id") != identity(birth, genotype):
        raise DamagedIndividual(
            f"{folder / 'birth.json'}: the id does not match recipe and weights"
        )
    return Individual(genotype, birth, folder)


def load_averages(folder: Path) -> dict[str, Tensor]:
    """The weight averages kept beside an individual; empty where it has none."""
    data = verified(folder).get("averages.safetensors")
    return {} if data is None else _read_tensors(data, folder / "averages.safetensors")


def load_state(folder: Path) -> dict[str, Any]:
    """The training state kept beside an individual; DamagedIndividual where there is none."""
    data = verified(folder).get("state.pt")
    if data is None:
        raise DamagedIndividual(f"{folder / 'state.pt'} is missing: training cannot go on")
    try:
        state = torch.load(io.BytesIO(data), weights_only=True, map_location="cpu")
    except Exception:  # a hostile pickle ends in one of many kinds, unexecuted
        state = None
    if not isinstance(state, dict):
        raise DamagedIndividual(f"{folder / 'state.pt'} is not a training state")
    return state


def newest(folder: Path, complain: Callable[[str], None] = lambda _: None) -> Individual | None:
    """The newest sound individual in folder, or None; damaged ones are told to `complain`."""
    for candidate in sorted(checkpoints(folder), reverse=True):
        try:
            return load(candidate)
        except DamagedIndividual as error:
            complain(f"skipping a damaged checkpoint: {error}")
    return None


def checkpoints(folder: Path) -> Iterator[Path]:
    """The published checkpoints in folder, in no order; half-written ones are not among them."""
    return folder.glob("step-*[0-9]")


def sweep(folder: Path, keep: int, newest: Path) -> None:
    """Remove what killed runs left half-written, and all checkpoints but `keep` that end in newest.

    One past the newest is a damaged one, which whoever wrote the newest has skipped.
    """
    for leftover in folder.glob(".tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    found = sorted(checkpoints(folder))
    kept = [one for one in found if one.name <= newest.name][-keep:]
    for other in set(found) - set(kept):
        shutil.rmtree(other, ignore_errors=True)


def find(name: str, root: Path, complain: Callable[[str], None] = lambda _: None) -> Individual:
    """The individual called name: a run under root, a folder of either kind, or hub:OWNER/NAME.

    FileNotFoundError where there is none, DamagedIndividual where none of its checkpoints is sound.
    """
    for base in places(name, root):
        if (base / "manifest.json").is_file():
            return load(base)
        if (base / "checkpoint").is_dir() and any(checkpoints(base / "checkpoint")):
            if (found := newest(base / "checkpoint", complain)) is None:
                raise DamagedIndividual(f"{base / 'checkpoint'}: no sound checkpoint is left")
            return found
    raise FileNotFoundError(nowhere(name, root))


def _read_tensors(data: bytes, path: Path) -> dict[str, Tensor]:
    try:
        return dict(parse_tensors(data))
    except Exception as error:  # the parser's own exception class is not public
        raise DamagedIndividual(f"{path}: {error}") from None


def _fault(genotype: Genotype) -> str:
    if genotype.rows.dtype != torch.float32 or genotype.scales.dtype != torch.float32:
        return "weights must be float32"
    if not (genotype.rows.isfinite().all() and genotype.scales.isfinite().all()):
        return "weights are not finite"
    worst = float((genotype.rows.double().norm(dim=-1) - 1).abs().max())
    off = genotype.architecture.sphere and worst > UNIT_TOLERANCE
    return f"a row's norm is off by {worst:.2g}" if off else ""


def _tensors(tensors: Mapping[str, Tensor]) -> bytes:
    return serialize_tensors({k: v.detach().cpu().contiguous() for k, v in tensors.items()})


def _parse(data: bytes, path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(data))
    except (ValueError, TypeError, RecursionError):
        raise DamagedIndividual(f"{path} is not a birth certificate") from None
