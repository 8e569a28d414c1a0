"""Export an artist as files that other engines read, and check them.

    python -m lab.export format=gguf artist=NAME output=FOLDER     llama.cpp: LLaMA and sandwich
    python -m lab.export format=llama2c artist=NAME output=FOLDER  llama2.c: LLaMA
    python -m lab.export format=hub artist=NAME output=FOLDER      a folder to publish: every kind
    python -m lab.export format=gguf artist=NAME engine=true   and llama.cpp reads it: make engine

What was written is read back and compared with the lab's own forward pass; the figures are in
export.json beside the files. An artist is a run's name, a folder, or hub:OWNER/NAME.
"""

from __future__ import annotations

import sys

from lab.config import command
from lab.config.schemas.export import ExportConfig
from lab.workflows.export import export_artist


@command("export", ExportConfig)
def main(config: ExportConfig) -> None:
    """Export an artist and print the report."""
    print("\n".join(export_artist(config, sys.argv[1:])))


if __name__ == "__main__":
    main()
