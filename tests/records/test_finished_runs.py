"""Finished runs: the same list whether their files are loose or packed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.records import Run, read_metrics
from lab.records.finished_runs import find_finished_runs
from lab.records.run import read_config, read_result
from lab.storage.packed_records import TEXT_PACK, pack_records, remove_packed_files

ROOT = Path("root")


@pytest.fixture(autouse=True)
def packed_run() -> None:
    with Run(ROOT, "b", {"seed": 0}) as run:
        run.write("train", 1, loss=2.0)
        run.finish({"loss": 2.0})
    remove_packed_files(ROOT, pack_records(ROOT))
    assert not (ROOT / "b").exists()


def test_packed_and_loose_runs_are_listed_by_name() -> None:
    for name in ("c", "a", "b.20260101-120000"):
        with Run(ROOT, name, {"seed": 1}) as run:
            run.finish({"loss": 1.0})
    found = list(find_finished_runs(ROOT))
    assert [folder.name for folder, _ in found] == ["a", "b", "c"]
    assert [result["loss"] for _, result in found] == [1.0, 2.0, 1.0]
    assert [folder.name for folder, _ in find_finished_runs(ROOT, "b*,c")] == ["b", "c"]


def test_a_packed_run_is_read_as_a_loose_one() -> None:
    assert read_config(ROOT / "b") == {"seed": 0}
    assert [line["loss"] for line in read_metrics(ROOT / "b" / "metrics.jsonl")] == [2.0]
    assert (read_result(ROOT / "b") or {})["name"] == "b"
    assert read_result(ROOT / "nobody") is None


def test_a_packed_record_does_not_complete_a_rerun() -> None:
    with Run(ROOT, "b", {"seed": 5}) as run:
        assert not run.is_finished and not run.resumed
        run.finish({"loss": 3.0})
    ((_, result),) = find_finished_runs(ROOT)
    assert result["loss"] == 3.0 and (ROOT / TEXT_PACK).exists()
