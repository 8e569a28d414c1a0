"""External parents: individuals of other runs, loaded, named, scored as they were trained.

`lab.breed` loads them for parents=files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.breeding.statistics.control_arms import reserved_names
from lab.config.schemas.breed import BreedConfig
from lab.corpora.framing import FRAMINGS
from lab.models import individual
from lab.models.individual import Individual
from lab.records import warn
from lab.workflows.train import framing_name


def load_external_parents(config: BreedConfig) -> dict[str, Individual]:
    """Return the individuals of config.parent_runs, each under a name of its own.

    ValueError if two of them are the same; whatever finding an individual raises.
    """
    parents = [
        individual.find_individual(file, Path(config.root), warn) for file in config.parent_runs
    ]
    file_by_id: dict[str, str] = {}
    for file, parent in zip(config.parent_runs, parents, strict=True):
        if parent.id in file_by_id:
            raise ValueError(f"{file_by_id[parent.id]} and {file} are one and the same individual")
        file_by_id[parent.id] = file
    return dict(zip(name_external_parents(config.parent_runs, parents), parents, strict=True))


def name_external_parents(files: Sequence[str], parents: Sequence[Individual]) -> list[str]:
    """Return their folders' names; if ambiguous, their names at birth; if those are, with ids.

    Names that several share are ambiguous, and those of checkpoints and of control arms.
    """
    reserved = {"", "child", *reserved_names()}
    labels = [Path(file).name for file in files]
    labels = ["" if name.startswith("step-") else name for name in labels]
    certified = [str(parent.birth.get("name") or parent.id[:8]) for parent in parents]
    longer = [f"{name}-{parent.id[:8]}" for name, parent in zip(certified, parents, strict=True)]
    for alternatives in (certified, longer):
        unclear = [name in reserved or labels.count(name) > 1 for name in labels]
        labels = [
            new if bad else old for old, new, bad in zip(labels, alternatives, unclear, strict=True)
        ]
    return labels


def apply_parent_settings(
    config: BreedConfig, external_parents: Mapping[str, Individual], typed_keys: Collection[str]
) -> list[str]:
    """Set the config's framing and context to those that the external parents learned with.

    typed_keys are the keys that the user gave. Returns what changed, as key=value. ValueError for
    a typed value that is not theirs, and for parents that differ if nothing is typed.
    """
    changed = []
    names = " and ".join(external_parents)
    for key, configured, recorded in _training_settings(config, external_parents):
        if len(set(recorded.values())) > 1:
            if key not in typed_keys:
                listing = ", ".join(
                    f"{name} with {format_config_value(value)}" for name, value in recorded.items()
                )
                raise ValueError(f"{names} learned with unlike {key} ({listing}): say {key}=...")
            continue
        trained_value = next(iter(recorded.values()), configured)
        if trained_value == configured:
            continue
        if key in typed_keys:
            raise ValueError(
                f"{names} learned with {key}={format_config_value(trained_value)}, not "
                f"{format_config_value(configured)}: say that, or leave "
                f"{key} away"
            )
        changed.append(f"{key}={format_config_value(trained_value)}")
        if key == "framing":
            config.framing = _framing_node(trained_value)
        else:
            config.training.context = int(trained_value)
    BreedConfig.check(asdict(config))
    return changed


def _training_settings(
    config: BreedConfig, external_parents: Mapping[str, Individual]
) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield (key, the config's value, the recorded value of each parent that has one)."""
    births = {name: parent.birth for name, parent in external_parents.items()}
    configured = {"framing": framing_name(config), "training.context": config.training.context}
    for key, value in configured.items():
        part = key.rpartition(".")[2]
        yield key, value, {name: birth[part] for name, birth in births.items() if part in birth}


def _framing_node(name: str | None) -> dict[str, Any] | None:
    """Return a framing's config node; birth.json is data, so only the lab's own are built."""
    if name is not None and name not in FRAMINGS:
        raise ValueError(f"there is no framing {name!r}: a parent's certificate is damaged")
    return {"_target_": f"lab.corpora.framing.{name}", "_partial_": True} if name else None


def format_config_value(value: Any) -> str:
    """Return a value as it is typed."""
    return "none" if value is None else str(value)
