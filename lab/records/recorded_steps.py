"""Recorded steps: which steps of which kind a metrics.jsonl holds, in 8 bytes a line."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any


class RecordedSteps:
    """The steps that a record holds of each kind, sorted, 8 bytes a step."""

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        self.steps: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        for line in lines:
            self.steps[line["kind"]].append(line["step"])
        for kind, steps in self.steps.items():
            if any(later < step for step, later in zip(steps, steps[1:], strict=False)):
                self.steps[kind] = array("q", sorted(steps))

    def holds(self, kind: str, step: int) -> bool:
        """Whether there is a line of this kind and step."""
        steps = self.steps[kind]
        place = bisect_left(steps, step)
        return place < len(steps) and steps[place] == step

    def add(self, kind: str, step: int) -> None:
        """Note a line of this kind and step."""
        self.steps[kind].insert(bisect_left(self.steps[kind], step), step)

    def latest(self) -> float:
        """Return the latest step of any kind; minus infinity where there is none."""
        return max((steps[-1] for steps in self.steps.values() if steps), default=-math.inf)
