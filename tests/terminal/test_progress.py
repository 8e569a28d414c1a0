"""What a person sees: lines at times, a bar in a terminal, durations in words."""

from __future__ import annotations

import sys

import pytest

from lab.terminal import progress
from lab.terminal.progress import Console, LineTimer, format_duration, warn

LINE = {"loss": 1.25, "speed": 1234.0, "spent": 0.5, "left": 90.0}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"), (89.4, "89 s"), (90, "2 min"), (720, "12 min"), (3600 * 3.5, "3.5 h"),
        (47.9 * 3600, "47.9 h"), (86400 * 2.1, "2.1 days"),
    ],
)  # fmt: skip
def test_durations(seconds: float, said: str) -> None:
    assert format_duration(seconds) == said


def test_a_timer_lets_one_line_through_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    early, late = LineTimer(first_at_once=True), LineTimer(first_at_once=False)
    due = []
    for _ in range(6):
        due.append((early.is_due(), late.is_due()))
        now[0] += 6
    assert [number for number, pair in enumerate(due) if pair[0]] == [0, 2, 4]
    assert [number for number, pair in enumerate(due) if pair[1]] == [2, 4]


def test_a_warning_is_one_safe_line(capsys: pytest.CaptureFixture[str]) -> None:
    warn("a name\n\x1b[2J in a file")
    assert capsys.readouterr().err == "lab: a name \\x1b[2J in a file\n"


def test_a_line_now_and_then_outside_of_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    console = Console("it")
    for step in (10, 20, 30):
        console.update_scores({"bpc": 1.5, "accuracy": 0.25})
        console.show_training(step, LINE)
        now[0] += 6
    lines = capsys.readouterr().err.splitlines()
    rest = "loss 1.250, select 1.500 bpc 25.0 %  1,234 characters/s  2 min left"
    assert lines == [f"it   50 %  step {step}  {rest}" for step in (10, 30)]


def test_a_bar_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    console = Console("it")
    console.show_training(10, LINE)
    console.print_line("a word")
    console.close()
    said = capsys.readouterr().err
    assert "50%" in said and "a word" in said and "loss 1.250" in said


def test_a_silent_one_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console("it", silent=True)
    console.show_training(10, LINE)
    console.print_line("a word")
    console.close()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
