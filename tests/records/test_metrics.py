"""metrics.jsonl: appended, repaired, cut back, and always JSON."""

from __future__ import annotations

import json
import math
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.records.metrics import METRICS, Metrics, cut_torn_line, iter_metrics, read_metrics

WHOLE = b"".join(
    json.dumps({"kind": "train", "step": step, "loss": 1 / step}).encode() + b"\n"
    for step in range(1, 6)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def test_what_is_appended_is_read_back(path: Path) -> None:
    metrics = Metrics(path)
    metrics.append("train", 1, loss=2.0, tokens=64)
    metrics.append("sample", 1, texts=["=^.^=\n", "\x02é"])
    assert read_metrics(path) == [
        {"kind": "train", "step": 1, "loss": 2.0, "tokens": 64},
        {"kind": "sample", "step": 1, "texts": ["=^.^=\n", "\x02é"]},
    ]
    metrics.close()


def test_a_line_is_in_the_file_at_once(path: Path) -> None:
    metrics = Metrics(path)
    metrics.append("train", 1, loss=2.0)
    assert path.read_text().endswith("2.0}\n")
    metrics.close()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null_and_says_so(path: Path, value: float) -> None:
    metrics = Metrics(path)
    metrics.append("train", 1, loss=value, norm=1.0)
    assert read_metrics(path)[0] == {
        "kind": "train",
        "step": 1,
        "loss": None,
        "norm": 1.0,
        "diverged": True,
    }
    metrics.close()


def test_there_is_one_line_for_a_kind_and_a_step(path: Path) -> None:
    metrics = Metrics(path)
    assert metrics.append("train", 1, loss=2.0)
    assert metrics.append("evaluate", 1, loss=2.5)
    assert metrics.append("train", 1, loss=3.0) is None
    metrics.close()
    again = Metrics(path)
    assert again.append("train", 1, loss=3.0) is None
    assert [line["loss"] for line in read_metrics(path)] == [2.0, 2.5]
    again.close()


def test_a_number_without_a_definition_is_refused(path: Path) -> None:
    metrics = Metrics(path)
    with pytest.raises(ValueError, match="no definition in METRICS for vibes"):
        metrics.append("train", 1, vibes=1.0)
    metrics.close()


def test_every_definition_has_a_unit() -> None:
    assert all(words and unit for words, unit in METRICS.values())


def test_what_came_after_a_checkpoint_goes(path: Path) -> None:
    path.write_bytes(WHOLE)
    metrics = Metrics(path)
    metrics.truncate_after(3)
    metrics.append("train", 4, loss=0.0)
    assert [line["step"] for line in read_metrics(path)] == [1, 2, 3, 4]
    metrics.close()


def test_a_file_torn_anywhere_loses_its_last_line_at_most(path: Path) -> None:
    for cut in range(len(WHOLE)):
        path.write_bytes(WHOLE[:cut])
        metrics = Metrics(path)
        metrics.close()
        whole = [line for line in WHOLE[:cut].splitlines(True) if line.endswith(b"\n")]
        assert path.read_bytes() == b"".join(whole)
        assert metrics.dropped_bytes == cut - len(b"".join(whole))


@given(st.binary(max_size=30).filter(lambda junk: b"\n" not in junk))
def test_junk_after_the_last_line_is_torn(junk: bytes) -> None:
    with TemporaryDirectory() as folder:
        for torn in (junk, junk + b"{\n"):
            path = Path(folder) / "metrics.jsonl"
            path.write_bytes(WHOLE + torn)
            assert cut_torn_line(path) == len(torn) and path.read_bytes() == WHOLE


def test_damage_elsewhere_is_named(path: Path) -> None:
    path.write_bytes(WHOLE.replace(b'"step": 2', b'"stop": 2'))
    with pytest.raises(ValueError, match="line 2 is damaged"):
        Metrics(path)


def test_a_torn_line_longer_than_a_block_is_cut_off(path: Path) -> None:
    for torn in (b"x" * 200_000, b"x" * 200_000 + b"\n", b"{" + b"\0" * 65_535):
        path.write_bytes(WHOLE + torn)
        assert cut_torn_line(path) == len(torn) and path.read_bytes() == WHOLE


def test_a_damaged_line_before_a_torn_one_is_named(path: Path) -> None:
    path.write_bytes(WHOLE + b"{}\n" + b"torn")
    with pytest.raises(ValueError, match="line 6 is damaged"):
        read_metrics(path)


def test_a_step_beyond_64_bits_is_damage(path: Path) -> None:
    path.write_bytes(json.dumps({"kind": "train", "step": 2**63}).encode() + b"\n" + WHOLE)
    with pytest.raises(ValueError, match="line 1 is damaged"):
        Metrics(path)


def test_a_long_record_is_opened_and_cut_back_in_little_memory(path: Path) -> None:
    count = 20_000
    with path.open("w") as file:
        for step in range(count):
            file.write(json.dumps({"kind": "train", "step": step, "loss": 1.5}) + "\n")
    tracemalloc.start()
    try:
        metrics = Metrics(path)
        metrics.truncate_after(count - 11)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * count  # bytes; 8 of them are a step, where a line held took 1,300
    assert metrics.append("train", count - 11, loss=1.0) is None
    assert metrics.append("train", count - 10, loss=1.0)
    assert sum(1 for _ in iter_metrics(path)) == count - 9
    metrics.close()
