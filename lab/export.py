"""Export an artist as files that other engines read, and check them.

    python -m lab.export format=gguf artist=NAME output=FOLDER     llama.cpp: LLaMA and sandwich
    python -m lab.export format=llama2c artist=NAME output=FOLDER  llama2.c: LLaMA
    python -m lab.export format=hub artist=NAME output=FOLDER      a folder to publish: every kind
    python -m lab.export format=gguf artist=NAME engine=true   and llama.cpp reads it: make engine

The files are read back and compared with the lab's own forward pass; export.json beside them keeps
the figures. An artist is a run's name, a folder, or hub:OWNER/NAME. A further format is a function
declared with @export_format in lab/exports and a YAML in conf/format.
"""

from __future__ import annotations

import sys

from lab.config import command
from lab.config.schemas.export import ExportConfig
from lab.terminal.safe_output import emit


@command("export", ExportConfig)
def main(config: ExportConfig) -> None:
    """Export an artist and print the report."""
    from lab.workflows.export import export_artist

    emit("\n".join(export_artist(config, sys.argv[1:])))


if __name__ == "__main__":
    main()
