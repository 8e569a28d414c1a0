"""The generation of every score, from an evolution's record or from its log."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import FitnessEvaluator
from lab.breeding.search.evolution import evolution
from lab.breeding.search.search_history import number_generations, read_history
from lab.breeding.search.search_log import SearchLog
from lab.models.hypersphere import angle

SEARCH = {"population": 4, "generations": 3, "children": 3, "shares": [0.25, 1.0]}


def loss(builder: ChildBuilder, candidate: Any) -> float:
    first = next(iter(builder.founders.values()))
    return 2 + float(angle(builder.build(candidate).rows, first.rows).mean())


def test_generations_are_counted_through_races(
    toy: Any, nursery: Callable[..., ChildBuilder], tmp_path: Path
) -> None:
    builder, path = nursery(), tmp_path / "search.jsonl"
    evaluate = FitnessEvaluator(
        toy.counting(partial(loss, builder)), builder.key, SearchLog(path, {"search": SEARCH})
    )
    result = evolution(builder, evaluate, np.random.default_rng(0), **SEARCH)
    generations = number_generations(result.record, SEARCH)
    begun = [g for g, e in zip(generations, result.record, strict=True) if e["share"] == 0.25]
    assert begun == [1] * 3 + [2] * 3 + [3] * 3
    assert generations[:5] == [0] * 5 and generations == sorted(generations)
    history = read_history(path)
    assert [line["generation"] for line in history] == generations
    assert [line["share"] for line in history] == [entry["share"] for entry in result.record]


def test_other_searches_have_no_generations_and_no_log_no_history(tmp_path: Path) -> None:
    record = [{"candidate": {"alpha": [0.5]}, "share": 1.0}]
    assert number_generations(record, {"budget": 3}) == [None]
    assert read_history(tmp_path / "search.jsonl") == []
