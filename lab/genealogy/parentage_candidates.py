"""Parentage candidates: sketches of a child's possible parents, in the child's own characters.

A candidate of another vocabulary is matched by character, as breeding does. Rows of characters
that some candidate lacks are compared with none, so that no candidate gains by not having them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from lab.breeding.vocabularies import widen_vocabularies
from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.pair_shortlist import sketch_row_indices, sketch_rows
from lab.genealogy.registry import Registry
from lab.models.genotype import Genotype, Layout
from lab.models.individual import Individual
from lab.records import warn
from lab.storage.verified_folder import DamagedIndividual


@dataclass(frozen=True)
class CandidateSketches:
    """Sketches [rows, dim] of a child and of its candidates by id, and how many have other shapes.

    Equal rows of all of them are of the same neuron or character.
    """

    child: Tensor
    candidates: dict[str, Tensor]
    mismatched_count: int


def sketch_candidates(registry: Registry, subject: str, among: Sequence[str]) -> CandidateSketches:
    """Return the sketches of a child and its candidates: among, or all under the root.

    The subject and its descendants are left out; missing and damaged weights are warned of.
    """
    pedigree, child = registry.pedigree, registry.load(subject)
    identities = [registry.find(name) for name in among] or [
        identity for identity, node in pedigree.graph.nodes.items() if node["path"] is not None
    ]
    excluded = pedigree.descendants(subject) | {subject}
    sketches, mismatched_count, missing = dict[str, Tensor](), 0, list[str]()
    is_known = torch.ones(len(sketch_row_indices(child.genotype.layout)), dtype=torch.bool)
    for identity in sorted(
        set(identities) - excluded, key=lambda identity: (pedigree.name(identity), identity)
    ):
        try:
            candidate = registry.load(identity)
        except FileNotFoundError:
            missing.append(registry.label(identity))
            continue
        except DamagedIndividual as error:
            warn(f"skipping a damaged candidate: {error}")
            continue
        if (genotype := to_child_characters(child, candidate)) is None:
            mismatched_count += 1
            continue
        sketches[identity] = sketch_rows(genotype)
        is_known &= _known_rows(child, candidate)
    if missing:
        warn(f"candidates without weights here are left out: {', '.join(missing)}")
    rows_of_all = {identity: rows[is_known] for identity, rows in sketches.items()}
    return CandidateSketches(sketch_rows(child.genotype)[is_known], rows_of_all, mismatched_count)


def to_child_characters(child: Individual, candidate: Individual) -> Genotype | None:
    """Return a candidate over the child's characters; the child lends the rows that it lacks.

    None where the shapes differ by more than the vocabulary, or no character is shared.
    """
    size = child.genotype.architecture.vocab_size
    if replace(candidate.genotype.architecture, vocab_size=size) != child.genotype.architecture:
        return None
    if candidate.birth["vocabulary"] == child.birth["vocabulary"]:
        return candidate.genotype
    own, others = _characters_of(child), _characters_of(candidate)
    if not set(own) & set(others):
        return None
    return widen_vocabularies([child.genotype], [own], candidate.genotype, others)[1]


def _characters_of(individual: Individual) -> Sequence[str]:
    return Vocabulary.from_dict(individual.birth["vocabulary"]).characters


def _known_rows(child: Individual, candidate: Individual) -> Tensor:
    """Whether each row of the child's sketch, [rows], is of a neuron or a character of both."""
    layout: Layout = child.genotype.layout
    indices = sketch_row_indices(layout)
    if candidate.birth["vocabulary"] == child.birth["vocabulary"]:
        return torch.ones(len(indices), dtype=torch.bool)
    known = set(_characters_of(candidate))
    unknown_rows = [
        row
        for token, character in enumerate(_characters_of(child))
        if character not in known
        for row in layout.token_gene(token).rows
    ]
    return ~torch.isin(indices, torch.tensor(unknown_rows, dtype=indices.dtype))
