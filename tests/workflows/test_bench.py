"""Benchmark workflow: the figures of a subject in one record, and the table of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.benchmarks import sampling
from lab.workflows.bench import bench_run, format_bench_table, format_figure

Config = Callable[..., Any]
QUICK = (
    "subject=sampling", "subject.size=debug", "subject.batches=[1]", "subject.length=8",
    "subject.rounds=1", "threads=1",
)  # fmt: skip


def test_the_record_lies_in_the_folder_of_its_subject(command_config: Config) -> None:
    result, path = bench_run(command_config("bench", *QUICK, "root=measured"))
    assert path == Path("measured/bench-sampling/result.json")
    assert json.loads(path.read_text()) == json.loads(json.dumps(result))
    assert result["columns"] == sampling.COLUMNS and result["environment"]["threads"] == 1
    assert result["rows"] and all(
        set(row) <= set(sampling.COLUMNS) for row in result["rows"].values()
    )


def test_only_functions_of_the_lab_are_measured(command_config: Config) -> None:
    config = command_config("bench", *QUICK)
    config.subject["_target_"] = "os.getcwd"
    with pytest.raises(ValueError, match="subject._target_ must be a function of the lab"):
        bench_run(config)
    assert not Path("experiments").exists()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "-"), (0, "0"), (0.00099, "9.9e-04"), (0.001, "0.001"), (-2.5e-5, "-2.5e-05"),
        (99.96, "100"), (100.4, "100"), (-1234.5, "-1,234"), (1e6, "1,000,000"),
    ],
)  # fmt: skip
def test_a_figure_has_three_digits_and_an_absent_one_is_a_dash(
    number: float | None, text: str
) -> None:
    assert format_figure(number) == text


def test_a_row_without_a_column_keeps_its_place() -> None:
    lines = format_bench_table({"lab": {"ms": 1.5, "times": 2.0}, "library": {"times": 1.0}})
    assert lines == ["          ms  times", "lab      1.5      2", "library    -      1"]
