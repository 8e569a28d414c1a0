"""The study's tables say what its committed records say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lab.breeding.statistics.across_seeds import summarise_verdicts
from lab.figures.results import average_over_seeds, effects_table, load_crosses
from lab.workflows.summarise import find_studies

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
    found = effects_table(load_crosses(STUDY))
    return found[found["more"] == ""]


def shown(frame: pd.DataFrame, **wanted: str) -> str:
    """Mean and interval over seeds, as the tables print them."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    (row,) = average_over_seeds(frame, ("effect",)).to_dict("records")
    return f"{row['mean']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]"


def test_what_vigor_is_made_of(frame: pd.DataFrame) -> None:
    told = rows("shared ancestor, slerp")
    assert len(told) == 15
    mine = frame[(frame["relation"] == "shared_ancestor") & (frame["search"] == "golden")]
    for name, cells in told.items():
        role = name.partition(":")[0]
        expected = [shown(mine, effect=role, rate=rate) for rate in ("constant", "annealed")]
        assert [NUMBER.search(cell).group(0) for cell in cells] == expected, name


def test_every_operator(frame: pd.DataFrame) -> None:
    told = rows("gen-0 child of relatives")
    assert len(told) == 8
    mine = frame[(frame["search"] == "none") & (frame["effect"] == "better parent vigor")]
    claims = json.loads((STUDY / "summary-enwik8-laptop.json").read_text())["effects"]
    for operator, cells in told.items():
        expected = []
        for rate in ("constant", "annealed"):
            claim = claims["better_parent_vigor"][f"shared_ancestor {operator} none {rate}"]
            expected += [shown(mine, operator=operator, rate=rate), claim["claim"]]
        assert cells == expected, operator


def test_the_summary_is_of_the_records() -> None:
    (verdicts,) = find_studies(STUDY, "*").values()
    again = summarise_verdicts(verdicts, np.random.default_rng(0))
    kept = json.loads((STUDY / "summary-enwik8-laptop.json").read_text())
    assert rounded(kept) == rounded(again)


def rounded(data: Any) -> Any:
    """Plain data whose numbers are the same on every machine."""
    if isinstance(data, dict):
        return {key: rounded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [rounded(value) for value in data]
    return round(data, 9) if isinstance(data, float) else data


def test_what_is_told_of_text_from_home() -> None:
    text = (STUDY / "README.md").read_text().replace("\n   ", " ")
    home = json.loads((STUDY / "home.json").read_text())
    for found in (home[rate]["effects"] for rate in ("constant", "annealed")):
        mean, (low, high) = (found["home advantage"][key] for key in ("mean", "interval"))
        assert f"{mean:.3f} [{low:.3f}, {high:.3f}]" in text
        excess = found["mid parent excess"]
        assert "{:+.4f} [{:+.4f}, {:+.4f}]".format(excess["mean"], *excess["interval"]) in text
        for cross in ("shared_ancestor", "same_data"):
            assert f"{found[f'mid parent vigor, {cross}']['mean']:+.4f}" in text
