"""Training corpora: the corpora that an individual, or its ancestors, were trained on.

Used by `lab.sample` and, for its labels, by `lab.export`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from lab.corpora.drawing_corpus import DrawingCorpus
from lab.genealogy.birth_certificate import read_birth
from lab.genealogy.pedigree import SHORT_ID_LENGTH, Pedigree, read_pedigree
from lab.models import individual
from lab.models.individual import Individual
from lab.models.missing_weights import require_weights
from lab.records import warn
from lab.records.finished_runs import run_folder_of
from lab.storage.verified_folder import DamagedIndividual
from lab.workflows.corpus_paths import (
    UngivenCorpus,
    names_a_file,
    paths_of_run,
    read_corpus_of_birth,
)

GIVE_PATH = "lab.sample and lab.play take it by corpus.path=FILE"


def find_artist(name: str, root: Path, identity: str | None = None) -> Individual:
    """Load an artist by name, or with identity the individual of that id under root.

    FileNotFoundError for an unknown name and for weights that are not kept, with the command that
    makes them; ValueError for an unknown id.
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
            require_weights(name, run_folder_of(Path(node["path"])))
            return individual.load_individual(node["path"])
    raise ValueError(
        f"it was drawn by {name} {identity[:SHORT_ID_LENGTH]}, and no checkpoint of that id is "
        f"under {root}: "
        "set root=FOLDER or artist=FOLDER"
    )


def read_training_corpora(
    artist: Individual, root: Path, data: str | None, path: str | None = None
) -> list[Any]:
    """Read the training corpora of an individual; of a bred one, those of its ancestors.

    Empty where none is recorded, as for an import. A file that a certificate names is read where
    the run under root names it too and its characters are those that were learned, else left out
    with a warning; path is the user's file, read instead. Raises what reading a corpus raises.
    """
    births = {
        (_corpus_json(birth), str(birth["recipe"].get("corpus"))): (birth, folder)
        for birth, folder in _training_births(artist, root)
    }
    corpora = []
    for (corpus_json, fingerprint), (birth, folder) in births.items():
        name, run_paths = str(birth.get("name")), paths_of_run(folder, root)
        try:
            corpus = _read_corpus(corpus_json, name, data, run_paths, path)
        except UngivenCorpus as error:
            warn(f"{error}: {GIVE_PATH}")
            continue
        if path is None and names_a_file(birth) and corpus.fingerprint != fingerprint:
            warn(f"{corpus.name} is no longer what {name} learned from, and not read: {GIVE_PATH}")
            continue
        corpora.append(corpus)
    return corpora


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
def _read_corpus(
    corpus_json: str, name: str, data: str | None, run_paths: frozenset[str], path: str | None
) -> Any:
    birth = {"name": name, "recipe": {"config": json.loads(corpus_json)}}
    return read_corpus_of_birth(birth, data, run_paths, path)


def _candidate_folders(name: str, root: Path) -> Iterator[Path]:
    for base in (Path(name), root / name):
        yield base
        yield from sorted(individual.checkpoint_folders(base / "checkpoint"), reverse=True)


def _training_births(
    artist: Individual, root: Path
) -> Iterator[tuple[Mapping[str, Any], Path | None]]:
    """Yield birth and folder if its recipe has a corpus, else those of the nearest ancestors."""
    pedigree: Pedigree | None = None
    queue: list[tuple[Mapping[str, Any], Path | None]] = [(artist.birth, artist.path)]
    visited: set[str] = set()
    while queue:
        current, folder = queue.pop(0)
        if _corpus_json(current):
            yield current, folder
            continue
        pedigree = pedigree or read_pedigree(root)
        nodes = [pedigree.graph.nodes.get(parent, {}) for parent in current["parents"]]
        births = [(node["birth"], node["path"]) for node in nodes if node.get("birth")]
        queue += [ancestor for ancestor in births if ancestor[0]["id"] not in visited]
        visited |= {birth["id"] for birth, _ in births}


def _corpus_json(birth: Mapping[str, Any]) -> str:
    """Return the corpus keys of a recipe as JSON, "" for none."""
    config = birth.get("recipe", {}).get("config") or {}
    corpus_keys = {key: value for key, value in config.items() if str(key).startswith("corpus.")}
    return json.dumps(corpus_keys, sort_keys=True, default=str) if corpus_keys else ""
