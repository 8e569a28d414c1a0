"""Schooling: who an individual is, by name or id, and which corpora it or its parents learned from.

Used by `lab.sample`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lab.config.command import conf_dir
from lab.config.instantiate import instantiate
from lab.config.validation import NAME
from lab.genealogy.pedigree import SHORT, Pedigree, read_birth, scan
from lab.models import individual
from lab.models.individual import Individual
from lab.records import warn
from lab.storage.verified_folder import DamagedIndividual


def find(name: str, root: Path, identity: str | None = None) -> Individual:
    """The individual called name; with identity, the one of that id, wherever it lies under root.

    FileNotFoundError where there is none of that name, ValueError where none has that id.
    """
    if identity is None:
        return individual.find(name, root, warn)
    for folder in _homes(name, root):
        try:
            if read_birth(folder)["id"] == identity:
                return individual.load(folder)
        except DamagedIndividual:
            continue
    graph = scan(root).graph
    if identity in graph and (path := graph.nodes[identity]["path"]):
        return individual.load(path)
    raise ValueError(
        f"it was drawn by {name} {identity[:SHORT]}, and no checkpoint of that id is under {root}: "
        "say root=... or artist=FOLDER"
    )


def taught(one: Individual, root: Path, data: str | None) -> list[Any]:
    """The corpora that an individual learned from; of one that was bred, those of its ancestors.

    Empty where no record tells, as for one that was adopted. Whatever reading a corpus raises.
    """
    said = {_said(birth): str(birth.get("name")) for birth in _learners(one.birth, root)}
    return [_read(told, name, data) for told, name in said.items()]


@lru_cache(maxsize=8)
def _read(told: str, name: str, data: str | None) -> Any:
    return corpus_of({"name": name, "recipe": {"config": json.loads(told)}}, data)


def _homes(name: str, root: Path) -> Iterator[Path]:
    for base in (Path(name), root / name):
        yield base
        yield from sorted(individual.checkpoints(base / "checkpoint"), reverse=True)


def _learners(birth: Mapping[str, Any], root: Path) -> Iterator[Mapping[str, Any]]:
    """The birth itself where its recipe has a corpus, else those of the nearest ancestors."""
    pedigree: Pedigree | None = None
    waiting, met = [birth], set()
    while waiting:
        one = waiting.pop(0)
        if _said(one):
            yield one
            continue
        pedigree = pedigree or scan(root)
        nodes = [pedigree.graph.nodes.get(parent, {}) for parent in one["parents"]]
        known = [node["birth"] for node in nodes if node.get("birth")]
        waiting += [other for other in known if other["id"] not in met]
        met |= {other["id"] for other in known}


def _said(birth: Mapping[str, Any]) -> str:
    """What a recipe says of its corpus, "" for nothing."""
    config = birth.get("recipe", {}).get("config") or {}
    told = {key: value for key, value in config.items() if str(key).startswith("corpus.")}
    return json.dumps(told, sort_keys=True, default=str) if told else ""


def corpus_of(birth: Mapping[str, Any], data: str | None) -> Any:
    """Read again the corpus of a birth certificate, from the data folder `data`.

    ValueError where the certificate names none that the lab has; whatever reading it raises.
    """
    config = birth.get("recipe", {}).get("config", {})
    name = str(config.get("corpus._target_", "")).rpartition(".")[2]
    path = conf_dir() / "corpus" / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise ValueError(f"{birth.get('name')} was not born of one of the lab's corpora")
    node: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    told = {key: config[f"corpus.{key}"] for key in node if f"corpus.{key}" in config}
    here = {"data": data} if "data" in node else {}
    return instantiate({**node, **told, **here, "_target_": node["_target_"]})
