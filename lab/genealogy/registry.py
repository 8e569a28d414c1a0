"""The archive: everybody under a root, found by name, by folder, or by the beginning of an id.

Used by `lab.pedigree`.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.pedigree import SHORT, Pedigree, read_birth, scan
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual import Individual, checkpoints
from lab.records import warn
from lab.records.finished_runs import run_of
from lab.records.run import read_result
from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.safe_text import printable

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
            if told := self._childless(name):
                raise ValueError(told) from None
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
        """Its name and the beginning of its id: forkL (72a5a6d0).

        By its children's certificates where its own is missing.
        """
        graph, called = self.pedigree.graph, self.pedigree.name(identity)
        if graph.nodes[identity]["path"] is None:
            births = [graph.nodes[child]["birth"] for child in sorted(graph.successors(identity))]
            told = (
                dict(zip(b["parents"], b.get("parent_names", ()), strict=False)) for b in births
            )
            called = next((str(one[identity]) for one in told if one.get(identity)), "unknown")
        return f"{printable(called)} ({identity[:SHORT]})"

    def lost(self, *identities: str) -> str:
        """Whose certificates are missing in the line of individuals, in words; "" for nobody's."""
        unknown = [self.label(one) for one in self.pedigree.unknown(*identities)]
        if not unknown:
            return ""
        said = "certificate" if len(unknown) == 1 else "certificates"
        return (
            f"the {said} of {' and '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} missing"
        )

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

        FileNotFoundError where it, or its weights, are not under the root; DamagedIndividual.
        """
        path = self.pedigree.graph.nodes.get(identity, {}).get("path") or self._older(identity)
        weights = Path(path) / "model.safetensors"
        if not weights.exists():
            raise FileNotFoundError(
                f"the weights of {self.label(identity)} are not here: {weights} is missing"
            )
        return individual.load(path)

    def _older(self, identity: str) -> Path:
        for folder in sorted(self.root.rglob("checkpoint")):
            for one in checkpoints(folder):
                try:
                    if read_birth(one)["id"] == identity:
                        return one
                except DamagedIndividual:
                    continue
        known = identity in self.pedigree.graph
        who = self.label(identity) if known else identity[:SHORT]
        raise FileNotFoundError(f"{who} is not under {self.root}")

    def _childless(self, name: str) -> str:
        """Why a finished run of this name holds no individual; "" where there is no such run."""
        for base in (self.root / name, Path(name).expanduser()):
            if (base / "result.json").is_file() and not any(checkpoints(base / "checkpoint")):
                champion = (read_result(base) or {}).get("champion") or {}
                if champion.get("id") in self.pedigree.graph:
                    return f"{name} kept no child: its champion is {self.label(champion['id'])}"
                why = " (a raw average has no unit rows)" if champion.get("recipe") else ""
                return f"{name}: its run kept no individual{why}"
        return ""

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


def parents(child: Individual, root: Path) -> list[tuple[str, Genotype, Vocabulary]]:
    """What each of two parents or more is called, is and reads, as the certificate lists them.

    Empty for one that was trained or selfed, and, with a warning, where a parent is not under root.
    """
    born = list(dict.fromkeys(child.birth["parents"]))
    if len(born) < 2:
        return []
    names = dict(zip(child.birth["parents"], child.birth.get("parent_names", ()), strict=False))
    try:
        archive = Archive(root)
        return [
            (str(names.get(one) or archive.name(one)), *_mind(archive.load(one))) for one in born
        ]
    except (ValueError, FileNotFoundError, DamagedIndividual) as error:
        warn(f"the parents of {child.id[:SHORT]} are not compared: {error}")
        return []


def _mind(one: Individual) -> tuple[Genotype, Vocabulary]:
    return one.genotype, Vocabulary.from_dict(one.birth["vocabulary"])
