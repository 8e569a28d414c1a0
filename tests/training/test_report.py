"""The report of a finished run: every score on a line of its own, speed and folder."""

from __future__ import annotations

from lab.training.report import format_training_report

SCORES = {"loss": 1.25, "bpc": 1.803, "accuracy": 0.625, "characters": 12345}


def test_a_report_has_scores_samples_and_the_folder() -> None:
    result = {
        "parameters": 1234567, "vocabulary": 96, "scores": {"train": SCORES, "select": SCORES},
        "tokens": 20000, "seconds": 40.0,
    }  # fmt: skip
    lines = format_training_report("artist", result, "(^_^)", "experiments/artist").splitlines()
    assert lines[0] == "artist: 1,234,567 parameters, 96 characters known"
    assert lines[3].split() == ["train", "1.2500", "1.8030", "62.50", "%", "12,345"]
    assert lines[4].split()[0] == "select" and lines[6] == "(^_^)"
    assert lines[-2] == "learned 20,000 characters (40 s, 500 a second)"
    assert lines[-1] == "written to experiments/artist/"


def test_a_run_without_a_step_divides_by_nothing() -> None:
    result = {"parameters": 1, "vocabulary": 2, "scores": {}, "tokens": 0, "seconds": 0.0}
    assert "learned 0 characters" in format_training_report("artist", result, "", "here")
