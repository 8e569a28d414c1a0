"""Pedigree: a directed acyclic graph of individuals, built from their birth certificates.

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
from lab.models.final_individual import describe_lost_final, final_identity
from lab.storage.verified_folder import DamagedIndividual

SHORT_ID_LENGTH = 8  # hex digits of an id that people read


@dataclass(frozen=True)
class Pedigree:
    """A pedigree: a graph of ids with edges from parent to child.

    A node's attributes are name, kind (trained, bred, founder, unknown), parents, birth and path.
    A parent whose certificate was not found is a node of kind unknown.
    """

    graph: nx.DiGraph

    def find(self, name: str) -> str:
        """Return the id of a name, an id, or a prefix of an id of 6 digits or more.

        ValueError for no match, or several.
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
        raise ValueError(f"the pedigree has no individual called {name}")

    def name(self, identity: str) -> str:
        """Return the name of an individual."""
        return str(self.graph.nodes[identity]["name"])

    def use_names(self, names: Mapping[str, str]) -> None:
        """Call individuals, by id, what the user called them: bit-equal runs share one id."""
        for identity, name in names.items():
            if identity in self.graph:
                self.graph.nodes[identity]["name"] = name

    def parents(self, identity: str) -> tuple[str, ...]:
        """Return the ids of the parents as certified; the same one twice after selfing."""
        return tuple(self.graph.nodes[identity]["parents"])

    def ancestors(self, identity: str) -> set[str]:
        """Return all ancestors of an individual, without itself."""
        return set(nx.ancestors(self.graph, identity))

    def descendants(self, identity: str) -> set[str]:
        """Return all descendants of an individual, without itself."""
        return set(nx.descendants(self.graph, identity))

    def lineage(self, *identities: str) -> set[str]:
        """Return individuals and all of their ancestors."""
        return set(identities).union(*map(self.ancestors, identities))

    def nearest_common_ancestors(self, *identities: str) -> list[str]:
        """Return the common ancestors without a descendant among them; a if b descends from a.

        Full siblings have two of them, both parents.
        """
        return self._youngest(set.intersection(*map(self.lineage, identities)))

    def nearest_common_ancestor(self, *identities: str) -> str | None:
        """Return the nearest common ancestor; of several, their own nearest common ancestor.

        None where there is no such individual.
        """
        return self.latest(set.intersection(*map(self.lineage, identities)))

    def latest(self, among: Collection[str]) -> str | None:
        """Return the member of an ancestor-closed set without descendants in it.

        Of several, their nearest common ancestor; None where there is none.
        """
        youngest = self._youngest(among)
        while len(youngest) > 1:
            youngest = self._youngest(set.intersection(*map(self.ancestors, youngest)))
        return next(iter(youngest), None)

    def _youngest(self, among: Collection[str]) -> list[str]:
        """Return the members without a child, so without a descendant, among them, by name.

        The set is ancestor-closed: who has a descendant in it has a child in it.
        """
        closed = set(among)
        youngest = [member for member in closed if closed.isdisjoint(self.graph.succ[member])]
        return sorted(youngest, key=lambda member: (self.name(member), member))

    def missing_certificates(self, *identities: str) -> list[str]:
        """Return the ancestors whose certificates are missing, whose parents are unknown."""
        nodes = self.graph.nodes
        return sorted(
            member for member in self.lineage(*identities) if nodes[member]["kind"] == "unknown"
        )

    def are_related(self, a: str, b: str) -> bool:
        """Whether two individuals are known to share an ancestor, or one is the other's."""
        return bool(self.lineage(a) & self.lineage(b))

    def require_related(self, a: str, b: str, *, unrelated: bool = False) -> None:
        """Raise ValueError for parents without a known common ancestor, unless unrelated."""
        if unrelated or self.are_related(a, b):
            return
        names = f"{self.name(a)} and {self.name(b)}"
        hint = "set unrelated=true to cross them all the same"
        if missing := self.missing_certificates(a, b):
            raise ValueError(
                f"whether {names} have a common ancestor is not known: the certificate of "
                f"{' and '.join(identity[:SHORT_ID_LENGTH] for identity in missing)} is missing: "
                f"{hint}"
            )
        raise ValueError(
            f"{names} have no common ancestor, so their neurons do not correspond and a child of "
            f"both would score worse than either: {hint}"
        )


def read_pedigree(root: Path, report_damage: Callable[[str], None] = lambda _: None) -> Pedigree:
    """Read the birth certificate of what every run under root ended in, and nothing else of it.

    Of an unfinished run it is the newest. The certificate's bytes are checked against the manifest.
    Damaged ones are passed to report_damage and skipped: an unfinished run for the next older one,
    a finished one altogether. So are those that name each other as ancestors, which are forged.
    """
    births: dict[str, tuple[str, Mapping[str, Any], Path]] = {}
    for run, folders in find_certificate_folders(root):
        try:
            final = final_identity(run)
        except DamagedIndividual as error:
            report_damage(f"skipping {run.name}: {error}")
            continue
        for folder in folders:
            try:
                birth = read_birth(folder)
            except DamagedIndividual as error:
                report_damage(f"skipping a damaged birth certificate: {error}")
                continue
            if final in (None, birth["id"]):
                births[birth["id"]] = (str(birth.get("name") or run.name), birth, folder)
                break
        else:
            if final is not None:
                lost = describe_lost_final(run, final, "its certificate is damaged or not there")
                report_damage(f"skipping {run.name}: {lost}")
    graph = _build_graph(births)
    if not nx.is_directed_acyclic_graph(graph):
        for identity in sorted(_forged_ids(graph)):
            report_damage(f"skipping {births[identity][2]}: it is its own ancestor, so forged")
            del births[identity]
        graph = _build_graph(births)
    return Pedigree(graph)


def _forged_ids(graph: nx.DiGraph) -> set[str]:
    """The individuals that are their own ancestors: ids are hashes, so nothing honest is."""
    circles = (part for part in nx.strongly_connected_components(graph) if len(part) > 1)
    return set().union(*circles, nx.nodes_with_selfloops(graph))


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
    return graph
