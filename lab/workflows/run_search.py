"""Search run: a search over children, its fitness on select, every request and score in a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate, FitnessEvaluator, SearchResult
from lab.breeding.search.search_log import SearchLog
from lab.breeding.statistics.window_scores import WindowScores
from lab.training.compiled_scoring import Predictor, compiled_predictor, is_worth_compiling
from lab.workflows.search_progress import track_search
from lab.workflows.split_scorer import SplitScorer


def run_search(
    scorer: SplitScorer,
    search: Callable[..., SearchResult],
    builder: ChildBuilder,
    log_path: Path,
    header: Mapping[str, Any],
    seed: int,
    clone_of: Callable[[Candidate], str | None] = lambda _: None,
    max_children: int = 0,
) -> SearchResult:
    """Run a search, or replay what its log holds and go on from there.

    max_children is the most that the search may ask for, 0 if that is unknown. If the arithmetic
    allows compiling and so many children are worth it, one graph scores them all, and the header
    of the log says so.
    """
    log_header = {**header, "windows": len(scorer.select_windows), "seed": seed}
    make_predictor = choose_predictor(scorer, builder, max_children)
    if make_predictor:
        log_header["compiled"] = True

    def score_candidate(
        candidate: Candidate, share: float, known_scores: WindowScores | None = None
    ) -> WindowScores:
        return scorer.score_select(builder.build(candidate), share, known_scores, make_predictor)

    with track_search(log_path.stem, max_children) as progress:
        log = SearchLog(log_path, log_header)
        evaluate = FitnessEvaluator(
            score_candidate, builder.key, log, clone_of, score_candidate, progress.update
        )
        return search(builder, evaluate, np.random.default_rng(seed))


def choose_predictor(
    scorer: SplitScorer, builder: ChildBuilder, max_children: int
) -> Predictor | None:
    """Return one compiled graph for all children of a search; None if the eager forward will do."""
    architecture = next(iter(builder.founders.values())).architecture
    if not scorer.arithmetic.compiled or not is_worth_compiling(
        architecture, scorer.select_windows, max_children
    ):
        return None
    return compiled_predictor(scorer.select_windows, scorer.arithmetic)
