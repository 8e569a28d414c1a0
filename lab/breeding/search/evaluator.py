"""The judge of a search: scores every candidate on the same windows, and each child once.

A candidate is a plain dict, the recipe of a child. Every ask is appended to the journal with its
answer; a search that is run again takes its answers from there and so finds the same champion.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lab.breeding.search.search_log import Journal
from lab.breeding.statistics.window_scores import Scores, windows_in
from lab.storage.verified_folder import canonical

Candidate = dict[str, Any]
Evaluate = Callable[[Candidate, float], Scores]
"""(candidate, share) -> scores on the first `windows_in(share, W)` windows of select."""
Extend = Callable[[Candidate, float, Scores], Scores]
"""(candidate, share, its scores on fewer windows) -> the same, and those of the windows added."""


@dataclass(frozen=True)
class Found:
    """What a search found: its champion, the first candidate (the gen-0 child), the record.

    record holds every ask in order: candidate, key, share, bpc (None where not finite) and
    scored, False where the same child had been scored before. cost is what was scored, in passes
    over the whole select split. clone_of names the parent that the
    champion is a copy of, if it is one.
    """

    champion: Candidate
    key: str
    scores: Scores
    first: Scores
    clone_of: str | None
    cost: float
    record: list[dict[str, Any]]

    @property
    def children(self) -> int:
        """How many different children were scored: contents in the record, the founders' aside."""
        founders = {entry["key"] for entry in self.record if "founder" in entry["candidate"]}
        return len({entry["key"] for entry in self.record} - founders)


@dataclass
class Judge:
    """judge(candidate, share) -> Scores, remembering all.

    key(candidate) is the hash of the child's content; clone_of(candidate) names the parent that
    the child is a copy of, or None. With extend, windows that a child was scored on are not
    scored again where it comes to more of them. told(entry, replayed) is called with every entry
    of the record, once it is on the disk.
    """

    evaluate: Evaluate
    key: Callable[[Candidate], str]
    journal: Journal | None = None
    clone_of: Callable[[Candidate], str | None] = lambda _: None
    extend: Extend | None = None
    told: Callable[[dict[str, Any], bool], None] = lambda *_: None
    record: list[dict[str, Any]] = field(default_factory=list, init=False)
    _known: dict[str, tuple[float, Scores]] = field(default_factory=dict, init=False, repr=False)
    _keys: dict[bytes, str] = field(default_factory=dict, init=False, repr=False)
    _widest: tuple[float, np.ndarray] | None = field(default=None, init=False, repr=False)
    _cost: float = field(default=0.0, init=False, repr=False)

    def __call__(self, candidate: Candidate, share: float = 1.0) -> Scores:
        """Scores of a candidate on the first share of the windows; ValueError for other windows."""
        asked = {"candidate": candidate, "share": share}
        entry = self.journal.replay(asked) if self.journal else None
        scores = self._answer(candidate, share) if entry is None else self._replayed(entry)
        key = self.key_of(candidate)
        if key not in self._known or self._known[key][0] < share:
            self._known[key] = share, scores
        self.told(self.record[-1], entry is not None)
        return scores

    def key_of(self, candidate: Candidate) -> str:
        """The content hash of a candidate's child; each candidate is built for it only once."""
        recipe = canonical(candidate)
        if recipe not in self._keys:
            self._keys[recipe] = self.key(candidate)
        return self._keys[recipe]

    def found(self) -> Found:
        """The best of all candidates that were scored on the whole split, the first one on ties."""
        whole = [entry for entry in self.record if entry["share"] == 1.0]
        if not whole:
            raise ValueError("no candidate was scored on the whole select split")
        best = min(whole, key=lambda e: math.inf if e["bpc"] is None else e["bpc"])
        return Found(
            champion=best["candidate"],
            key=best["key"],
            scores=self._known[best["key"]][1],
            first=self._known[whole[0]["key"]][1],
            clone_of=self.clone_of(best["candidate"]),
            cost=self._cost,
            record=self.record,
        )

    def _answer(self, candidate: Candidate, share: float) -> Scores:
        known = self._recall(self.key_of(candidate), share)
        scores = self._common(self._score(candidate, share), share) if known is None else known
        entry = self._note(candidate, share, scores, scored=known is None)
        if self.journal:
            self.journal.append({**entry, "scores": scores.pack() if known is None else None})
        return scores

    def _score(self, candidate: Candidate, share: float) -> Scores:
        before = self._before(candidate, share)
        if self.extend is None or before is None:
            return self.evaluate(candidate, share)
        return self.extend(candidate, share, before[1])

    def _before(self, candidate: Candidate, share: float) -> tuple[float, Scores] | None:
        """What can be extended: the share and the scores of the child on fewer windows."""
        known = self._known.get(self.key_of(candidate)) if self.extend else None
        return known if known is not None and known[0] < share else None

    def _replayed(self, entry: dict[str, Any]) -> Scores:
        candidate, share = entry["candidate"], entry["share"]
        self._keys[canonical(candidate)] = entry["key"]
        if entry["scores"] is None:
            scores = self._recall(entry["key"], share)
        else:
            scores = self._common(Scores.unpack(entry["scores"]), share)
        if scores is None:
            raise ValueError("the journal refers to scores that it does not hold")
        self._note(candidate, share, scores, scored=entry["scored"])
        return scores

    def _recall(self, key: str, share: float) -> Scores | None:
        """What is known of a child, cut to the share: its widest score answers for every part."""
        known, scores = self._known.get(key, (0.0, None))
        if scores is None or known < share or self._widest is None:
            return None
        widest, characters = self._widest
        if known > share and widest < 1.0:
            return None  # how many windows the share means is known only after a whole score
        return scores if known == share else scores.first(windows_in(share, len(characters)))

    def _common(self, scores: Scores, share: float) -> Scores:
        """The scores, if they are on the same windows as all others, or on the first of them."""
        if self._widest is None or self._widest[0] < share:
            narrow = None if self._widest is None else self._widest[1]
            self._widest = share, scores.characters
        else:
            narrow = scores.characters
        if narrow is not None and not np.array_equal(narrow, self._widest[1][: len(narrow)]):
            raise ValueError("candidates must all be scored on the same windows")
        return scores

    def _note(
        self, candidate: Candidate, share: float, scores: Scores, scored: bool
    ) -> dict[str, Any]:
        entry = {
            "candidate": candidate,
            "share": share,
            "key": self.key_of(candidate),
            "bpc": scores.bpc if math.isfinite(scores.bpc) else None,
            "scored": scored,
        }
        self.record.append(entry)
        if scored:
            before = self._before(candidate, share)
            self._cost += share - (before[0] if before else 0.0)
        return entry
