"""Export an artist as files that other engines read, and check them.

    python -m lab.export format=gguf artist=NAME output=FOLDER     llama.cpp: LLaMA and sandwich
    python -m lab.export format=llama2c artist=NAME output=FOLDER  llama2.c: LLaMA
    python -m lab.export format=hub artist=NAME output=FOLDER      a folder to publish: every kind
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
from lab.config.schemas.export import ExportConfig
from lab.exports import llama_cpp_runner, verify
from lab.storage import atomic_file
from lab.workflows.export import (
    RECORD_NAME,
    check_engine,
    make_bundle,
    prepare_source,
    publish_bundle,
)


@command("export", ExportConfig)
def main(config: ExportConfig) -> None:
    """Write, read back, say what lies where and how it is run."""
    root = Path(config.root).expanduser()
    source = prepare_source(config, root)
    folder = (
        Path(config.output).expanduser() if config.output else root / source.name / config.format
    )
    engines = llama_cpp_runner.engines() if config.engine else []
    if config.engine and not engines:
        raise ValueError(llama_cpp_runner.NO_ENGINE)
    bundle = make_bundle(config, source, root)
    publish_bundle(folder, bundle.files, config.again)
    record: dict[str, Any] = {
        "artist": source.name,
        "individual": source.individual.id,
        "weights": config.weights,
        "format": config.format,
        "parameters": source.genotype.architecture.num_parameters,
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in bundle.files.items()
        },
        "read_back": verify.check_read_back(source, bundle, folder, min(config.count, 256)),
        "engines": [check_engine(source, engine, folder, config.count) for engine in engines],
        "command": shlex.join(["python", "-m", "lab.export", *sys.argv[1:]]),
    }
    atomic_file.write_json_atomic(folder / RECORD_NAME, record)
    print("\n".join(format_export_report(record, folder)), *bundle.usage(folder), sep="\n")


def format_export_report(record: Mapping[str, Any], folder: Path) -> list[str]:
    """What was written and how it was judged, for people."""
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


if __name__ == "__main__":
    main()
