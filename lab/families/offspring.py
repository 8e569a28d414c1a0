"""Offspring: the champion and the gen-0 child become individuals on disk, with their recipes.

Used by `lab.breed`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.breeding.judging import Candidate
from lab.breeding.recipe import recipe
from lab.config.breed import Breed
from lab.config.rearing import framing
from lab.families.cross import operator
from lab.families.household import tongue
from lab.families.verdict import Trial
from lab.models import individual
from lab.records import Run
from lab.records.environment import installed

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
    party = trial.party
    if "founder" in candidate:
        return {"id": candidate["founder"], "recipe": None, "path": None}
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
    child, parents = party.nursery.build(candidate), list(party.individuals.values())
    if child.architecture.sphere and not party.crossing.unit_rows:
        return {"id": None, "recipe": how, "path": None}
    birth = {
        "name": name,
        "framing": framing(config),
        "context": config.training.context,
        "vocabulary": tongue(parents).to_dict(),
        "parents": [one.id for one in parents],
        "parent_names": list(party.individuals),
        "recipe": how,
        "code": installed(DISTRIBUTION),
        "torch": installed("torch"),
    }
    identity = individual.save(folder / "checkpoint" / "step-00000000", child, birth)
    run.mirror.produced(name, identity)
    return {"id": identity, "recipe": how, "path": str(folder)}
