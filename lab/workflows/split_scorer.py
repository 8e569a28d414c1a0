"""The jury: scores candidates on select, and on the sealed report split with every touch on record.

Used by `lab.breed`. Fitness, the null of random alphas and the barrier are
measured on select. Who is scored on report has its id written down first, in
experiments/report-touches.jsonl.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.search.child_builder import ChildBuilder, content_hash
from lab.breeding.search.evaluator import Candidate, FitnessEvaluator, SearchResult
from lab.breeding.search.search_log import SearchLog
from lab.breeding.statistics.report_log import record_evaluation
from lab.breeding.statistics.window_scores import WindowScores, windows_in_share
from lab.models.genotype import Genotype
from lab.storage import atomic_file
from lab.training.compiled_scoring import Predictor, compiled_predictor, is_worth_compiling
from lab.training.ensemble import ensemble
from lab.training.learner import predictor
from lab.training.precision import Arithmetic
from lab.training.scoring import Predict, score
from lab.workflows.search_progress import track_search

WINDOWS_PER_BLOCK = 10  # neighbouring windows that stay together where select is shuffled


@dataclass
class SplitScorer:
    """Scores on the held-out windows of all corpora of a family.

    select is shuffled, ten neighbours at a time and always alike, so that its first windows,
    which races go by, are from all over it. domains names the domain of each report window, if any.
    kept and touched: scores and id, by name, of everybody who was scored on report.
    """

    select_windows: Sequence[np.ndarray]
    report_windows: Sequence[np.ndarray]
    arithmetic: Arithmetic
    report_log: Path
    purpose: str
    domains: Sequence[str] = ()
    report_scores: dict[str, WindowScores] = field(default_factory=dict)
    evaluated_ids: dict[str, str] = field(default_factory=dict)
    _select_cache: dict[str, WindowScores] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Shuffle select."""
        starts = range(0, len(self.select_windows), WINDOWS_PER_BLOCK)
        blocks = [self.select_windows[start : start + WINDOWS_PER_BLOCK] for start in starts]
        order = np.random.default_rng(0).permutation(len(blocks))
        self.select_windows = [window for i in order for window in blocks[i]]

    def score_select(
        self,
        genotype: Genotype,
        share: float = 1.0,
        known_scores: WindowScores | None = None,
        make_predictor: Predictor | None = None,
    ) -> WindowScores:
        """A genotype's scores on the first share of select, of which the first may be known.

        predictors: what predicts under it, the eager forward by default. By that a genotype is
        scored on the whole of select once, whichever search or control asks again.
        """
        if make_predictor is None and known_scores is None and share == 1.0:
            name = content_hash(genotype)
            if name not in self._select_cache:
                predict = predictor(genotype, self.arithmetic)
                self._select_cache[name] = self._score(predict, self.select_windows)
            return self._select_cache[name]
        done = 0 if known_scores is None else len(known_scores)
        windows = self.select_windows[done : windows_in_share(share, len(self.select_windows))]
        if known_scores is not None and not windows:
            return known_scores
        predict = (
            make_predictor(genotype) if make_predictor else predictor(genotype, self.arithmetic)
        )
        scores = self._score(predict, windows)
        return scores if known_scores is None else known_scores.concatenate(scores)

    def score_report(self, name: str, identity: str, *members: Genotype) -> WindowScores:
        """Scores of a genotype, or of an ensemble of them, on report; the touch written first."""
        record_evaluation(self.report_log, identity, f"{self.purpose}: {name}")
        self.evaluated_ids[name] = identity
        predictors = [predictor(member, self.arithmetic) for member in members]
        self.report_scores[name] = self._score(
            predictors[0] if len(predictors) == 1 else ensemble(predictors), self.report_windows
        )
        return self.report_scores[name]

    def run_search(
        self,
        search: Callable[..., SearchResult],
        builder: ChildBuilder,
        log_path: Path,
        header: Mapping[str, Any],
        seed: int,
        clone_of: Callable[[Candidate], str | None] = lambda _: None,
        max_children: int = 0,
    ) -> SearchResult:
        """Let a search loose on a nursery; every ask is in the log, from which it is replayed.

        children is how many it may ask for at most, 0 where nobody knows: where the arithmetic
        says compiled and so many are worth it (`graph.pays`), one graph scores them all, which the
        log's header then tells.
        """
        log_header = {**header, "windows": len(self.select_windows), "seed": seed}
        make_predictor = self._compiled_predictor(builder, max_children)
        if make_predictor:
            log_header["compiled"] = True

        def score_candidate(
            candidate: Candidate, share: float, known_scores: WindowScores | None = None
        ) -> WindowScores:
            return self.score_select(builder.build(candidate), share, known_scores, make_predictor)

        with track_search(log_path.stem, max_children) as progress:
            log = SearchLog(log_path, log_header)
            evaluate = FitnessEvaluator(
                score_candidate, builder.key, log, clone_of, score_candidate, progress.update
            )
            return search(builder, evaluate, np.random.default_rng(seed))

    def bpc_by_domain(self) -> dict[str, dict[str, float | None]]:
        """bpc on report of everybody scored so far, domain by domain."""
        label, table = np.array(self.domains), dict[str, dict[str, float | None]]()
        for domain in dict.fromkeys(self.domains):
            mask = label == domain
            parts = {
                n: WindowScores(scores.nats[mask], scores.characters[mask])
                for n, scores in self.report_scores.items()
            }
            bpc = {name: scores.bpc for name, scores in parts.items()}
            table[domain] = {n: value if np.isfinite(value) else None for n, value in bpc.items()}
        return table

    def save_report_scores(self, path: Path) -> None:
        """Write the report scores of everybody, window by window: nats.<name>, characters."""
        vectors = {f"nats.{name}": scores.nats for name, scores in self.report_scores.items()}
        vectors["characters"] = next(iter(self.report_scores.values())).characters.astype(np.int32)
        file = io.BytesIO()
        np.savez_compressed(file, **vectors)  # type: ignore[arg-type]
        atomic_file.write_atomic(path, file.getvalue())

    def _compiled_predictor(self, builder: ChildBuilder, max_children: int) -> Predictor | None:
        architecture = next(iter(builder.founders.values())).architecture
        if not self.arithmetic.compiled or not is_worth_compiling(
            architecture, self.select_windows, max_children
        ):
            return None
        return compiled_predictor(self.select_windows, self.arithmetic)

    def _score(self, predict: Predict, windows: Sequence[np.ndarray]) -> WindowScores:
        return score(predict, windows, self.arithmetic.device)
