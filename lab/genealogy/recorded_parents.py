"""Recorded parents: the parents that a birth certificate lists, loaded with vocabularies.

Used by the attribution of a gallery's pieces to the parents of a bred artist.
"""

from __future__ import annotations

from pathlib import Path

from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.pedigree import SHORT_ID_LENGTH
from lab.genealogy.registry import Registry
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records import warn
from lab.storage.verified_folder import DamagedIndividual


def load_parents(child: Individual, root: Path) -> list[tuple[str, Genotype, Vocabulary]]:
    """Load (name, genotype, vocabulary) of two or more parents, in certificate order.

    Empty for a trained or selfed individual, and, with a warning, for parents not under root.
    """
    parent_ids = list(dict.fromkeys(child.birth["parents"]))
    if len(parent_ids) < 2:
        return []
    names = dict(zip(child.birth["parents"], child.birth.get("parent_names", ()), strict=False))
    try:
        registry = Registry(root)
        return [
            (
                str(names.get(parent_id) or registry.name(parent_id)),
                *_genotype_and_vocabulary(registry.load(parent_id)),
            )
            for parent_id in parent_ids
        ]
    except (ValueError, FileNotFoundError, DamagedIndividual) as error:
        warn(f"the parents of {child.id[:SHORT_ID_LENGTH]} are not compared: {error}")
        return []


def _genotype_and_vocabulary(parent: Individual) -> tuple[Genotype, Vocabulary]:
    return parent.genotype, Vocabulary.from_dict(parent.birth["vocabulary"])
