"""Cross a family, search for the best child, and report whether it beats its parents.

    python -m lab.breed parents=shared_ancestor                   forks of one ancestor, on halves
    python -m lab.breed parents=independent                       unrelated: negative control
    python -m lab.breed parents=styles search=cmaes alphas.grain=layer
    python -m lab.breed parents=files parent_runs=[styleA,styleB] crossover=karcher unrelated=true
    python -m lab.breed search=none crossover.alpha=[0.5,0.2,0.4,0.6]   alpha outside, then by layer
    python -m lab.breed search=none 'crossover.alpha={layers.0.q:0.1,rest:0.7}'
    python -m lab.breed parents=shared_ancestor controls=matched fork_schedule=annealed
    python -m lab.breed -m parents=shared_ancestor seed=0,1,2,3,4   then: python -m lab.summarise
    python -m lab.breed parents=shared_ancestor scale=debug       every part once, in seconds

Members of the family that are missing are trained first, as lab.train trains them, into
experiments/families/. The same command resumes an interrupted run, or says that it is finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.config import command
from lab.config.schemas.breed import BreedConfig
from lab.terminal.safe_output import emit


@command("breed", BreedConfig)
def main(config: BreedConfig) -> None:
    """Breed the family that the config describes and print the verdict."""
    from lab.workflows.breed import breed_run

    emit(format_verdict_page(breed_run(config), Path(config.root) / config.name))


def format_verdict_page(result: Mapping[str, Any], folder: Path) -> str:
    """Return the verdict as text: table of arms, cost of the search, place of the champion."""
    from lab.breeding.statistics.verdict_tables import verdict_table

    search, champion = result["search"], result["champion"]
    alpha = (champion["recipe"] or {}).get("parameters", {}).get("alpha")
    where = f" at alpha {alpha:.3f}" if isinstance(alpha, float) else ""
    lines = [verdict_table(result["verdict"]), ""]
    children = "1 child" if search["scored"] == 1 else f"{search['scored']} children"
    spent = f"{children} scored in {search['passes']:.1f} passes over select"
    gained = f"{search['bpc']['champion']:.4f} bpc there, gen-0 {search['bpc']['gen-0']:.4f}"
    lines.append(f"champion{where} of {spent}: {gained}")
    if (name := result.get("ancestor_name")) not in (None, "ancestor"):
        lines.append(f"their nearest common ancestor is {name} ({result['ancestor'][:12]})")
    if result["clone_of"]:
        lines.append(f"this champion is a clone: a copy of {result['clone_of']}")
    location = "not kept as an individual: a raw average has no unit rows"
    if champion["id"]:
        where = f"in {folder}/" if champion["path"] else "a parent, and is not kept once more"
        location = f"{champion['id'][:12]} {where}"
    return "\n".join([*lines, f"the champion is {location}"])


if __name__ == "__main__":
    main()
