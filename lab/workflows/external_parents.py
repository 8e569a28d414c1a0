"""Guests: parents that were reared elsewhere: found on disk, named, and read as they were taught.

Used by `lab.breed` for parents=files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.config.schemas.breed import Breed
from lab.models import individual
from lab.models.individual import Individual
from lab.records import warn
from lab.workflows.train import framing

FRAMINGS = (None, "conditional", "unconditional", "frame", "row")
TAKEN = ("", "child", "ensemble")  # names that others in a verdict have


def invited(config: Breed) -> dict[str, Individual]:
    """The individuals of config.files, each under a name of its own.

    ValueError where two of them are one; whatever finding one raises.
    """
    found = [individual.find(one, Path(config.root), warn) for one in config.files]
    first: dict[str, str] = {}
    for file, one in zip(config.files, found, strict=True):
        if one.id in first:
            raise ValueError(f"{first[one.id]} and {file} are one and the same individual")
        first[one.id] = file
    return dict(zip(names(config.files, found), found, strict=True))


def names(files: Sequence[str], found: Sequence[Individual]) -> list[str]:
    """Their folders' names; where that says too little, those of the certificates, then with ids.

    Names that several share say too little, those of checkpoints, and those that others have.
    """
    told = [Path(file).name for file in files]
    told = ["" if name.startswith("step-") else name for name in told]
    certified = [str(one.birth.get("name") or one.id[:8]) for one in found]
    longer = [f"{name}-{one.id[:8]}" for name, one in zip(certified, found, strict=True)]
    for better in (certified, longer):
        vague = [name in TAKEN or told.count(name) > 1 for name in told]
        told = [new if bad else old for old, new, bad in zip(told, better, vague, strict=True)]
    return told


def read_as_taught(
    config: Breed, guests: Mapping[str, Individual], typed: Collection[str]
) -> list[str]:
    """Let config judge its guests with the framing and context that they learned with.

    typed are the keys that the user gave. Returns what changed, as key=value. ValueError for a
    typed value that is another than theirs, and for guests that differ where nothing is typed.
    """
    changed = []
    who = " and ".join(guests)
    for key, ours, theirs in _learned(config, guests):
        if len(set(theirs.values())) > 1:
            if key not in typed:
                each = ", ".join(f"{name} with {spelled(value)}" for name, value in theirs.items())
                raise ValueError(f"{who} learned with unlike {key} ({each}): say {key}=...")
            continue
        own = next(iter(theirs.values()), ours)
        if own == ours:
            continue
        if key in typed:
            raise ValueError(
                f"{who} learned with {key}={spelled(own)}, not {spelled(ours)}: say that, or leave "
                f"{key} away"
            )
        changed.append(f"{key}={spelled(own)}")
        if key == "framing":
            config.framing = _node(own)
        else:
            config.training.context = int(own)
    Breed.check(asdict(config))
    return changed


def _learned(
    config: Breed, guests: Mapping[str, Individual]
) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """(key, the config's value, that of each guest whose certificate tells one)."""
    births = {name: one.birth for name, one in guests.items()}
    ours = {"framing": framing(config), "training.context": config.training.context}
    for key, value in ours.items():
        part = key.rpartition(".")[2]
        yield key, value, {name: one[part] for name, one in births.items() if part in one}


def _node(name: str | None) -> dict[str, Any] | None:
    """The config node of a framing; a certificate is data, so only the lab's own are built."""
    if name not in FRAMINGS:
        raise ValueError(f"there is no framing {name!r}: a parent's certificate is damaged")
    return {"_target_": f"lab.corpora.framing.{name}", "_partial_": True} if name else None


def spelled(value: Any) -> str:
    """A value as it is typed."""
    return "none" if value is None else str(value)
