"""Export an artist as files that other engines read, and check them.

    python -m lab.export format=gguf artist=NAME to=FOLDER     llama.cpp: LLaMA and sandwich
    python -m lab.export format=llama2c artist=NAME to=FOLDER  llama2.c: LLaMA
    python -m lab.export format=hub artist=NAME to=FOLDER      a folder to publish: every kind
    python -m lab.export format=gguf artist=NAME engine=true   and llama.cpp reads it: make engine

What was written is read back and compared with the lab's own forward pass; the figures are in
export.json beside the files. An artist is a run's name, a folder, or hub:OWNER/NAME.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lab.breeding.pedigree import scan
from lab.config import door
from lab.config.export import Export
from lab.corpora.vocabulary import Vocabulary
from lab.exports import check, engine, formats
from lab.exports.card import card
from lab.exports.formats import Made, Subject
from lab.exports.opening import opening
from lab.models import individual
from lab.models.averages import chosen
from lab.models.individual import Individual
from lab.records import atomic, warn
from lab.records.runs import run_of

RECORD = "export.json"


@door("export", Export)
def main(config: Export) -> None:
    """Write, read back, say what lies where and how it is run."""
    root = Path(config.root).expanduser()
    subject = whom(config, root)
    folder = Path(config.to).expanduser() if config.to else root / subject.name / config.format
    found = engine.engines() if config.engine else []
    if config.engine and not found:
        raise ValueError(engine.ABSENT)
    made = make(config, subject, root)
    publish(folder, made.files, config.again)
    record: dict[str, Any] = {
        "artist": subject.name,
        "individual": subject.individual.id,
        "weights": config.weights,
        "format": config.format,
        "parameters": subject.genotype.architecture.num_parameters,
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in made.files.items()
        },
        "read_back": check.read_back(subject, made, folder, min(config.count, 256)),
        "engines": [proof(subject, one, folder, config.count) for one in found],
        "command": shlex.join(["python", "-m", "lab.export", *sys.argv[1:]]),
    }
    atomic.write_json(folder / RECORD, record)
    print("\n".join(said(record, folder)), *made.use(folder), sep="\n")


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
        return formats.gguf(subject)
    if config.format == "llama2c":
        return formats.llama_2_c(subject, config.version)
    one = subject.individual
    return formats.hub_folder(
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
        atomic.write(folder / name, data)


def proof(subject: Subject, one: engine.Engine, folder: Path, count: int) -> Mapping[str, Any]:
    """What an engine says; ValueError where it fails or differs."""
    try:
        told = check.by_engine(subject, one, folder, count)
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


def said(record: Mapping[str, Any], folder: Path) -> list[str]:
    """What was written and how it was judged, for people."""
    lines = [f"{folder / name}  {told['bytes']:,} bytes" for name, told in record["files"].items()]
    if back := record["read_back"]:
        lines.append(
            f"read back: logits differ by {back['max_logit_difference']:.2g} at most over "
            f"{back['tokens']} characters, favourites agree {100 * back['agreement']:.2f} %"
        )
    for one in record["engines"]:
        apart = one["probabilities"] if one["logits"] is None else one["logits"]
        what = "probabilities" if one["logits"] is None else "logits"
        lines.append(
            f"{one['engine']}: {what} differ by {apart:.2g} at most, "
            f"{one['greedy']} of {one['of']} greedy characters the same"
        )
    return lines


if __name__ == "__main__":
    main()
