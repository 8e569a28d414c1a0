"""The household: whoever of a family is missing is reared, by the code of lab.train.

Used by `lab.breed`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from lab.breeding.vocabularies import union
from lab.config import instantiate
from lab.config.schemas.breed import Breed
from lab.config.schemas.train import Train
from lab.corpora.dataset import Lesson, lesson
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.individual import Individual
from lab.records import warn
from lab.terminal.progress import duration
from lab.training.precision import choose
from lab.training.runtime_estimate import seconds_per_character
from lab.workflows.family_configs import HALVES, called, corpora, lineage, member, missing, store
from lab.workflows.train import rear_run


def study(config: Breed, vocabulary: Vocabulary | None) -> list[Lesson]:
    """The corpora that the family is scored on, whole, in one vocabulary or each in its own.

    ValueError where select or report holds nothing that can be scored.
    """
    frame = instantiate(config.framing) if config.framing else None
    context = config.training.context
    lessons = [lesson(instantiate(node), frame, context, vocabulary) for node in corpora(config)]
    for one in lessons:
        for split in ("select", "report"):
            if len(getattr(one, split)) < 2:
                raise ValueError(
                    f"{split} of {one.about['name']} has not two pieces that fit into a context of "
                    f"{context} to judge by: set training.context"
                )
    return lessons


def domains(config: Breed, lessons: Sequence[Lesson]) -> list[str]:
    """Which domain each report window is from: a corpus of several, else a half of the one.

    Empty where there is only one corpus, and it has no halves.
    """
    if len(lessons) > 1:
        return [str(one.about["name"]) for one in lessons for _ in one.report]
    (node,), (whole,) = corpora(config), lessons
    if "half" not in node:
        return []
    first, second = HALVES["text" if whole.about["kind"] == "text" else "artist"]
    frame = instantiate(config.framing) if config.framing else None
    corpus = instantiate({**node, "half": first})
    half = lesson(corpus, frame, config.training.context, whole.vocabulary)
    own = {window.tobytes() for window in half.report}
    return [first if window.tobytes() in own else second for window in whole.report]


def rear(config: Breed, taught: Sequence[Lesson]) -> None:
    """Rear whoever of the family is missing, and say beforehand how long that may take."""
    wanted = lineage(config, config.parents["cross"])
    if config.controls["matched"] and (siblings := config.parents["siblings"]):
        wanted += [*lineage(config, siblings), member(config, siblings[0], 2)]
    absent = missing({one.name: one for one in wanted}.values())
    if absent:
        print(estimate(config, absent, taught[0]), file=sys.stderr)
    for one in absent:
        rear_run(one)


def estimate(config: Breed, absent: Sequence[Train], taught: Lesson) -> str:
    """How many are to be reared, on how many characters, and about how long it takes here."""
    shape = Architecture(vocab_size=len(taught.vocabulary), **asdict(config.model))
    arithmetic = choose(config.device, config.precision, False, config.attention, 0)
    each = config.training.batch * config.training.context
    characters = each * sum(one.training.steps or 0 for one in absent)
    seconds = characters * seconds_per_character(shape, config.training.context, arithmetic)
    who = ", ".join(str(one.name) for one in absent)
    return f"{config.name}: to rear {who}; {characters:,} characters, about {duration(seconds)}"


def reared(config: Breed, names: Sequence[str], times: int = 1) -> dict[str, Individual]:
    """Finished members of the family, by name."""
    where = store(config)
    return {name: individual.find(called(config, name, times), where, warn) for name in names}


def matched(config: Breed, best: str) -> dict[str, Individual]:
    """The controls of equal compute: the best parent at twice the steps, the union at both."""
    told = {"best parent twice": (best, 2)}
    if siblings := config.parents["siblings"]:
        told |= {"union once": (siblings[0], 1), "union twice": (siblings[0], 2)}
    for name, times in told.values():
        for one in missing(lineage(config, [name], times)):
            rear_run(one)
    return {arm: reared(config, [who], times)[who] for arm, (who, times) in told.items()}


def tongue(individuals: Sequence[Individual]) -> Vocabulary:
    """The vocabulary that individuals are crossed in: their own, or the union of unequal ones."""
    spoken = [Vocabulary.from_dict(one.birth["vocabulary"]) for one in individuals]
    if all(one == spoken[0] for one in spoken):
        return spoken[0]
    return Vocabulary(union([one.characters for one in spoken]))
