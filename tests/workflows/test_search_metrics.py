"""Search metrics: share and generation of every score, best of those on all windows only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.search.evaluator import SearchResult
from lab.breeding.statistics.window_scores import WindowScores
from lab.records import Run
from lab.records.metrics import read_metrics
from lab.workflows.search_metrics import summarise_search, write_search_metrics

SEARCH = {"population": 2, "generations": 1, "children": 2, "shares": [0.5, 1.0]}
SCORES = WindowScores(np.array([2.0]), np.array([2]))


def entry(bpc: float | None, share: float, **candidate: Any) -> dict[str, Any]:
    key = str(candidate)
    return {"candidate": candidate, "share": share, "key": key, "bpc": bpc, "scored": True}


RECORD = [
    entry(3.0, 1.0, alpha=[0.5]),
    entry(3.5, 1.0, founder="a"),
    entry(3.25, 1.0, founder="b"),
    entry(3.0, 1.0, alpha=[0.5]),
    entry(1.0, 0.5, alpha=[0.1]),
    entry(None, 0.5, alpha=[0.2]),
    entry(2.5, 1.0, alpha=[0.1]),
]
RESULT = SearchResult({"alpha": [0.1]}, "k", SCORES, SCORES, None, 6.0, RECORD)


def test_best_counts_only_scores_on_all_windows(tmp_path: Path) -> None:
    with Run(tmp_path, "run", {"name": "run"}, False, {"kind": "json"}) as run:
        write_search_metrics(run, RESULT, [2.0, 1.0, 2.5], SEARCH)
    lines = read_metrics(tmp_path / "run" / "metrics.jsonl")
    searched = [line for line in lines if line["kind"] == "search"]
    assert [line["best"] for line in searched] == [3.0, 3.0, 3.0, 3.0, 3.0, 2.5]
    assert [line["step"] for line in searched] == [0, 1, 2, 3, 4, 6]
    assert [line["share"] for line in searched] == [1.0, 1.0, 1.0, 1.0, 0.5, 1.0]
    assert [line["generation"] for line in searched] == [0, 0, 0, 0, 1, 1]
    assert [line["at"] for line in lines if line["kind"] == "geodesic"] == [0.0, 0.5, 1.0]


def test_the_cost_counts_children_without_founders() -> None:
    cost = summarise_search(RESULT)
    assert (cost["asked"], cost["scored"], cost["scorings"], cost["passes"]) == (7, 3, 7, 6.0)
