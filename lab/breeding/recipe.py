"""Recipe: the record by which a child is bred again, as its birth certificate keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.breeding.crossover import BoundOperator
from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate


def child_recipe(
    builder: ChildBuilder,
    operator: BoundOperator,
    candidate: Candidate,
    *,
    ancestor: str | None = None,
    mutation: Mapping[str, Any] | None = None,
    alignment: str = "none",
) -> dict[str, Any]:
    """The recipe by which a candidate is bred from the builder's founders, named by their ids.

    {"kind": "bred", "operator", "parameters", "seed", "ancestor", "mutation", "alignment"}; with
    generations in between, "steps" of such, each with name and parents. ancestor is an id,
    mutation {"operator", "parameters"}. ValueError for a founder, who was not bred here.
    """
    steps = builder.steps(candidate)
    if not steps:
        raise ValueError("a founder has no recipe: it was not bred")
    architecture = next(iter(builder.founders.values())).architecture

    def describe_step(step: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "operator": operator.name,
            "parameters": operator.parameters_at(architecture, step["alpha"], len(step["parents"])),
            "seed": step["seed"],
            "ancestor": ancestor,
            "mutation": dict(mutation) if mutation and step.get("mutate") else None,
        }

    common = {"kind": "bred", "alignment": alignment}
    if len(steps) == 1:
        return {**common, **describe_step(steps[0])}
    step_recipes: Sequence[dict[str, Any]] = [
        {"name": step["name"], "parents": step["parents"], **describe_step(step)} for step in steps
    ]
    return {**common, "steps": step_recipes}
