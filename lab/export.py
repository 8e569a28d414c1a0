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
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.config import command
from lab.config.schemas.export import Export
from lab.exports import llama_cpp_runner, verify
from lab.storage import atomic_file
from lab.workflows.export import RECORD, make, proof, publish, whom


@command("export", Export)
def main(config: Export) -> None:
    """Write, read back, say what lies where and how it is run."""
    root = Path(config.root).expanduser()
    subject = whom(config, root)
    folder = Path(config.to).expanduser() if config.to else root / subject.name / config.format
    found = llama_cpp_runner.engines() if config.engine else []
    if config.engine and not found:
        raise ValueError(llama_cpp_runner.ABSENT)
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
        "read_back": verify.read_back(subject, made, folder, min(config.count, 256)),
        "engines": [proof(subject, one, folder, config.count) for one in found],
        "command": shlex.join(["python", "-m", "lab.export", *sys.argv[1:]]),
    }
    atomic_file.write_json(folder / RECORD, record)
    print("\n".join(said(record, folder)), *made.use(folder), sep="\n")


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
