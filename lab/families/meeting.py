"""The meeting: individuals brought together, what they are judged by, and their jury.

Used by `lab.breed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.breeding.journal import TOUCHES
from lab.config.breed import Breed
from lab.config.rearing import framing
from lab.families.cross import Party, assemble
from lab.families.evidence import evidence
from lab.families.guests import spelled
from lab.families.household import domains, study, tongue
from lab.families.jury import Jury
from lab.models.individual import Individual
from lab.training.lesson import Lesson
from lab.training.precision import Arithmetic


@dataclass(frozen=True)
class Meeting:
    """Parents made ready, the corpora they are judged by, and the windows operators are shown."""

    party: Party
    lessons: list[Lesson]
    shown: list[np.ndarray]

    def jury(self, config: Breed, purpose: str, arithmetic: Arithmetic) -> Jury:
        """A jury over the lessons; purpose is what it says of its touches."""
        return Jury(
            [window for one in self.lessons for window in one.select],
            [window for one in self.lessons for window in one.report],
            arithmetic,
            Path(config.root) / TOUCHES,
            purpose,
            domains(config, self.lessons),
        )


def meet(config: Breed, individuals: Mapping[str, Individual]) -> Meeting:
    """Bring individuals together; ValueError for those who cannot be crossed, or not judged."""
    taught = lessons(config, individuals)
    shown = evidence(taught, config.training.context)
    return Meeting(assemble(config, individuals, shown), taught, shown)


def lessons(config: Breed, individuals: Mapping[str, Individual]) -> list[Lesson]:
    """What individuals are judged by, in their common vocabulary.

    ValueError where it cannot be; of guests, it says that another corpus may be meant.
    """
    try:
        return study(config, tongue(list(individuals.values())))
    except ValueError as error:
        if not config.files or not re.search(r"vocabulary|framing\b", str(error)):
            raise
        who, how = " and ".join(individuals), spelled(framing(config))
        told = str(error) if "vocabulary" in str(error) else f"they learned with framing={how}"
        raise ValueError(
            f"{who} cannot read this corpus, {told}: name the one they learned from, corpus=..."
        ) from None
