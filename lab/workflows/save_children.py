"""Saved children: the champion and the gen-0 child become individuals on disk, with their recipes.

Used by `lab.breed`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.breeding.recipe import child_recipe
from lab.breeding.search.child_builder import content_hash
from lab.breeding.search.evaluator import Candidate
from lab.config.schemas.breed import BreedConfig
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual_id import complete_certificate, former_ids
from lab.records import Run
from lab.records.environment import installed_version
from lab.workflows.cross_setup import PreparedCross, resolve_operator
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.train import framing_name
from lab.workflows.train_family import common_vocabulary

DISTRIBUTION = "model-breeding-lab"


def save_children(config: BreedConfig, run: Run, searched_cross: SearchedCross) -> dict[str, Any]:
    """Write champion and gen-0 child to the run's folder, where they are children on the sphere."""
    first, best = searched_cross.result.record[0]["candidate"], searched_cross.result.champion
    champion = save_child(config, run, searched_cross, best, run.name, run.folder)
    if first == best:
        return {"champion": champion, "gen-0": champion}
    name = child_name(run.name, first, best)
    return {
        "champion": champion,
        "gen-0": save_child(config, run, searched_cross, first, name, run.folder / "gen-0"),
    }


def child_name(run_name: str, candidate: Candidate, champion: Candidate) -> str:
    """The name of a saved child: the run's for the champion, with -gen-0 for the first."""
    return run_name if candidate == champion else f"{run_name}-gen-0"


def save_child(
    config: BreedConfig,
    run: Run,
    searched_cross: SearchedCross,
    candidate: Candidate,
    name: str,
    folder: Path,
) -> dict[str, Any]:
    """Keep a candidate's child as an individual in folder; return its id, recipe and path."""
    if "founder" in candidate:
        return {"id": candidate["founder"], "recipe": None, "path": None}
    birth, child = make_child_birth(config, searched_cross.cross, candidate)
    if not can_be_saved(searched_cross.cross, child):
        return {"id": None, "recipe": birth["recipe"], "path": None}
    identity = individual.save_individual(
        folder / "checkpoint" / "step-00000000", child, {"name": name, **birth}
    )
    run.mirror.log_output(name, identity)
    return {"id": identity, "recipe": birth["recipe"], "path": str(folder)}


def compute_child_id(
    config: BreedConfig, cross: PreparedCross, champion: Candidate, candidate: Candidate
) -> str:
    """The id that champion or gen-0 child is kept under; its content hash where it cannot be."""
    if "founder" in candidate:
        return str(candidate["founder"])
    birth, child = make_child_birth(config, cross, candidate)
    if not can_be_saved(cross, child):
        return content_hash(child)
    name = child_name(str(config.name), candidate, champion)
    return str(complete_certificate({"name": name, **birth}, child)["id"])


def can_be_saved(cross: PreparedCross, child: Genotype) -> bool:
    """Whether a child can be an individual: one of an nGPT has unit rows."""
    return cross.operator.keeps_unit_rows or not child.architecture.has_unit_rows


def make_child_birth(
    config: BreedConfig, cross: PreparedCross, candidate: Candidate
) -> tuple[dict[str, Any], Genotype]:
    """A bred child's birth certificate, without its name; and the child."""
    function, parameters = resolve_operator(config.mutation)
    recipe = child_recipe(
        cross.builder,
        cross.operator,
        candidate,
        ancestor=cross.ancestor.id if cross.ancestor else None,
        mutation={"operator": function.__name__, "parameters": parameters},
        alignment=config.alignment,
    )
    if cross.calibration_record:
        recipe["shown"] = dict(cross.calibration_record)
    parents = list(cross.individuals.values())
    birth = {
        "framing": framing_name(config),
        "context": config.training.context,
        "vocabulary": common_vocabulary(parents).to_dict(),
        "parents": [parent.id for parent in parents],
        "parent_names": list(cross.individuals),
        "recipe": recipe,
        "former_ids": former_ids(*parents, *([cross.ancestor] if cross.ancestor else [])),
        "code": installed_version(DISTRIBUTION),
        "torch": installed_version("torch"),
    }
    return birth, cross.builder.build(candidate)
