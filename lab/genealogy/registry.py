"""Registry: the individuals under a root folder, found by name, by folder or by id prefix.

The command `lab.pedigree` reads everything through it.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from lab.genealogy.birth_certificate import read_birth
from lab.genealogy.pedigree import SHORT_ID_LENGTH, Pedigree, read_pedigree
from lab.models import individual
from lab.models.final_individual import describe_lost_final, describe_remaking, final_identity
from lab.models.individual import Individual, checkpoint_folders
from lab.records import warn
from lab.records.finished_runs import run_folder_of
from lab.records.run import read_result
from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.safe_text import escape_to_line

MAX_LISTED_MATCHES = 5  # individuals of one name that an error lists


class Registry:
    """The pedigree of a root folder, and its individuals, loaded on demand.

    ValueError for a root without individuals. Damaged certificates are named in warnings.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).expanduser()
        self.pedigree: Pedigree = read_pedigree(self.root, warn)
        if not self.pedigree.graph:
            raise ValueError(f"no individual lies under {self.root}: train one, or set root=FOLDER")
        self.load = lru_cache(maxsize=4)(self._load_uncached)

    def find(self, name: str) -> str:
        """Return the id of an individual by name, folder or id prefix.

        A run root/<name>/ comes before others of its name. ValueError for no match, or for
        several, whose folders it names.
        """
        for base in (self.root / name, Path(name).expanduser()):
            if identity := self._newest_identity(base):
                if self.folder_of(identity) not in (base, run_folder_of(base)):
                    self.pedigree.use_names({identity: run_folder_of(base).name})
                return identity
        graph = self.pedigree.graph
        namesakes = [match for match in graph if graph.nodes[match]["name"] == name]
        if len(namesakes) > 1:
            locations = [
                f"{self.folder_of(match)} ({match[:SHORT_ID_LENGTH]})" for match in namesakes
            ]
            remainder = (
                f" and {len(locations) - MAX_LISTED_MATCHES} more"
                if len(locations) > MAX_LISTED_MATCHES
                else ""
            )
            raise ValueError(
                f"{name} means {len(namesakes)} individuals, say which by folder or id: "
                f"{', '.join(locations[:MAX_LISTED_MATCHES])}{remainder}"
            )
        try:
            return self.pedigree.find(name)
        except ValueError as error:
            names = [str(node["name"]) for node in graph.nodes.values()]
            if explanation := self._explain_childless_run(name):
                raise ValueError(explanation) from None
            near = difflib.get_close_matches(name, names, 1)
            hint = f"; did you mean {near[0]}?" if near else f" (looked under {self.root})"
            raise ValueError(f"{error}{hint}") from None

    def folder_of(self, identity: str) -> Path | str:
        """Return the run folder of an individual, "nowhere" without its certificate."""
        path = self.pedigree.graph.nodes[identity]["path"]
        if path is None:
            return "nowhere"
        return run_folder_of(Path(path))

    def name(self, identity: str) -> str:
        """Return the name of an individual, safe to print."""
        return escape_to_line(self.pedigree.name(identity))

    def label(self, identity: str) -> str:
        """Return the name and short id of an individual: forkL (72a5a6d0).

        The name is taken from its children's certificates where its own is missing.
        """
        graph, name = self.pedigree.graph, self.pedigree.name(identity)
        if graph.nodes[identity]["path"] is None:
            births = [graph.nodes[child]["birth"] for child in sorted(graph.successors(identity))]
            parent_names = (
                dict(zip(b["parents"], b.get("parent_names", ()), strict=False)) for b in births
            )
            name = next(
                (str(names[identity]) for names in parent_names if names.get(identity)), "unknown"
            )
        return f"{escape_to_line(name)} ({identity[:SHORT_ID_LENGTH]})"

    def describe_missing(self, *identities: str) -> str:
        """Describe the missing certificates among individuals and their ancestors; "" for none."""
        labels = [
            self.label(ancestor) for ancestor in self.pedigree.missing_certificates(*identities)
        ]
        if not labels:
            return ""
        noun = "certificate" if len(labels) == 1 else "certificates"
        return f"the {noun} of {' and '.join(labels)} {'is' if len(labels) == 1 else 'are'} missing"

    def load_parent(self, child: Individual, identity: str) -> Individual:
        """Load a parent of a child by its id, else the only individual of its name."""
        try:
            return self.load(identity)
        except FileNotFoundError:
            names = dict(
                zip(child.birth["parents"], child.birth.get("parent_names", ()), strict=False)
            )
            graph = self.pedigree.graph
            namesakes = [
                i for i, node in graph.nodes.items() if node["name"] == names.get(identity)
            ]
            if len(namesakes) != 1:
                raise
            return self.load(namesakes[0])

    def _load_uncached(self, identity: str) -> Individual:
        """Load an individual by its id, from an older checkpoint if necessary.

        FileNotFoundError where it, or its weights, are not under the root; DamagedIndividual.
        """
        path = self.pedigree.graph.nodes.get(identity, {}).get(
            "path"
        ) or self._find_older_checkpoint(identity)
        weights = Path(path) / "model.safetensors"
        if not weights.exists():
            raise FileNotFoundError(
                f"the weights of {self.label(identity)} are not here: {weights} is missing"
            )
        try:
            return individual.load_individual(path)
        except DamagedIndividual as error:
            remedy = describe_remaking(run_folder_of(Path(path)))
            raise DamagedIndividual(f"{error}: make it again {remedy}") from None

    def _find_older_checkpoint(self, identity: str) -> Path:
        for folder in sorted(self.root.rglob("checkpoint")):
            for checkpoint in checkpoint_folders(folder):
                try:
                    if read_birth(checkpoint)["id"] == identity:
                        return checkpoint
                except DamagedIndividual:
                    continue
        is_in_pedigree = identity in self.pedigree.graph
        label = self.label(identity) if is_in_pedigree else identity[:SHORT_ID_LENGTH]
        raise FileNotFoundError(f"{label} is not under {self.root}")

    def _explain_childless_run(self, name: str) -> str:
        """Explain why a finished run holds no individual; "" where there is no such run."""
        for base in (self.root / name, Path(name).expanduser()):
            result = read_result(base)
            if result is not None and not any(checkpoint_folders(base / "checkpoint")):
                champion = result.get("champion") or {}
                if champion.get("id") in self.pedigree.graph:
                    return f"{name} kept no child: its champion is {self.label(champion['id'])}"
                reason = " (a raw average has no unit rows)" if champion.get("recipe") else ""
                return f"{name}: its run kept no individual{reason}"
        return ""

    def _newest_identity(self, base: Path) -> str | None:
        """Return the id of a run's final individual, of an unfinished run's newest, or of base."""
        final = final_identity(base)
        fault = "its certificate is not there"
        for folder in [*sorted(checkpoint_folders(base / "checkpoint"), reverse=True), base]:
            try:
                identity = str(read_birth(folder)["id"])
            except DamagedIndividual as error:
                fault = str(error)
                continue
            if final not in (None, identity):
                continue
            if identity not in self.pedigree.graph:
                raise ValueError(f"{base} is not in the pedigree of {self.root}: set root=FOLDER")
            return identity
        if final is not None and any(checkpoint_folders(base / "checkpoint")):
            raise DamagedIndividual(describe_lost_final(base, final, fault))
        return None
