"""python -m lab: the list of the commands, all of them, without torch."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lab.__main__ import main

LAB = Path(__file__).parents[1] / "lab"


def test_every_command_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    listed = capsys.readouterr().out
    commands = [path.stem for path in LAB.glob("*.py") if not path.stem.startswith("_")]
    assert len(commands) == 11
    assert all(f"python -m lab.{command} " in listed for command in commands)
    assert "lab.__main__" in sys.modules
