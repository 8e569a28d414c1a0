"""Benchmark the lab beside a peer library in one run, with the machine's own limit beside them.

    python -m lab.bench subject=training                          our loop and nGPT-pytorch's
    python -m lab.bench subject=training subject.compiled=true    our compiled loops too
    python -m lab.bench subject=breeding                          our slerp and mergekit's

Prints a table and writes every figure to experiments/bench-<subject>/result.json.
"""

from __future__ import annotations

from lab.config import command
from lab.config.schemas.bench import BenchConfig
from lab.terminal.safe_output import emit


@command("bench", BenchConfig)
def main(config: BenchConfig) -> None:
    """Run the subject's benchmark, print its table, write its figures."""
    from lab.workflows.bench import bench_run, format_bench_table

    result, path = bench_run(config)
    emit("\n".join(format_bench_table(result["rows"])))
    environment = result["environment"]
    emit(f"\n{environment['cpu']}, {config.threads} thread(s), {environment['gpu']}")
    for name, meaning in result["columns"].items():
        emit(f"{name}: {meaning}")
    emit(f"written to {path}")


if __name__ == "__main__":
    main()
