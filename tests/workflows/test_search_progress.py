"""The progress of a search: lines in words, a log replayed, an interrupt."""

from __future__ import annotations

import os
import signal

import pytest

from lab.terminal import progress
from lab.workflows.search_progress import SearchProgress, track_search


def entry(number: int, bpc: float | None = 2.0, share: float = 1.0) -> dict[str, object]:
    return {"key": str(number), "share": share, "bpc": bpc}


def test_a_line_tells_count_best_and_time_left() -> None:
    search = SearchProgress("it", 0)
    assert search.format_line(0.0) == "0 scored"
    search.update(entry(0, bpc=None), False)
    search.update(entry(1, bpc=2.5), False)
    search.update(entry(1, bpc=1.0, share=0.5), False)  # a part of the windows is no score
    assert search.format_line(0.0) == "2 scored, best 2.5000 bpc"


def test_lines_come_at_intervals_and_replayed_entries_cost_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    search = SearchProgress("it", 10)
    for number in range(8):
        search.update(entry(number), number < 4)
        now[0] += 6
    assert capsys.readouterr().err.splitlines() == [
        "it: 4 were scored before and come from its log, it goes on there",
        "it: 5 of at most 10 scored, best 2.0000 bpc, about 30 s left",
        "it: 7 of at most 10 scored, best 2.0000 bpc, about 18 s left",
    ]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_is_one_line_and_the_handlers_come_back(
    number: signal.Signals, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(SystemExit) as exit_info, track_search("it", 10) as search:
        search.update(entry(0), False)
        os.kill(os.getpid(), number)
    assert exit_info.value.code == code
    assert "lab: interrupted in the search, 1 scored" in capsys.readouterr().err
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_search_that_its_log_has_whole_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with track_search("it", 2) as search:
        for number in range(2):
            search.update(entry(number), True)
    assert capsys.readouterr().err == "it: all 2 were scored before and come from its log\n"
