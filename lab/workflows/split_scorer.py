"""Split scorer: a genotype's scores on the select split and, each use logged, on the report split.

Fitness, the distribution of random children and the barrier are measured on select. An individual
that is scored on report has its id written to report-touches.jsonl first.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lab.breeding.search.child_builder import content_hash
from lab.breeding.statistics.report_log import record_evaluation
from lab.breeding.statistics.window_scores import WindowScores, windows_in_share
from lab.models.genotype import Genotype
from lab.storage import atomic_file
from lab.training.compiled_scoring import Predictor
from lab.training.ensemble import ensemble
from lab.training.learner import predictor
from lab.training.precision import Arithmetic
from lab.training.scoring import Predict, score

WINDOWS_PER_BLOCK = 10  # neighbouring windows that stay together where select is shuffled


@dataclass
class SplitScorer:
    """Scores genotypes on the held-out windows of all datasets of a family.

    select is shuffled, ten neighbours at a time and always alike, so that its first windows, by
    which races decide, are drawn from all of it. domains names the domain of each report window,
    if any. report_scores and evaluated_ids: scores and id, by name, of each model scored on report.
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
        """Return a genotype's scores on the first share of select, of which the first may be known.

        make_predictor: genotype -> predictor, by default the eager forward, whose scores on the
        whole of select are cached for later searches and controls.
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
        """Score a genotype, or an ensemble of them, on report; the use is logged first."""
        record_evaluation(self.report_log, identity, f"{self.purpose}: {name}")
        self.evaluated_ids[name] = identity
        predictors = [predictor(member, self.arithmetic) for member in members]
        self.report_scores[name] = self._score(
            predictors[0] if len(predictors) == 1 else ensemble(predictors), self.report_windows
        )
        return self.report_scores[name]

    def bpc_by_domain(self) -> dict[str, dict[str, float | None]]:
        """Return the bpc on report of every model scored so far, domain by domain."""
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
        """Write all scores on report, window by window, as npz: nats.<name> and characters, [W]."""
        vectors = {f"nats.{name}": scores.nats for name, scores in self.report_scores.items()}
        vectors["characters"] = next(iter(self.report_scores.values())).characters.astype(np.int32)
        file = io.BytesIO()
        np.savez_compressed(file, **vectors)  # type: ignore[arg-type]
        atomic_file.write_atomic(path, file.getvalue())

    def _score(self, predict: Predict, windows: Sequence[np.ndarray]) -> WindowScores:
        return score(predict, windows, self.arithmetic.device)
