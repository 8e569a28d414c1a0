"""Offspring: the champion and the gen-0 child become individuals on disk, with their recipes.

Used by `lab.breed`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.breeding.recipe import recipe
from lab.breeding.search.child_builder import content
from lab.breeding.search.evaluator import Candidate
from lab.config.schemas.breed import Breed
from lab.models import individual
from lab.models.genotype import Genotype
from lab.records import Run
from lab.records.environment import installed
from lab.workflows.controls import Trial
from lab.workflows.cross_setup import Party, operator
from lab.workflows.train import framing
from lab.workflows.train_family import tongue

DISTRIBUTION = "model-breeding-lab"


def keep(config: Breed, run: Run, trial: Trial) -> dict[str, Any]:
    """Write champion and gen-0 child to the run's folder, where they are children on the sphere."""
    first, best = trial.found.record[0]["candidate"], trial.found.champion
    champion = born(config, run, trial, best, run.name, run.folder)
    if first == best:
        return {"champion": champion, "gen-0": champion}
    name = f"{run.name}-gen-0"
    return {
        "champion": champion,
        "gen-0": born(config, run, trial, first, name, run.folder / "gen-0"),
    }


def born(
    config: Breed, run: Run, trial: Trial, candidate: Candidate, name: str, folder: Path
) -> dict[str, Any]:
    """Keep a candidate's child as an individual in folder; return its id, recipe and path."""
    if "founder" in candidate:
        return {"id": candidate["founder"], "recipe": None, "path": None}
    birth, child = certificate(config, trial.party, candidate)
    if not can_be_kept(trial.party, child):
        return {"id": None, "recipe": birth["recipe"], "path": None}
    identity = individual.save(
        folder / "checkpoint" / "step-00000000", child, {"name": name, **birth}
    )
    run.mirror.produced(name, identity)
    return {"id": identity, "recipe": birth["recipe"], "path": str(folder)}


def identify(config: Breed, party: Party, candidate: Candidate) -> str:
    """The id that a candidate's child is kept under; its content hash where it cannot be kept."""
    if "founder" in candidate:
        return str(candidate["founder"])
    birth, child = certificate(config, party, candidate)
    if not can_be_kept(party, child):
        return content(child)
    return individual.identity({**birth, "architecture": child.architecture.to_dict()}, child)


def can_be_kept(party: Party, child: Genotype) -> bool:
    """Whether a child can be an individual: one of an nGPT has unit rows."""
    return party.crossing.unit_rows or not child.architecture.sphere


def certificate(
    config: Breed, party: Party, candidate: Candidate
) -> tuple[dict[str, Any], Genotype]:
    """A bred child's birth certificate, without its name; and the child."""
    function, told = operator(config.mutation)
    how = recipe(
        party.nursery,
        party.crossing,
        candidate,
        ancestor=party.ancestor.id if party.ancestor else None,
        mutation={"operator": function.__name__, "parameters": told},
        alignment=config.alignment,
    )
    if party.shown:
        how["shown"] = dict(party.shown)
    parents = list(party.individuals.values())
    birth = {
        "framing": framing(config),
        "context": config.training.context,
        "vocabulary": tongue(parents).to_dict(),
        "parents": [one.id for one in parents],
        "parent_names": list(party.individuals),
        "recipe": how,
        "code": installed(DISTRIBUTION),
        "torch": installed("torch"),
    }
    return birth, party.nursery.build(candidate)
