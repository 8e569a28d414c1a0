"""Export workflow: an individual as the files of an engine, written and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lab.config.schemas.export import ExportConfig
from lab.corpora.vocabulary import Vocabulary
from lab.exports import formats, llama_cpp_runner, verify
from lab.exports.formats import ExportBundle, ExportSource
from lab.exports.model_card import format_model_card
from lab.exports.prompt import build_prompt
from lab.genealogy.pedigree import read_pedigree
from lab.models import individual
from lab.models.individual import Individual
from lab.models.weight_averages import select_weights
from lab.records import warn
from lab.records.finished_runs import run_folder_of
from lab.storage import atomic_file

RECORD_NAME = "export.json"


def prepare_source(config: ExportConfig, root: Path) -> ExportSource:
    """The artist, its weights and its opening; ValueError in one line for what it has not."""
    artist = individual.find_individual(config.artist, root, warn)
    genotype = select_weights(artist, config.weights, config.artist)
    frame, vocabulary = (
        artist.birth.get("framing"),
        Vocabulary.from_dict(artist.birth["vocabulary"]),
    )
    prompt = build_prompt(frame, vocabulary, config.wish)
    name = str(artist.birth.get("name") or run_folder_of(artist.path.resolve()).name)
    return ExportSource(name, artist, genotype, prompt)


def make_bundle(config: ExportConfig, source: ExportSource, root: Path) -> ExportBundle:
    """The files of a format."""
    if config.format == "gguf":
        return formats.gguf_bundle(source)
    if config.format == "llama2c":
        return formats.llama2c_bundle(source, config.version)
    artist = source.individual
    return formats.hub_bundle(
        source,
        partial(
            format_model_card,
            artist,
            source.name,
            list_ancestors(artist, root),
            read_score_records(artist),
        ),
    )


def publish_bundle(folder: Path, files: Mapping[str, bytes], again: bool) -> None:
    """Write files whole or not at all, none over an older one unless again=true; ValueError."""
    existing = [name for name in (*files, RECORD_NAME) if (folder / name).exists()]
    if existing and not again:
        raise ValueError(f"{folder / existing[0]} is there already: again=true writes over it")
    (folder / RECORD_NAME).unlink(missing_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write_atomic(folder / name, data)


def check_engine(
    source: ExportSource, engine: llama_cpp_runner.LlamaCppEngine, folder: Path, count: int
) -> Mapping[str, Any]:
    """What an engine says; ValueError where it fails or differs."""
    try:
        comparison = verify.check_with_engine(source, engine, folder, count)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    if not comparison["holds"]:
        warn(
            f"{comparison['engine']} does not compute quite the same: "
            f"{json.dumps(dict(comparison))}"
        )
    return comparison


def list_ancestors(artist: Individual, root: Path) -> list[dict[str, Any]]:
    """Its ancestors that the runs beside it know, or else the parents' ids."""
    parents = [str(name) for name in artist.birth["parents"]]
    graph = read_pedigree(root, warn).graph.nodes if root.is_dir() else {}
    ancestors: dict[str, dict[str, Any]] = {}
    generation = 1
    while parents:
        for identity in parents:
            node = graph.get(identity, {})
            entry = {"name": node.get("name", "not at hand"), "kind": node.get("kind", "unknown")}
            ancestors.setdefault(identity, {"generation": generation, "id": identity} | entry)
        candidates = [
            candidate_id
            for identity in parents
            if identity in graph
            for candidate_id in graph[identity]["parents"]
        ]
        parents, generation = (
            [identity for identity in candidates if identity not in ancestors],
            generation + 1,
        )
    return list(ancestors.values())


def read_score_records(artist: Individual) -> list[tuple[str, float, float]]:
    """Scores that its run left: of its training's end, and of lab.evaluate."""
    run = run_folder_of(artist.path.resolve())
    records = [
        (split, scores)
        for split, scores in read_json_record(run / "result.json").get("scores", {}).items()
    ]
    paths: Sequence[Path] = sorted((run / "evaluations").glob("*.json"))
    records += [(f"{path.stem} (evaluated)", read_json_record(path)) for path in paths]
    return [
        (split, float(scores["bpc"]), float(scores["accuracy"]))
        for split, scores in records
        if isinstance(scores, dict) and {"bpc", "accuracy"} <= set(scores)
    ]


def read_json_record(path: Path) -> dict[str, Any]:
    """A record, empty where there is none that can be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
