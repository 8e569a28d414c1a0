"""Notebooks: committed executed, they run again to the same numbers, and those are the records'."""

from __future__ import annotations

import json
import random
import re
from functools import lru_cache
from pathlib import Path
from statistics import mean, median
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from lab.galleries.gallery_file import read_gallery
from lab.genealogy.pedigree import read_pedigree
from lab.records.run import read_result

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "experiments" / "vigor-laptop"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NUMBER = r"(-?\d+\.\d+)"
SLERP = "shared_ancestor slerp golden"
ROLES = {  # a row of the notebook's table -> sign and row of summary-*.json
    "better parent vigor": (1, "better_parent_vigor"),
    "mid parent heterosis": (1, "mid_parent_heterosis"),
    "specialisation excess": (1, "specialisation_excess"),
    "what search adds": (1, "advantage_over.gen-0 child"),
    "over random alphas": (1, "advantage_over.best random"),
    "over nlerp": (1, "advantage_over.nlerp"),
    "over the raw average": (1, "advantage_over.raw average"),
    "over the union once": (1, "advantage_over.union once"),
    "over best parent twice": (1, "advantage_over.best parent twice"),
    "over the union twice": (1, "advantage_over.union twice"),
    "over the ensemble": (-1, "ensemble_gap"),
}


def cells(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def texts(book: Any) -> list[str]:
    """What its cells print, in order; a figure's repr, which tells its size, is left out."""
    outputs = [out for cell in book.cells for out in cell.get("outputs", ())]
    said = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in outputs]
    return [text for text in said if text and not text.startswith("<Figure")]


def printed(name: str) -> str:
    """All that the committed notebook of this name printed."""
    return "\n".join(texts(nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)))


@lru_cache(maxsize=1)
def kinship_pairs() -> list[dict[str, Any]]:
    return list(json.loads((STUDY / "kinship.json").read_text())["pairs"])


def test_there_are_the_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["gallery_review", "genealogy", "hybrid_vigor"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_only_reads_and_shows(path: Path) -> None:
    assert 0 < len(cells(path)) <= 13
    for cell in cells(path):
        assert not any(line.lstrip().startswith("def ") for line in cell.source.splitlines())
        assert ".train" not in cell.source


def test_they_are_committed_executed_and_small() -> None:
    for path in NOTEBOOKS:
        counts = [cell.execution_count for cell in cells(path)]
        assert counts == list(range(1, len(counts) + 1)), path.stem
    assert sum(path.stat().st_size for path in NOTEBOOKS) < 1_000_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_the_numbers_committed(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    committed = texts(book)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": path.parent}}).execute()
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert committed and texts(book) == committed


@pytest.mark.parametrize("rate", ["constant", "annealed"])
def test_the_decomposition_is_of_slerp_alone(rate: str) -> None:
    summary = json.loads((STUDY / "summary-enwik8-laptop.json").read_text())["effects"]
    row = rf"{rate} +([a-z][\w' -]+?) +{NUMBER} +{NUMBER} +{NUMBER} +(\d+)$"
    rows = re.findall(row, printed("hybrid_vigor"), re.MULTILINE)
    assert len(rows) == 15 and {row[4] for row in rows} == {"5"}
    checked = {role: [float(number) for number in row] for role, *row, _ in rows}
    for role, (sign, effect) in ROLES.items():
        record = summary[effect][f"{SLERP} {rate}"]
        ends = sorted(sign * record[key] for key in ("t_low", "t_high"))
        assert checked[role] == pytest.approx([sign * record["mean"], *ends], abs=5.1e-5), role
    siblings = summary["better_parent_vigor"][f"same_data slerp golden {rate}"]
    expected = [siblings[key] for key in ("mean", "t_low", "t_high")]
    assert checked["noise averaging"] == pytest.approx(expected, abs=5.1e-5)
    crosses = [read_result(STUDY / f"shared_ancestor-{rate}-seed.{seed}") for seed in range(5)]
    scores = [cross["verdict"]["bpc"] for cross in crosses if cross]
    for role, controls in {
        "hindsight vigor": ("forkL", "forkR"),
        "over a parent's own mean": ("forkL last", "forkR last"),
        "over a parent's ema": ("forkL ema", "forkR ema"),
    }.items():
        gains = [min(bpc[name] for name in controls) - bpc["child"] for bpc in scores]
        assert checked[role][0] == pytest.approx(mean(gains), abs=5.1e-5), role


def test_the_search_and_the_home_advantage_are_the_records() -> None:
    text = printed("hybrid_vigor")
    search = (read_result(STUDY / "evolution-constant-seed.0") or {})["search"]["bpc"]
    gain = search["gen-0"] - search["champion"]
    assert (
        f"gen-0 child {search['gen-0']:.4f}, champion {search['champion']:.4f} bpc on select, "
        f"gain {gain:.4f}" in text
    )
    home = json.loads((STUDY / "home.json").read_text())
    for name in home["constant"]["effects"]:
        rows = re.findall(rf"{name} +{NUMBER} +{NUMBER} +{NUMBER} +{NUMBER}", text)
        assert len(rows) == 2, name
        for rate, row in zip(("constant", "annealed"), rows, strict=True):
            effect = home[rate]["effects"][name]
            expected = [effect["mean"], *effect["interval"], effect["p"]]
            assert [float(number) for number in row] == pytest.approx(expected, abs=5.1e-5)


def test_the_pedigree_and_its_kinship_are_the_records() -> None:
    text = printed("genealogy")
    assert f"'{len(read_pedigree(STUDY).graph)} individuals'" in text
    relations = ["ancestor and parent", "parent and child", "parents"]
    assert re.search(" +".join(relations), text)
    for key in ("wright", "angle"):
        table = text[text.index(f"{key} ") :]
        expected = {
            "count": [sum(p["relation"] == name for p in kinship_pairs()) for name in relations],
            "mean": [mean(values(key, name)) for name in relations],
            "50%": [median(values(key, name)) for name in relations],
            "max": [max(values(key, name)) for name in relations],
        }
        for row, numbers in expected.items():
            found = re.search(rf"{row} +{NUMBER} +{NUMBER} +{NUMBER}", table)
            assert found and [float(number) for number in found.groups()] == pytest.approx(
                numbers, abs=5.1e-4
            ), (key, row)


def values(key: str, relation: str) -> list[float]:
    return [pair[key] for pair in kinship_pairs() if pair["relation"] == relation]


def test_the_gallery_table_is_of_the_galleries() -> None:
    text = printed("gallery_review")
    paths = sorted((ROOT / "galleries").glob("*.samples.jsonl"))
    galleries = [path for path in paths if not path.name.startswith("demo-")]
    lines = [line for path in galleries for line in read_gallery(path) if line["nearest"]]
    for path in galleries:
        assert f"{path.name}: {len(read_gallery(path))} pieces" in text
    for artist in {line["artist"] for line in lines}:
        mine = [line for line in lines if line["artist"] == artist]
        row = re.search(rf"^{artist} +(\d+) +{NUMBER} +{NUMBER}$", text, re.MULTILINE)
        assert row and int(row[1]) == len(mine), artist
        shares = [mean(line["closed"] for line in mine),
                  median(line["nearest"]["similarity"] for line in mine)]  # fmt: skip
        assert [float(row[2]), float(row[3])] == pytest.approx(shares, abs=5.1e-4), artist
    finished = [line for line in lines if line["closed"]]
    chosen = random.Random(0).sample(finished, 16)
    new = sum(line["nearest"]["verdict"] == "new" for line in chosen)
    assert f"16 of {len(finished)} finished pieces, {new} new" in text
