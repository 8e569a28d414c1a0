from pathlib import Path

import pytest

from lab.breeding.search.search_log import SearchLog
from lab.breeding.statistics.report_log import read_evaluations, record_evaluation
from lab.storage.append_log import append_log_entry, read_log_entries

HEADER = {"parents": ["a", "b"], "seed": 1}


def _logged(path: Path, numbers: range) -> None:
    journal = SearchLog(path, HEADER)
    for number in numbers:
        if journal.replay({"candidate": number}) is None:
            journal.append({"candidate": number, "bpc": number / 7})


def test_a_second_life_gets_the_answers_of_the_first(tmp_path: Path) -> None:
    _logged(tmp_path / "j", range(3))
    journal = SearchLog(tmp_path / "j", HEADER)
    found = [journal.replay({"candidate": number}) for number in range(4)]
    assert found == [{"candidate": n, "bpc": n / 7} for n in range(3)] + [None]


def test_a_torn_tail_is_dropped_wherever_it_is_torn(tmp_path: Path) -> None:
    _logged(tmp_path / "whole", range(2))
    whole = (tmp_path / "whole").read_bytes()
    for length in range(len(whole)):
        path = tmp_path / "torn"
        path.write_bytes(whole[:length])
        assert len(read_log_entries(path)) == whole[:length].count(b"\n")
        _logged(path, range(2))
        assert path.read_bytes() == whole


def test_a_damaged_line_is_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "j"
    _logged(path, range(3))
    path.write_bytes(path.read_bytes().replace(b'"candidate":1', b'"candidate":5'))
    with pytest.raises(ValueError, match="line 3 is damaged"):
        SearchLog(path, HEADER)


def test_another_search_is_refused_by_what_differs(tmp_path: Path) -> None:
    SearchLog(tmp_path / "j", HEADER)
    with pytest.raises(ValueError, match="another search: seed differs"):
        SearchLog(tmp_path / "j", {**HEADER, "seed": 2})


def test_another_candidate_than_the_logged_one_is_refused(tmp_path: Path) -> None:
    _logged(tmp_path / "j", range(1))
    with pytest.raises(ValueError, match="line 2: this search asks for another candidate"):
        SearchLog(tmp_path / "j", HEADER).replay({"candidate": 9})


def test_nan_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        append_log_entry(tmp_path / "j", {"bpc": float("nan")})
    assert not (tmp_path / "j").exists()


def test_every_touch_of_the_report_split_is_there(tmp_path: Path) -> None:
    log = tmp_path / "study" / "report.touches.jsonl"
    assert read_evaluations(log) == []
    record_evaluation(log, "id1", "champion")
    record_evaluation(log, "id2", "control")
    assert [(t["candidate"], t["purpose"]) for t in read_evaluations(log)] == [
        ("id1", "champion"),
        ("id2", "control"),
    ]
    assert all(t["at"].endswith("+00:00") for t in read_evaluations(log))


def test_a_touch_after_a_torn_one_can_be_read(tmp_path: Path) -> None:
    log = tmp_path / "touches"
    record_evaluation(log, "id1", "champion", command="typed")
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:40])
    assert len(read_evaluations(log)) == 1 and log.read_bytes() == whole + whole[:40]
    record_evaluation(log, "id2", "control")
    assert [one["candidate"] for one in read_evaluations(log)] == ["id1", "id2"]
    assert read_evaluations(log)[0]["command"] == "typed"


def test_a_line_that_is_no_touch_is_named_and_left(tmp_path: Path) -> None:
    log = tmp_path / "touches"
    record_evaluation(log, "id1", "champion")
    append_log_entry(log, {"individual": "id2"})
    before = log.read_bytes()
    with pytest.raises(ValueError, match="line 2 is damaged, or of an older lab"):
        read_evaluations(log)
    assert log.read_bytes() == before
