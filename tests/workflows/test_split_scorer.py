"""The split scorer: select cached, report logged before it is scored, domains and scores kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lab.breeding.statistics.report_log import read_evaluations
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer

MakeCross = Callable[..., SearchedCross]


def test_a_share_and_the_rest_are_the_whole(make_cross: MakeCross, scorer: SplitScorer) -> None:
    genotype = make_cross().cross.prepared.parents[0]
    part = scorer.score_select(genotype, 0.5)
    whole = scorer.score_select(genotype, 1.0, part)
    assert len(part) == 6 and np.array_equal(whole.nats, scorer.score_select(genotype).nats)
    assert scorer.score_select(genotype) is scorer.score_select(genotype)


def test_a_use_of_report_is_logged_before_it_is_scored(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    genotype = make_cross().cross.prepared.parents[0]
    scorer.report_windows = [np.array([99, 99])]  # no such character: scoring fails
    with pytest.raises((IndexError, RuntimeError)):
        scorer.score_report("broken", "its id", genotype)
    (entry,) = read_evaluations(tmp_path / "report-touches.jsonl")
    assert (entry["candidate"], entry["purpose"]) == ("its id", "test: broken")
    assert scorer.evaluated_ids == {"broken": "its id"} and not scorer.report_scores


def test_domains_add_up_and_scores_are_saved(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    scores = scorer.score_report("a", "1", make_cross().cross.prepared.parents[0])
    table = scorer.bpc_by_domain()
    assert (
        min(table["x"]["a"], table["y"]["a"]) <= scores.bpc <= max(table["x"]["a"], table["y"]["a"])
    )
    scorer.save_report_scores(tmp_path / "scores.npz")
    saved = np.load(tmp_path / "scores.npz")
    assert sorted(saved.files) == ["characters", "nats.a"]
    assert np.array_equal(saved["nats.a"], scores.nats)


def test_select_is_shuffled_by_blocks_and_always_alike(scorer: SplitScorer) -> None:
    windows = [np.array([number]) for number in range(35)]
    orders = []
    for _ in range(2):
        made = SplitScorer(windows, windows, scorer.arithmetic, Path("log"), "test")
        orders.append([int(window[0]) for window in made.select_windows])
    assert orders[0] == orders[1] != list(range(35)) and sorted(orders[0]) == list(range(35))
    starts = [number for number in orders[0] if number % 10 == 0]
    assert all(orders[0][orders[0].index(s) + 1] == s + 1 for s in starts)
