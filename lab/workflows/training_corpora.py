"""Training corpora: the corpora that an individual, or its ancestors, were trained on.

Used by `lab.sample` and, for its labels, by `lab.export`.
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
from lab.config.validation import NAME_PATTERN
from lab.corpora.drawing_corpus import DrawingCorpus
from lab.genealogy.birth_certificate import read_birth
from lab.genealogy.pedigree import SHORT_ID_LENGTH, Pedigree, read_pedigree
from lab.models import individual
from lab.models.individual import Individual
from lab.records import warn
from lab.storage.verified_folder import DamagedIndividual


class UnknownCorpus(ValueError):  # noqa: N818 - the name says what is wrong
    """A birth certificate names no corpus that the lab can read."""


def find_artist(name: str, root: Path, identity: str | None = None) -> Individual:
    """Load an artist by name, or with identity the individual of that id under root.

    FileNotFoundError for an unknown name, ValueError for an unknown id.
    """
    if identity is None:
        return individual.find_individual(name, root, warn)
    for folder in _candidate_folders(name, root):
        try:
            birth = read_birth(folder)
            if identity in (birth["id"], birth.get("former_id")):
                return individual.load_individual(folder)
        except DamagedIndividual:
            continue
    nodes = read_pedigree(root).graph.nodes.values()
    for node in (node for node in nodes if node["birth"]):
        if identity in (node["birth"]["id"], node["birth"].get("former_id")):
            return individual.load_individual(node["path"])
    raise ValueError(
        f"it was drawn by {name} {identity[:SHORT_ID_LENGTH]}, and no checkpoint of that id is "
        f"under {root}: "
        "set root=FOLDER or artist=FOLDER"
    )


def read_training_corpora(artist: Individual, root: Path, data: str | None) -> list[Any]:
    """Read the training corpora of an individual; of a bred one, those of its ancestors.

    Empty where none is recorded, as for an import. Raises what reading a corpus raises.
    """
    name_by_corpus = {
        _corpus_json(birth): str(birth.get("name"))
        for birth in _training_births(artist.birth, root)
    }
    return [_read_corpus(corpus_json, name, data) for corpus_json, name in name_by_corpus.items()]


def read_labels(artist: Individual, root: Path, data: str | None) -> list[str]:
    """The labels that an individual was trained on; where they cannot be read, none and a warning.

    A wish is checked against them; none are recorded of an import.
    """
    try:
        corpora = read_training_corpora(artist, root, data)
    except (OSError, ValueError) as error:
        warn(f"its labels are not at hand, so that no wish is checked: {error}")
        return []
    labelled = (corpus for corpus in corpora if isinstance(corpus, DrawingCorpus))
    return sorted({label for corpus in labelled for label in corpus.labels})


@lru_cache(maxsize=8)
def _read_corpus(corpus_json: str, name: str, data: str | None) -> Any:
    return read_corpus_of_birth({"name": name, "recipe": {"config": json.loads(corpus_json)}}, data)


def _candidate_folders(name: str, root: Path) -> Iterator[Path]:
    for base in (Path(name), root / name):
        yield base
        yield from sorted(individual.checkpoint_folders(base / "checkpoint"), reverse=True)


def _training_births(birth: Mapping[str, Any], root: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the birth if its recipe has a corpus, else those of the nearest ancestors."""
    pedigree: Pedigree | None = None
    queue, visited = [birth], set()
    while queue:
        current = queue.pop(0)
        if _corpus_json(current):
            yield current
            continue
        pedigree = pedigree or read_pedigree(root)
        nodes = [pedigree.graph.nodes.get(parent, {}) for parent in current["parents"]]
        births = [node["birth"] for node in nodes if node.get("birth")]
        queue += [ancestor for ancestor in births if ancestor["id"] not in visited]
        visited |= {ancestor["id"] for ancestor in births}


def _corpus_json(birth: Mapping[str, Any]) -> str:
    """Return the corpus keys of a recipe as JSON, "" for none."""
    config = birth.get("recipe", {}).get("config") or {}
    corpus_keys = {key: value for key, value in config.items() if str(key).startswith("corpus.")}
    return json.dumps(corpus_keys, sort_keys=True, default=str) if corpus_keys else ""


def read_corpus_of_birth(birth: Mapping[str, Any], data: str | None) -> Any:
    """Read again the corpus of a birth certificate, from the data folder `data`.

    UnknownCorpus where the certificate names no corpus of the lab; also what reading it raises.
    """
    config = birth.get("recipe", {}).get("config", {})
    name = str(config.get("corpus._target_", "")).rpartition(".")[2]
    path = conf_dir() / "corpus" / f"{name}.yaml"
    if not NAME_PATTERN.fullmatch(name) or not path.is_file():
        raise UnknownCorpus(f"{birth.get('name')} was not born of one of the lab's corpora")
    node: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    overrides = {key: config[f"corpus.{key}"] for key in node if f"corpus.{key}" in config}
    data_override = {"data": data} if "data" in node else {}
    return instantiate({**node, **overrides, **data_override, "_target_": node["_target_"]})
