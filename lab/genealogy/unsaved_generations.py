"""Unsaved generations: the children between founders and the champion of an evolution.

A champion's certificate lists its founders as parents and, in its recipe, the steps in between:
children that were bred and scored, and not kept on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx

from lab.genealogy.pedigree import Pedigree


def insert_generations(pedigree: Pedigree, subject: str) -> Pedigree:
    """Return a pedigree with the unsaved generations between a subject (an id) and its parents.

    The new nodes are of kind unsaved and called "generation 1 ab12" after the start of their
    recipe's hash, one more than the latest of the parents. Parents that no step names stay direct
    ones. The same pedigree where the recipe has no steps in between, or not such as follow from
    its parents.
    """
    birth = pedigree.graph.nodes[subject]["birth"] or {}
    steps = birth.get("recipe", {}).get("steps")
    if not isinstance(steps, list) or len(steps) < 2:
        return pedigree
    parents = pedigree.parents(subject)
    ids = {parent: parent for parent in parents}  # of the founders and, by name, of the steps
    generations = dict.fromkeys(parents, 0)
    graph = pedigree.graph.copy()
    graph.remove_edges_from([(parent, subject) for parent in parents])
    for number, step in enumerate(steps, 1):
        if not _is_step(step) or not ids.keys() >= set(step["parents"]):
            return pedigree
        if step["name"] in ids:  # one name for two would be a circle
            return pedigree
        identity = subject if number == len(steps) else f"{step['name']}/{subject}"
        step_parents = tuple(ids[name] for name in step["parents"])
        generations[identity] = 1 + max(generations[parent] for parent in step_parents)
        if identity != subject:
            name = f"generation {generations[identity]} {step['name'][:4]}"
            attributes = {"kind": "unsaved", "birth": {"recipe": step}, "path": None}
            graph.add_node(identity, name=name, parents=step_parents, **attributes)
        ids[step["name"]] = identity
        graph.add_edges_from((parent, identity) for parent in step_parents)
    ancestors = nx.ancestors(graph, subject)
    unused = tuple(parent for parent in dict.fromkeys(parents) if parent not in ancestors)
    graph.add_edges_from((parent, subject) for parent in unused)
    graph.nodes[subject]["parents"] = step_parents + unused
    return Pedigree(graph)


def _is_step(step: Any) -> bool:
    if not isinstance(step, Mapping) or not isinstance(step.get("name"), str):
        return False
    parents = step.get("parents")
    if not isinstance(parents, list) or not parents:
        return False
    return all(isinstance(parent, str) for parent in parents)
