"""Fitness evaluator: scores of candidates on the same windows, each child scored once.

A candidate is a plain dict, the recipe of a child. Every request is appended to the search log
with its scores; a search that is run again replays them and so has the same champion.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lab.breeding.search.search_log import SearchLog
from lab.breeding.statistics.window_scores import WindowScores, windows_in_share
from lab.storage.bounded_reader import Kinds, require_types
from lab.storage.verified_folder import canonical_json

ENTRY_FIELDS: dict[str, Kinds] = {
    "candidate": dict, "share": float, "key": str, "scored": bool, "scores?": dict,
}  # fmt: skip
Candidate = dict[str, Any]
EvaluateFunction = Callable[[Candidate, float], WindowScores]
"""(candidate, share) -> scores on the first `windows_in_share(share, W)` windows of select."""
ExtendFunction = Callable[[Candidate, float, WindowScores], WindowScores]
"""(candidate, share, its scores on fewer windows) -> the same, and those of the windows added."""


@dataclass(frozen=True)
class SearchResult:
    """The result of a search: its champion, the scores of the gen-0 child, the record.

    record holds every request in order: candidate, key, share, bpc (None where not finite) and
    scored, False where the same child had been scored before. cost is counted in passes over the
    whole select split. clone_of names the parent that the champion is a copy of, if it is one.
    """

    champion: Candidate
    key: str
    scores: WindowScores
    midpoint_scores: WindowScores
    clone_of: str | None
    cost: float
    record: list[dict[str, Any]]

    @property
    def num_children(self) -> int:
        """How many different children were scored: contents in the record, the founders' aside."""
        founders = {entry["key"] for entry in self.record if "founder" in entry["candidate"]}
        return len({entry["key"] for entry in self.record} - founders)


@dataclass
class FitnessEvaluator:
    """A callable, evaluator(candidate, share) -> WindowScores, that caches and logs all scores.

    key(candidate) is the hash of the child's content; clone_of(candidate) names the parent that
    the child is a copy of, or None. With extend, a larger share scores the added windows only.
    on_record(entry, replayed) is called with every entry of the record, once it is on the disk.
    """

    evaluate: EvaluateFunction
    key: Callable[[Candidate], str]
    log: SearchLog | None = None
    clone_of: Callable[[Candidate], str | None] = lambda _: None
    extend: ExtendFunction | None = None
    on_record: Callable[[dict[str, Any], bool], None] = lambda *_: None
    record: list[dict[str, Any]] = field(default_factory=list, init=False)
    _scores_by_key: dict[str, tuple[float, WindowScores]] = field(
        default_factory=dict, init=False, repr=False
    )
    _keys: dict[bytes, str] = field(default_factory=dict, init=False, repr=False)
    _widest: tuple[float, np.ndarray] | None = field(default=None, init=False, repr=False)
    _cost: float = field(default=0.0, init=False, repr=False)

    def __call__(self, candidate: Candidate, share: float = 1.0) -> WindowScores:
        """Scores of a candidate on the first share of the windows; ValueError for other windows."""
        request = {"candidate": candidate, "share": share}
        entry = self.log.replay(request) if self.log else None
        scores = (
            self._evaluate_candidate(candidate, share)
            if entry is None
            else self._replay_entry(entry)
        )
        key = self.child_key(candidate)
        if key not in self._scores_by_key or self._scores_by_key[key][0] < share:
            self._scores_by_key[key] = share, scores
        self.on_record(self.record[-1], entry is not None)
        return scores

    def child_key(self, candidate: Candidate) -> str:
        """The content hash of a candidate's child; each candidate is built for it only once."""
        recipe = canonical_json(candidate)
        if recipe not in self._keys:
            self._keys[recipe] = self.key(candidate)
        return self._keys[recipe]

    def result(self) -> SearchResult:
        """The best of all candidates that were scored on the whole split, the first one on ties."""
        complete = [entry for entry in self.record if entry["share"] == 1.0]
        if not complete:
            raise ValueError("no candidate was scored on the whole select split")
        best = min(complete, key=lambda e: math.inf if e["bpc"] is None else e["bpc"])
        return SearchResult(
            champion=best["candidate"],
            key=best["key"],
            scores=self._scores_by_key[best["key"]][1],
            midpoint_scores=self._scores_by_key[complete[0]["key"]][1],
            clone_of=self.clone_of(best["candidate"]),
            cost=self._cost,
            record=self.record,
        )

    def _evaluate_candidate(self, candidate: Candidate, share: float) -> WindowScores:
        cached = self._cached_scores(self.child_key(candidate), share)
        scores = (
            self._check_windows(self._compute_scores(candidate, share), share)
            if cached is None
            else cached
        )
        entry = self._record_entry(candidate, share, scores, scored=cached is None)
        if self.log:
            self.log.append({**entry, "scores": scores.pack() if cached is None else None})
        return scores

    def _compute_scores(self, candidate: Candidate, share: float) -> WindowScores:
        previous = self._extendable_scores(candidate, share)
        if self.extend is None or previous is None:
            return self.evaluate(candidate, share)
        return self.extend(candidate, share, previous[1])

    def _extendable_scores(
        self, candidate: Candidate, share: float
    ) -> tuple[float, WindowScores] | None:
        """The share and scores of the child on fewer windows, if there are any to extend."""
        cached = self._scores_by_key.get(self.child_key(candidate)) if self.extend else None
        return cached if cached is not None and cached[0] < share else None

    def _replay_entry(self, entry: dict[str, Any]) -> WindowScores:
        require_types(entry, ENTRY_FIELDS, "an entry of the search log")
        candidate, share = entry["candidate"], entry["share"]
        self._keys[canonical_json(candidate)] = entry["key"]
        if entry.get("scores") is None:
            scores = self._cached_scores(entry["key"], share)
        else:
            scores = self._check_windows(WindowScores.unpack(entry["scores"]), share)
        if scores is None:
            raise ValueError("the search log refers to scores that it does not hold")
        self._record_entry(candidate, share, scores, scored=entry["scored"])
        return scores

    def _cached_scores(self, key: str, share: float) -> WindowScores | None:
        """The cached scores of a child, cut to the share: the widest hold every smaller one."""
        cached_share, scores = self._scores_by_key.get(key, (0.0, None))
        if scores is None or cached_share < share or self._widest is None:
            return None
        widest, characters = self._widest
        if cached_share > share and widest < 1.0:
            return None  # how many windows the share means is known only after a whole score
        return (
            scores
            if cached_share == share
            else scores.truncate(windows_in_share(share, len(characters)))
        )

    def _check_windows(self, scores: WindowScores, share: float) -> WindowScores:
        """The scores, if they are on the same windows as all others, or on the first of them."""
        if self._widest is None or self._widest[0] < share:
            shorter = None if self._widest is None else self._widest[1]
            self._widest = share, scores.characters
        else:
            shorter = scores.characters
        if shorter is not None and not np.array_equal(shorter, self._widest[1][: len(shorter)]):
            raise ValueError("candidates must all be scored on the same windows")
        return scores

    def _record_entry(
        self, candidate: Candidate, share: float, scores: WindowScores, scored: bool
    ) -> dict[str, Any]:
        entry = {
            "candidate": candidate,
            "share": share,
            "key": self.child_key(candidate),
            "bpc": scores.bpc if math.isfinite(scores.bpc) else None,
            "scored": scored,
        }
        self.record.append(entry)
        if scored:
            previous = self._extendable_scores(candidate, share)
            self._cost += share - (previous[0] if previous else 0.0)
        return entry
