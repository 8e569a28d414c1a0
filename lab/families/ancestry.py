"""Ancestry: the parents that an individual was bred of, from its birth certificate and a root.

Used by `lab.sample`.
"""

from __future__ import annotations

from pathlib import Path

from lab.breeding.pedigree import SHORT
from lab.corpora.vocabulary import Vocabulary
from lab.families.archive import Archive
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.sealed import DamagedIndividual
from lab.records import warn


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
