"""Cross a family, search for the best child, and say whether it beats its parents.

    python -m lab.breed parents=shared_ancestor                   forks of one ancestor, on halves
    python -m lab.breed parents=independent                       strangers: what must not work
    python -m lab.breed parents=styles search=cmaes alphas.grain=layer
    python -m lab.breed parents=files parent_runs=[styleA,styleB] crossover=karcher unrelated=true
    python -m lab.breed search=none crossover.alpha=[0.5,0.2,0.4,0.6]   the rest, then layers
    python -m lab.breed search=none 'crossover.alpha={layers.0.q:0.1,rest:0.7}'
    python -m lab.breed parents=shared_ancestor controls=matched fork_schedule=annealed
    python -m lab.breed -m parents=shared_ancestor seed=0,1,2,3,4   then: python -m lab.summarise
    python -m lab.breed parents=shared_ancestor scale=debug       everything once, in seconds

Whoever of the family is missing is reared first, by the code of lab.train, into
experiments/families/. The same command again goes on where it was stopped, or says it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.breeding.statistics.verdict_tables import verdict_table
from lab.config import command
from lab.config.schemas.breed import BreedConfig
from lab.workflows.breed import breed_run


@command("breed", BreedConfig)
def main(config: BreedConfig) -> None:
    """Breed what the config describes and print the verdict."""
    print(format_verdict_page(breed_run(config), Path(config.root) / config.name))


def format_verdict_page(result: Mapping[str, Any], folder: Path) -> str:
    """The verdict for people: the table, what was found, where it lies."""
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
