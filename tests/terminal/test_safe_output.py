"""Safe output: what commands print, warn and refuse holds no sequence that a terminal obeys."""

from __future__ import annotations

import ast
import io
import json
import logging
import shutil
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from lab.models.individual import Individual
from lab.terminal.safe_output import emit, guard_warnings, prepare_streams
from tests.workflows.conftest import bars, save_artist

__all__ = ["bars", "save_artist"]
CHECKOUT = Path(__file__).parents[2]
LAB = CHECKOUT / "lab"
CROSS = CHECKOUT / "experiments" / "domains" / "domains-standin"  # a cross that was really run
CLEAR = "\x1b[2J"
MAY_PRINT = ("terminal/", "benchmarks/", "films/player.py")  # these send sequences of their own


def test_only_the_terminal_room_prints() -> None:
    calls = {
        path.relative_to(LAB).as_posix()
        for path in LAB.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    }
    assert [path for path in sorted(calls) if not path.startswith(MAY_PRINT)] == []


def test_controls_become_symbols(capsys: pytest.CaptureFixture[str]) -> None:
    emit("a", 1, f"{CLEAR}\rb\u202ec\nd", end="!")
    assert capsys.readouterr().out == "a 1 ␛[2J␍b<U+202E>c\nd!"
    emit(CLEAR, file=sys.stderr)
    assert capsys.readouterr().err == "␛[2J\n"


def test_warnings_and_logs_of_libraries_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    guard_warnings()
    guard_warnings()
    text = warnings.formatwarning(
        f"Glyph 27 ({CLEAR}) missing", UserWarning, "axes.py", 3, "plot()"
    )
    assert "Glyph 27 (␛[2J) missing" in text and "\x1b" not in text
    assert logging.lastResort is not None
    record = logging.LogRecord("a", logging.WARNING, "p", 1, f"font {CLEAR}", (), None)
    assert logging.lastResort.format(record) == "font ␛[2J"


@pytest.fixture
def folder(save_artist: Callable[..., Individual]) -> str:
    """A stranger's folder whose name, parents' ids, corpus and labels hold sequences."""
    folder = f"from{CLEAR}here"
    save_artist("a", parents=[f"{CLEAR}{'0' * 60}"], parent_names=[CLEAR])
    shutil.copytree(Path("experiments/a"), folder)
    return folder


def keep_hostile_cross(run: Path) -> None:
    """Keep a cross's real records as a run whose study, arm and parents' names hold sequences."""
    shutil.copytree(CROSS, run)
    text = (run / "result.json").read_text()
    result = json.loads(text.replace("dom", json.dumps(CLEAR)[1:-1] + "dom"))
    result["study"] = CLEAR + result["study"]
    (run / "result.json").write_text(json.dumps(result))


@pytest.mark.parametrize(
    "words",
    [
        "sample artist='{folder}' labels=[bar] count=1 galleries='{clear}'",
        "sample artist='{clear}'",
        "evaluate artist='{folder}' corpus=drawings corpus.path='{folder}/art.jsonl'",
        "evaluate artist='{folder}'",
        "export artist='{folder}' format=hub output='{clear}'",
        "pedigree of=a",
        "pedigree of='{clear}'",
        "summarise",
        "summarise study='{clear}'",
        "plot",
        "display picture='{clear}.png'",
        "play artist='{folder}' view=print",
        "breed parents=files parent_runs=['{folder}','{clear}']",
        "train corpus=text corpus.path='{clear}' framing=none",
        "train name='{clear}'",
        "train '{clear}=1'",
    ],
)
def test_no_command_sends_a_sequence_of_its_data(
    words: str, folder: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    art = [{"label": f"{CLEAR}{n % 3}", "art": f"o{'-' * n}o"} for n in range(1, 40)]
    Path(folder, "art.jsonl").write_text("\n".join(map(json.dumps, art)))
    keep_hostile_cross(Path("experiments/crossed"))
    command, *arguments = words.format(folder=folder, clear=CLEAR).split(" ")
    monkeypatch.setattr(sys, "argv", [f"lab.{command}", *arguments])
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        try:
            import_module(f"lab.{command}").main()
        except SystemExit as ending:
            assert ending.code in (0, 1, 2)
    printed = capfd.readouterr()
    assert printed.out + printed.err
    assert words not in ("summarise", "plot") or "2Jdom" in printed.out
    assert "\x1b" not in printed.out + printed.err


def test_closed_streams_lose_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    prepare_streams()
    emit("nobody reads this")
    emit("nor this", file=sys.stderr)
    assert not sys.stdout.isatty()
    for stream in (sys.stdout, sys.stderr):
        stream.close()


def test_a_stream_that_is_no_utf8_has_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="latin-1"))
    prepare_streams()
    emit("a \u2588 b")
    sys.stdout.flush()
    assert buffer.getvalue() == b"a ? b\n"
