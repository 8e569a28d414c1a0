"""Benchmark workflow: one subject measured, its figures written and set in a table."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from lab.config import instantiate
from lab.config.instantiate import find_function
from lab.config.schemas.bench import BenchConfig
from lab.records import environment
from lab.storage import atomic_file


def bench_run(config: BenchConfig) -> tuple[dict[str, Any], Path]:
    """Run the benchmark that the config names; return its record and the file that holds it."""
    torch.set_num_threads(config.threads)
    function = find_function("subject", config.subject["_target_"])
    rows = instantiate(config.subject)
    kind = function.__module__.rpartition(".")[-1]
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "not run on a GPU"
    result = {
        "command": shlex.join(["python", "-m", "lab.bench", *sys.argv[1:]]),
        "columns": getattr(sys.modules[function.__module__], "COLUMNS", {}),
        "rows": rows,
        "environment": environment(threads=torch.get_num_threads(), gpu=device),
    }
    folder = Path(config.root) / f"bench-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    atomic_file.write_json_atomic(folder / "result.json", result)
    return result, folder / "result.json"


def format_bench_table(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return rows of named numbers as aligned lines, with the first row's columns as their head."""
    columns = list(next(iter(rows.values())))
    lines = [["", *columns]]
    lines += [
        [name, *(format_figure(row.get(column)) for column in columns)]
        for name, row in rows.items()
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
        for line in lines
    ]


def format_figure(number: float | None) -> str:
    """Return a measured number with three significant digits, an absent one as a dash."""
    if number is None:
        return "-"
    if 0 < abs(number) < 0.001:
        return f"{number:.1e}"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
