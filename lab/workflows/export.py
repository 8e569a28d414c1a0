"""Export workflow: an individual as the files of an engine, written and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lab.config.schemas.export import Export
from lab.corpora.vocabulary import Vocabulary
from lab.exports import formats, llama_cpp_runner, verify
from lab.exports.formats import Made, Subject
from lab.exports.model_card import card
from lab.exports.prompt import opening
from lab.genealogy.pedigree import scan
from lab.models import individual
from lab.models.individual import Individual
from lab.models.weight_averages import chosen
from lab.records import warn
from lab.records.finished_runs import run_of
from lab.storage import atomic_file

RECORD = "export.json"


def whom(config: Export, root: Path) -> Subject:
    """The artist, its weights and its opening; ValueError in one line for what it has not."""
    one = individual.find(config.artist, root, warn)
    genotype = chosen(one, config.weights, config.artist)
    frame, vocabulary = one.birth.get("framing"), Vocabulary.from_dict(one.birth["vocabulary"])
    start = opening(frame, vocabulary, config.wish)
    name = str(one.birth.get("name") or run_of(one.path.resolve()).name)
    return Subject(name, one, genotype, start)


def make(config: Export, subject: Subject, root: Path) -> Made:
    """The files of a format."""
    if config.format == "gguf":
        return formats.gguf_bundle(subject)
    if config.format == "llama2c":
        return formats.llama2c_bundle(subject, config.version)
    one = subject.individual
    return formats.hub_bundle(
        subject, partial(card, one, subject.name, family(one, root), measures(one))
    )


def publish(folder: Path, files: Mapping[str, bytes], again: bool) -> None:
    """Write files whole or not at all, none over an older one unless again=true; ValueError."""
    there = [name for name in (*files, RECORD) if (folder / name).exists()]
    if there and not again:
        raise ValueError(f"{folder / there[0]} is there already: again=true writes over it")
    (folder / RECORD).unlink(missing_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write(folder / name, data)


def proof(
    subject: Subject, one: llama_cpp_runner.Engine, folder: Path, count: int
) -> Mapping[str, Any]:
    """What an engine says; ValueError where it fails or differs."""
    try:
        told = verify.by_engine(subject, one, folder, count)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    if not told["holds"]:
        warn(f"{told['engine']} does not compute quite the same: {json.dumps(dict(told))}")
    return told


def family(one: Individual, root: Path) -> list[dict[str, Any]]:
    """Its ancestors that the runs beside it know, or else the parents' ids."""
    parents = [str(name) for name in one.birth["parents"]]
    graph = scan(root, warn).graph.nodes if root.is_dir() else {}
    found: dict[str, dict[str, Any]] = {}
    generation = 1
    while parents:
        for identity in parents:
            node = graph.get(identity, {})
            told = {"name": node.get("name", "not at hand"), "kind": node.get("kind", "unknown")}
            found.setdefault(identity, {"generation": generation, "id": identity} | told)
        above = [up for one in parents if one in graph for up in graph[one]["parents"]]
        parents, generation = [up for up in above if up not in found], generation + 1
    return list(found.values())


def measures(one: Individual) -> list[tuple[str, float, float]]:
    """Scores that its run left: of its training's end, and of lab.evaluate."""
    run = run_of(one.path.resolve())
    found = [(split, told) for split, told in read(run / "result.json").get("scores", {}).items()]
    paths: Sequence[Path] = sorted((run / "evaluations").glob("*.json"))
    found += [(f"{path.stem} (evaluated)", read(path)) for path in paths]
    return [
        (split, float(told["bpc"]), float(told["accuracy"]))
        for split, told in found
        if isinstance(told, dict) and {"bpc", "accuracy"} <= set(told)
    ]


def read(path: Path) -> dict[str, Any]:
    """A record, empty where there is none that can be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
