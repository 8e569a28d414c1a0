"""The pedigree: who descends from whom, found by reading the birth certificates of a folder.

An individual's id is the sha256 of recipe and tensors and its certificate holds its parents' ids,
so births form a Merkle DAG: no certificate can be changed without changing all its descendants.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from lab.genealogy.birth_certificate import read_birth
from lab.genealogy.certificate_folders import find_certificate_folders
from lab.storage.verified_folder import DamagedIndividual

SHORT_ID_LENGTH = 8  # hex digits of an id that people read


@dataclass(frozen=True)
class Pedigree:
    """Births as a graph: an edge leads from parent to child, a node is an id.

    A node's attributes are name, kind (trained, bred, founder, unknown), parents, birth and path.
    A parent whose certificate was not found is a node of kind unknown.
    """

    graph: nx.DiGraph

    def find(self, name: str) -> str:
        """The id for a name, an id, or the beginning of an id of 6 digits or more.

        ValueError where it means no individual, or several.
        """
        if name in self.graph:
            return name
        named = [i for i, node in self.graph.nodes.items() if node["name"] == name]
        prefixed = [i for i in self.graph if len(name) >= 6 and i.startswith(name)]
        matches = named or prefixed
        if len(matches) == 1:
            return str(matches[0])
        if matches:
            ids = ", ".join(sorted(i[:SHORT_ID_LENGTH] for i in matches))
            raise ValueError(f"{name} means {len(matches)} individuals, say which by id: {ids}")
        raise ValueError(f"the pedigree knows no individual called {name}")

    def name(self, identity: str) -> str:
        """What people call an individual."""
        return str(self.graph.nodes[identity]["name"])

    def parents(self, identity: str) -> tuple[str, ...]:
        """Ids of the parents as the certificate lists them; the same one twice after selfing."""
        return tuple(self.graph.nodes[identity]["parents"])

    def ancestors(self, identity: str) -> set[str]:
        """Everyone it descends from, itself not included."""
        return set(nx.ancestors(self.graph, identity))

    def descendants(self, identity: str) -> set[str]:
        """Everyone who descends from it, itself not included."""
        return set(nx.descendants(self.graph, identity))

    def lineage(self, *identities: str) -> set[str]:
        """They and everyone they descend from."""
        return set(identities).union(*map(self.ancestors, identities))

    def nearest_common_ancestors(self, *identities: str) -> list[str]:
        """The common ancestors from which no other one descends, by name; a if b descends from a.

        The children of one couple have two of them: both parents.
        """
        return self._youngest(set.intersection(*map(self.lineage, identities)))

    def nearest_common_ancestor(self, *identities: str) -> str | None:
        """The one nearest common ancestor; of several, the latest from whom all of those descend.

        None where there is no such individual.
        """
        return self.latest(set.intersection(*map(self.lineage, identities)))

    def latest(self, among: Collection[str]) -> str | None:
        """Of a set that holds its members' ancestors, whom no other one of it descends from.

        Of several, the latest from whom all of those descend; None where there is none.
        """
        youngest = self._youngest(among)
        if len(youngest) < 2:
            return next(iter(youngest), None)
        return self.latest(set.intersection(*map(self.ancestors, youngest)))

    def _youngest(self, among: Collection[str]) -> list[str]:
        """Those from whom no other one among them descends."""
        youngest = [member for member in among if not self.descendants(member) & set(among)]
        return sorted(youngest, key=lambda member: (self.name(member), member))

    def missing_certificates(self, *identities: str) -> list[str]:
        """Those of their line whose certificates are missing: what came before is not known."""
        nodes = self.graph.nodes
        return sorted(
            member for member in self.lineage(*identities) if nodes[member]["kind"] == "unknown"
        )

    def are_related(self, a: str, b: str) -> bool:
        """Whether they are known to have a common ancestor, or one to descend from the other."""
        return bool(self.lineage(a) & self.lineage(b))

    def require_related(self, a: str, b: str, *, unrelated: bool = False) -> None:
        """ValueError for parents not known to have a common ancestor, unless unrelated is True."""
        if unrelated or self.are_related(a, b):
            return
        names = f"{self.name(a)} and {self.name(b)}"
        hint = "cross them all the same with unrelated=true"
        if missing := self.missing_certificates(a, b):
            raise ValueError(
                f"whether {names} have a common ancestor is not known: the certificate of "
                f"{' and '.join(identity[:SHORT_ID_LENGTH] for identity in missing)} is missing: "
                f"{hint}"
            )
        raise ValueError(
            f"{names} have no common ancestor, so their neurons do not correspond and a child of "
            f"both would know less than either: {hint}"
        )


def read_pedigree(root: Path, report_damage: Callable[[str], None] = lambda _: None) -> Pedigree:
    """Read the newest birth certificate of every run under root, and nothing else of it.

    The certificate's bytes are checked against the manifest. Damaged ones are named through
    complain and skipped for the next older one. ValueError where certificates form a circle.
    """
    births: dict[str, tuple[str, Mapping[str, Any], Path]] = {}
    for run, folders in find_certificate_folders(root):
        for folder in folders:
            try:
                birth = read_birth(folder)
            except DamagedIndividual as error:
                report_damage(f"skipping a damaged birth certificate: {error}")
                continue
            births[birth["id"]] = (str(birth.get("name") or run.name), birth, folder)
            break
    return Pedigree(_build_graph(births))


def _build_graph(births: Mapping[str, tuple[str, Mapping[str, Any], Path]]) -> nx.DiGraph:
    graph = nx.DiGraph()
    for identity, (name, birth, path) in sorted(births.items()):
        parents = tuple(birth["parents"])
        kind = str(birth["recipe"].get("kind", "trained")) if parents else "founder"
        graph.add_node(identity, name=name, kind=kind, parents=parents, birth=birth, path=path)
    for identity, (_, birth, _) in sorted(births.items()):
        for parent in birth["parents"]:
            if parent not in graph:
                label = f"unknown {parent[:SHORT_ID_LENGTH]}"
                graph.add_node(
                    parent, name=label, kind="unknown", parents=(), birth=None, path=None
                )
            graph.add_edge(parent, identity)
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("the birth certificates form a circle: some of them must be forged")
    return graph
