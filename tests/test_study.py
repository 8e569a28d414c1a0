"""The study's tables say what its committed records say."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from lab.figures.results import crosses, effects, over_seeds

STUDY = Path(__file__).resolve().parents[1] / "experiments" / "vigor-laptop"
NUMBER = re.compile(r"([+-]\d+\.\d{4}) \[([+-]\d+\.\d{4}), ([+-]\d+\.\d{4})\]")


def rows(title: str) -> dict[str, list[str]]:
    """The table whose first cell begins with title: first cell -> the others."""
    lines = (STUDY / "README.md").read_text().split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {title}"))
    found = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        found[name] = cells
    return found


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    found = effects(crosses(STUDY))
    return found[found["more"] == ""]


def shown(frame: pd.DataFrame, **wanted: str) -> str:
    """Mean and interval over seeds, as the tables print them."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    (row,) = over_seeds(frame, ("effect",)).to_dict("records")
    return f"{row['mean']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"


def test_what_vigor_is_made_of(frame: pd.DataFrame) -> None:
    told = rows("shared ancestor, slerp")
    assert len(told) == 13
    mine = frame[(frame["relation"] == "shared_ancestor") & (frame["search"] == "golden")]
    for name, cells in told.items():
        role = name.partition(":")[0]
        expected = [shown(mine, effect=role, rate=rate) for rate in ("constant", "annealed")]
        assert [NUMBER.search(cell).group(0) for cell in cells] == expected, name


def test_every_operator(frame: pd.DataFrame) -> None:
    told = rows("gen-0 child of relatives")
    assert len(told) == 8
    mine = frame[(frame["search"] == "none") & (frame["effect"] == "better parent vigor")]
    for operator, cells in told.items():
        expected = [shown(mine, operator=operator, rate=rate) for rate in ("constant", "annealed")]
        assert cells == expected, operator
