"""The archive: everybody under a root, found by name, by folder, or by the beginning of an id.

Used by `lab.pedigree`.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from lab.breeding.pedigree import SHORT, Pedigree, read_birth, scan
from lab.config.message import printable
from lab.models import individual
from lab.models.individual import Individual, checkpoints
from lab.models.sealed import DamagedIndividual
from lab.records import warn
from lab.records.runs import run_of

SHOWN = 5  # of the individuals that a name may mean


class Archive:
    """The pedigree of a root, and the weights of whoever is asked for.

    ValueError where nobody lies there. Damaged certificates are named on the way.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).expanduser()
        self.pedigree: Pedigree = scan(self.root, warn)
        if not self.pedigree.graph:
            raise ValueError(f"no individual lies under {self.root}: rear some, or say root=...")
        self.load = lru_cache(maxsize=4)(self._load)

    def find(self, name: str) -> str:
        """The id of who is called name, lies in that folder, or whose id begins so.

        A run root/<name>/ comes before others of its name. ValueError where it means nobody, or
        several, whose folders are then named.
        """
        for base in (self.root / name, Path(name).expanduser()):
            if found := self._newest(base):
                return found
        graph = self.pedigree.graph
        called = [one for one in graph if graph.nodes[one]["name"] == name]
        if len(called) > 1:
            places = [f"{self.place(one)} ({one[:SHORT]})" for one in called]
            more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
            raise ValueError(
                f"{name} means {len(called)} individuals, say which by folder or id: "
                f"{', '.join(places[:SHOWN])}{more}"
            )
        try:
            return self.pedigree.find(name)
        except ValueError as error:
            names = [str(one["name"]) for one in graph.nodes.values()]
            near = difflib.get_close_matches(name, names, 1)
            hint = f"; did you mean {near[0]}?" if near else f" (looked under {self.root})"
            raise ValueError(f"{error}{hint}") from None

    def place(self, identity: str) -> Path | str:
        """The run's folder of an individual, "nowhere" for one whose certificate is missing."""
        path = self.pedigree.graph.nodes[identity]["path"]
        if path is None:
            return "nowhere"
        return run_of(Path(path))

    def name(self, identity: str) -> str:
        """What it is called, safe to print."""
        return printable(self.pedigree.name(identity))

    def label(self, identity: str) -> str:
        """Its name and the beginning of its id: forkL (72a5a6d0)."""
        return f"{self.name(identity)} ({identity[:SHORT]})"

    def called(self, child: Individual, parent: str) -> str:
        """The label of a child's parent, by the child's certificate where it is missing."""
        if self.pedigree.graph.nodes[parent]["path"]:
            return self.label(parent)
        names = dict(zip(child.birth["parents"], child.birth.get("parent_names", ()), strict=False))
        return f"{printable(str(names.get(parent, 'a parent')))} ({parent[:SHORT]})"

    def parent(self, child: Individual, identity: str) -> Individual:
        """A parent of a child: by its id, else whoever bears its name alone by now."""
        try:
            return self.load(identity)
        except FileNotFoundError:
            names = dict(
                zip(child.birth["parents"], child.birth.get("parent_names", ()), strict=False)
            )
            graph = self.pedigree.graph
            called = [i for i, one in graph.nodes.items() if one["name"] == names.get(identity)]
            if len(called) != 1:
                raise
            return self.load(called[0])

    def _load(self, identity: str) -> Individual:
        """An individual by its id, from an older checkpoint where need be.

        FileNotFoundError where it is not under the root any more; DamagedIndividual.
        """
        path = self.pedigree.graph.nodes.get(identity, {}).get("path")
        return individual.load(path or self._older(identity))

    def _older(self, identity: str) -> Path:
        for folder in sorted(self.root.rglob("checkpoint")):
            for one in checkpoints(folder):
                try:
                    if read_birth(one)["id"] == identity:
                        return one
                except DamagedIndividual:
                    continue
        raise FileNotFoundError(f"{identity[:SHORT]} is not under {self.root}")

    def _newest(self, base: Path) -> str | None:
        """The id of the newest sound certificate in a folder that is a run, or an individual."""
        for folder in [*sorted(checkpoints(base / "checkpoint"), reverse=True), base]:
            try:
                identity = str(read_birth(folder)["id"])
            except DamagedIndividual:
                continue
            if identity not in self.pedigree.graph:
                raise ValueError(f"{base} is not of the family under {self.root}: say root=...")
            return identity
        return None
