"""A child's recipe as its birth certificate keeps it and `replay` reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.breeding.crossover import Crossing
from lab.breeding.search.child_builder import Nursery
from lab.breeding.search.evaluator import Candidate


def recipe(
    nursery: Nursery,
    crossing: Crossing,
    candidate: Candidate,
    *,
    ancestor: str | None = None,
    mutation: Mapping[str, Any] | None = None,
    alignment: str = "none",
) -> dict[str, Any]:
    """How a candidate of the nursery is bred from its founders, whose names are their ids.

    {"kind": "bred", "operator", "parameters", "seed", "ancestor", "mutation", "alignment"}; with
    generations in between, "steps" of such, each with name and parents. ancestor is an id,
    mutation {"operator", "parameters"}. ValueError for a founder, who was not bred here.
    """
    steps = nursery.steps(candidate)
    if not steps:
        raise ValueError("a founder has no recipe: it was not bred")
    shape = next(iter(nursery.founders.values())).architecture

    def told(step: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "operator": crossing.name,
            "parameters": crossing.told(shape, step["alpha"], len(step["parents"])),
            "seed": step["seed"],
            "ancestor": ancestor,
            "mutation": dict(mutation) if mutation and step.get("mutate") else None,
        }

    common = {"kind": "bred", "alignment": alignment}
    if len(steps) == 1:
        return {**common, **told(steps[0])}
    named: Sequence[dict[str, Any]] = [
        {"name": step["name"], "parents": step["parents"], **told(step)} for step in steps
    ]
    return {**common, "steps": named}
