"""Export workflow: an individual written as the files of an engine, read back and compared."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lab.config.instantiate import check_node, instantiate
from lab.config.schemas.export import ExportConfig
from lab.corpora.vocabulary import Vocabulary
from lab.exports import llama_cpp_runner, verify
from lab.exports.formats import ExportBundle, ExportSource, FormatTraits, format_traits
from lab.exports.model_card import format_model_card
from lab.exports.prompt import build_prompt
from lab.genealogy.pedigree import read_pedigree
from lab.models import individual
from lab.models.individual import Individual
from lab.models.weight_averages import select_weights
from lab.records import warn
from lab.records.finished_runs import run_folder_of
from lab.storage import atomic_file
from lab.storage.bounded_reader import read_json_object
from lab.storage.contained_names import refuse_links
from lab.workflows.training_corpora import read_labels

RECORD_NAME = "export.json"


def export_artist(config: ExportConfig, arguments: Sequence[str]) -> list[str]:
    """Write an artist in a format, read it back, record both; the report as lines.

    arguments: the command line, for the record. ValueError, in one line, for an artist that the
    format cannot hold, for engines that are missing, and for files that read back otherwise.
    """
    traits = format_traits(check_node("format", config.format)[0])
    engines = find_engines(config, traits)
    root = Path(config.root).expanduser()
    source = prepare_source(config, root)
    folder = export_folder(config, root, source.name, traits.name)
    bundle = make_bundle(config, traits, source, root)
    publish_bundle(folder, bundle.files, config.again)
    record: dict[str, Any] = {
        "artist": source.name,
        "individual": source.individual.id,
        "weights": config.weights,
        "format": traits.name,
        "parameters": source.genotype.architecture.num_parameters,
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in bundle.files.items()
        },
        "read_back": verify.check_read_back(source, bundle, folder, min(config.count, 256)),
        "engines": [check_engine(source, engine, folder, config.count) for engine in engines],
        "command": shlex.join(["python", "-m", "lab.export", *arguments]),
    }
    atomic_file.write_json_atomic(folder / RECORD_NAME, record)
    return [*format_export_report(record, folder), *bundle.usage(folder)]


def export_folder(config: ExportConfig, root: Path, name: str, format_name: str) -> Path:
    """The folder that the files go to: the one typed, else one of the artist's under root."""
    if config.output:
        return Path(config.output).expanduser()
    return refuse_links(root / name / format_name, root)


def find_engines(
    config: ExportConfig, traits: FormatTraits
) -> Sequence[llama_cpp_runner.LlamaCppEngine]:
    """The engines that are to read the files; ValueError where they cannot, or are missing."""
    if config.engine and not traits.llama_cpp:
        raise ValueError("engine=true belongs to format=gguf: the engines read nothing else")
    engines = llama_cpp_runner.engines() if config.engine else []
    if config.engine and not engines:
        raise ValueError(llama_cpp_runner.NO_ENGINE)
    return engines


def prepare_source(config: ExportConfig, root: Path) -> ExportSource:
    """The artist, its weights and its prompt; ValueError in one line for what it has not."""
    artist = individual.find_individual(config.artist, root, warn)
    genotype = select_weights(artist, config.weights, config.artist)
    frame = artist.birth.get("framing")
    vocabulary = Vocabulary.from_dict(artist.birth["vocabulary"])
    labels = read_labels(artist, root, config.data) if frame == "conditional" else []
    prompt = build_prompt(frame, vocabulary, config.wish, labels)
    name = str(artist.birth.get("name") or run_folder_of(artist.path.resolve()).name)
    return ExportSource(name, artist, genotype, prompt)


def make_bundle(
    config: ExportConfig, traits: FormatTraits, source: ExportSource, root: Path
) -> ExportBundle:
    """The files of a format, which is given what it declares that it needs."""
    needs: dict[str, Any] = {}
    if traits.needs_card:
        artist = source.individual
        ancestors, scores = list_ancestors(artist, root), read_score_records(artist)
        needs["format_card"] = partial(format_model_card, artist, source.name, ancestors, scores)
    bundle: ExportBundle = instantiate(config.format, **needs)(source)
    return bundle


def publish_bundle(folder: Path, files: Mapping[str, bytes], again: bool) -> None:
    """Write the files as one; ValueError where one is there already, unless again is set."""
    existing = [name for name in (*files, RECORD_NAME) if (folder / name).exists()]
    if existing and not again:
        raise ValueError(f"{folder / existing[0]} is there already: again=true writes over it")
    bundle = {folder / name: data for name, data in files.items()}
    atomic_file.write_files_atomic(bundle, obsolete=folder / RECORD_NAME)


def check_engine(
    source: ExportSource, engine: llama_cpp_runner.LlamaCppEngine, folder: Path, count: int
) -> Mapping[str, Any]:
    """Compare an engine's output with the lab's; ValueError where it fails to run."""
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


def format_export_report(record: Mapping[str, Any], folder: Path) -> list[str]:
    """Lines for people: files written, and the comparisons with the lab's forward pass."""
    lines = [f"{folder / name}  {file['bytes']:,} bytes" for name, file in record["files"].items()]
    if back := record["read_back"]:
        lines.append(
            f"read back: logits differ by {back['max_logit_difference']:.2g} at most over "
            f"{back['tokens']} characters, favourites agree {100 * back['agreement']:.2f} %"
        )
    for engine in record["engines"]:
        difference = engine["probabilities"] if engine["logits"] is None else engine["logits"]
        quantity = "probabilities" if engine["logits"] is None else "logits"
        lines.append(
            f"{engine['engine']}: {quantity} differ by {difference:.2g} at most, "
            f"{engine['greedy']} of {engine['of']} greedy characters the same"
        )
    return lines


def list_ancestors(artist: Individual, root: Path) -> list[dict[str, Any]]:
    """The ancestors that the runs under root know, nearest first; else the parents' ids."""
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
    """(split, bpc, accuracy) of the end of the artist's training and of each lab.evaluate."""
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
    """A JSON object from a file, empty where there is none that can be read."""
    try:
        return read_json_object(path)
    except (OSError, ValueError):
        return {}
