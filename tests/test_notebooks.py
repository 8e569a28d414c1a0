"""Notebooks: each runs on the committed results, defines nothing, and carries no output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def cells(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_the_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["gallery_review", "genealogy", "hybrid_vigor"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_only_reads_and_shows(path: Path) -> None:
    assert 0 < len(cells(path)) <= 12
    for cell in cells(path):
        assert cell.outputs == [] and cell.execution_count is None
        assert not any(line.lstrip().startswith("def ") for line in cell.source.splitlines())
        assert ".train" not in cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": path.parent}}).execute()
    shown = [output for cell in book.cells for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in shown)
    assert not [output for output in shown if output.get("name") == "stderr"]
