"""Breeding workflow: a family trained, crossed, searched and scored in a run's folder."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from hydra.core.hydra_config import HydraConfig

from lab.breeding.search.evaluator import Found
from lab.breeding.statistics.report_log import TOUCHES
from lab.config.schemas.breed import Breed
from lab.corpora.dataset import Lesson
from lab.models.individual import Individual
from lab.records import Run, environment, warn
from lab.training.precision import Arithmetic, choose
from lab.workflows.calibration import evidence
from lab.workflows.controls import Trial, judge
from lab.workflows.cross_setup import Party, assemble, audition, most, searcher
from lab.workflows.external_parents import invited, read_as_taught, spelled
from lab.workflows.save_children import identify, keep
from lab.workflows.split_scorer import Jury
from lab.workflows.train import framing
from lab.workflows.train_family import domains, matched, rear, reared, study, tongue


def breed_run(config: Breed) -> dict[str, Any]:
    """Rear, cross, search and judge in the run's folder; done already, only return the result."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    guests = invited(config) if config.files else {}
    changed = read_as_taught(config, guests, typed()) if guests else []
    audition(config, guests)
    finished = not config.again and (Path(config.root) / config.name / "result.json").is_file()
    met, taught = None, []
    if not finished:  # a bad corpus and strangers leave no folder behind
        met = meet(config, guests) if guests else None
        taught = met.lessons if met else study(config, None)
    with Run(config.root, config.name, asdict(config), config.again, asdict(config.tracker)) as run:
        if run.result is not None:
            print(f"lab: {run.folder} is done already", file=sys.stderr)
            return run.result
        run.note_environment(environment(**arithmetic(config, False).to_dict()))
        if changed:
            warn(f"{' and '.join(guests)} are read as they were taught: {', '.join(changed)}")
        rear(config, taught)
        run.finish(breed(config, run, HydraConfig.get().runtime.choices, met))
        return run.result or {}


def breed(
    config: Breed, run: Run, choices: Mapping[str, str], met: Meeting | None = None
) -> dict[str, Any]:
    """Search, judge, keep champion and gen-0 child; return what goes into result.json."""
    met = met or meet(config, reared(config, config.parents["cross"]))
    judging = arithmetic(config, config.compile is True)  # auto leaves them eager
    party, jury = met.party, met.jury(config, f"breed {run.name}", judging)
    for name, one in party.individuals.items():
        run.mirror.used(name, one.id)
    trial = search(config, party, jury, run.folder / "search.jsonl")
    trial = replace(trial, identify=partial(identify, config, party))
    siblings = None
    if config.controls["matched"]:
        trial = replace(trial, matched=matched(config, trial.best))
        if config.parents["siblings"]:
            theirs = assemble(config, reared(config, config.parents["siblings"]), met.shown)
            siblings = search(config, theirs, jury, run.folder / "search-siblings.jsonl")
    arm = arm_of(config, choices)
    words, extra = judge(
        trial, siblings, jury, config.controls, run.folder, arm=arm, seed=config.seed
    )
    jury.save(run.folder / "scores.npz")
    note(run, trial.found, extra["geodesic"])
    kept = keep(config, run, trial)
    return {
        "study": f"{choices['corpus']}-{config.scale['name']}",
        "parents": {name: one.id for name, one in party.individuals.items()},
        "ancestor": party.ancestor.id if party.ancestor else None,
        "ancestor_name": party.ancestor.birth.get("name") if party.ancestor else None,
        **kept,
        "clone_of": trial.found.clone_of,
        "search": searched(trial.found),
        "alignments": party.prepared.alignments,
        "context": config.training.context,
        "stride": config.training.context,
        **extra,
        "touched": dict(jury.touched),
        "domains": jury.by_domain(),
        "verdict": words,
    }


def arithmetic(config: Breed, compiling: bool) -> Arithmetic:
    """How children are scored; compiling: a search may compile, which its log's header tells."""
    return choose(config.device, config.precision, compiling, config.attention, 0)


def arm_of(config: Breed, choices: Mapping[str, str]) -> str:
    """What a cross is called in tables over seeds: shared_ancestor slerp golden constant."""
    said = [*(choices[key] for key in ("parents", "crossover", "search")), config.rate]
    unusual = {"one": "", "none": "", "match": "aligned"}
    more = [choices["mutation"], config.alignment, config.alphas.grain]
    return " ".join([*said, *(unusual.get(one, one) for one in more if unusual.get(one, one))])


def typed() -> set[str]:
    """The keys that were given on the command line."""
    return {one.partition("=")[0].lstrip("+~") for one in HydraConfig.get().overrides.task}


def search(config: Breed, party: Party, jury: Jury, log: Path) -> Trial:
    """Let the search loose on a party."""
    ancestor = party.prepared.ancestor
    chosen = searcher(config, jury.select(ancestor) if ancestor else None)
    nursery, children = party.nursery, most(config.search, party.nursery.size)
    found = jury.search(chosen, nursery, log, party.header, config.seed, party.clone, children)
    return Trial.of(party, jury, found)


def note(run: Run, found: Found, curve: Sequence[float] | None) -> None:
    """Put every candidate's bpc on select into the metrics, and the parents' geodesic."""
    best = math.inf
    for step, entry in enumerate(found.record):
        if entry["bpc"] is not None:
            best = min(best, entry["bpc"])
            run.write("search", step, bpc=entry["bpc"], best=best)
    for step, bpc in enumerate(curve or []):
        run.write("geodesic", step, bpc=bpc, at=step / max(1, len(curve or []) - 1))


def searched(found: Found) -> dict[str, Any]:
    """What the search cost, and what it found.

    asked: asks. scored: different children, the founders aside. scorings: one a child and share of
    the windows that it was scored on, founders included. passes: the same, in passes over select.
    """
    return {
        "asked": len(found.record),
        "scored": found.children,
        "scorings": sum(entry["scored"] for entry in found.record),
        "passes": found.cost,
        "bpc": {"champion": found.scores.bpc, "gen-0": found.first.bpc},
    }


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
