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

from lab.breeding.search.child_builder import Nursery, content
from lab.breeding.search.evaluator import Candidate, Found, Judge
from lab.breeding.search.search_log import Journal
from lab.breeding.statistics.report_log import touch
from lab.breeding.statistics.window_scores import Scores, windows_in
from lab.models.genotype import Genotype
from lab.storage import atomic_file
from lab.training.compiled_scoring import Predictor, pays, shared
from lab.training.ensemble import ensemble
from lab.training.learner import predictor
from lab.training.precision import Arithmetic
from lab.training.scoring import Predict, score
from lab.workflows.search_progress import watched

TOGETHER = 10  # neighbouring windows that stay together where select is shuffled


@dataclass
class Jury:
    """Scores on the held-out windows of all corpora of a family.

    select is shuffled, ten neighbours at a time and always alike, so that its first windows,
    which races go by, are from all over it. domains names the domain of each report window, if any.
    kept and touched: scores and id, by name, of everybody who was scored on report.
    """

    select_windows: Sequence[np.ndarray]
    report_windows: Sequence[np.ndarray]
    arithmetic: Arithmetic
    touches: Path
    purpose: str
    domains: Sequence[str] = ()
    kept: dict[str, Scores] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    _whole: dict[str, Scores] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Shuffle select."""
        starts = range(0, len(self.select_windows), TOGETHER)
        blocks = [self.select_windows[start : start + TOGETHER] for start in starts]
        order = np.random.default_rng(0).permutation(len(blocks))
        self.select_windows = [window for i in order for window in blocks[i]]

    def select(
        self,
        genotype: Genotype,
        share: float = 1.0,
        known: Scores | None = None,
        predictors: Predictor | None = None,
    ) -> Scores:
        """A genotype's scores on the first share of select, of which the first may be known.

        predictors: what predicts under it, the eager forward by default. By that a genotype is
        scored on the whole of select once, whichever search or control asks again.
        """
        if predictors is None and known is None and share == 1.0:
            name = content(genotype)
            if name not in self._whole:
                predict = predictor(genotype, self.arithmetic)
                self._whole[name] = self._score(predict, self.select_windows)
            return self._whole[name]
        done = 0 if known is None else len(known)
        some = self.select_windows[done : windows_in(share, len(self.select_windows))]
        if known is not None and not some:
            return known
        predict = predictors(genotype) if predictors else predictor(genotype, self.arithmetic)
        scores = self._score(predict, some)
        return scores if known is None else known.then(scores)

    def report(self, name: str, identity: str, *members: Genotype) -> Scores:
        """Scores of a genotype, or of an ensemble of them, on report; the touch written first."""
        touch(self.touches, identity, f"{self.purpose}: {name}")
        self.touched[name] = identity
        each = [predictor(one, self.arithmetic) for one in members]
        self.kept[name] = self._score(
            each[0] if len(each) == 1 else ensemble(each), self.report_windows
        )
        return self.kept[name]

    def search(
        self,
        search: Callable[..., Found],
        nursery: Nursery,
        log: Path,
        header: Mapping[str, Any],
        seed: int,
        clone_of: Callable[[Candidate], str | None] = lambda _: None,
        children: int = 0,
    ) -> Found:
        """Let a search loose on a nursery; every ask is in the log, from which it is replayed.

        children is how many it may ask for at most, 0 where nobody knows: where the arithmetic
        says compiled and so many are worth it (`graph.pays`), one graph scores them all, which the
        log's header then tells.
        """
        told = {**header, "windows": len(self.select_windows), "seed": seed}
        predictors = self._graph(nursery, children)
        if predictors:
            told["compiled"] = True

        def evaluate(candidate: Candidate, share: float, known: Scores | None = None) -> Scores:
            return self.select(nursery.build(candidate), share, known, predictors)

        with watched(log.stem, children) as watch:
            journal = Journal(log, told)
            judge = Judge(evaluate, nursery.key, journal, clone_of, evaluate, watch.tell)
            return search(nursery, judge, np.random.default_rng(seed))

    def by_domain(self) -> dict[str, dict[str, float | None]]:
        """bpc on report of everybody scored so far, domain by domain."""
        label, table = np.array(self.domains), dict[str, dict[str, float | None]]()
        for domain in dict.fromkeys(self.domains):
            mine = label == domain
            parts = {
                n: Scores(one.nats[mine], one.characters[mine]) for n, one in self.kept.items()
            }
            bpc = {name: one.bpc for name, one in parts.items()}
            table[domain] = {n: value if np.isfinite(value) else None for n, value in bpc.items()}
        return table

    def save(self, path: Path) -> None:
        """Write the report scores of everybody, window by window: nats.<name>, characters."""
        vectors = {f"nats.{name}": one.nats for name, one in self.kept.items()}
        vectors["characters"] = next(iter(self.kept.values())).characters.astype(np.int32)
        file = io.BytesIO()
        np.savez_compressed(file, **vectors)  # type: ignore[arg-type]
        atomic_file.write(path, file.getvalue())

    def _graph(self, nursery: Nursery, children: int) -> Predictor | None:
        shape = next(iter(nursery.founders.values())).architecture
        if not self.arithmetic.compiled or not pays(shape, self.select_windows, children):
            return None
        return shared(self.select_windows, self.arithmetic)

    def _score(self, predict: Predict, windows: Sequence[np.ndarray]) -> Scores:
        measured = score(predict, windows, self.arithmetic.device)
        return Scores(measured.nats, measured.characters)
