"""Kinship table: relationship, row angle and task-vector cosine of pairs of individuals.

Wright 1922, "Coefficients of inbreeding and relationship"; Hu et al. 2024, arXiv 2410.12613.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lab.breeding.vocabularies import widen_vocabularies
from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.kinship import (
    median_row_angle,
    relationship_coefficient,
    task_vector_cosines,
)
from lab.genealogy.registry import Registry
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.tables import align_columns

MAX_NAMED_MISSING = 4  # of those whose weights are not here


def kinship_table(
    registry: Registry, pairs: list[tuple[str, str]], ancestor: str | None
) -> list[str]:
    """Return one line a pair: Wright's r, median row angle and task-vector cosine.

    The cosine is that of the task vectors since `ancestor` where both descend from it, else since
    their nearest common ancestor; blank where there is none. "-" is unknown: the lines below the
    table name the missing certificates or weights.
    """
    pedigree = registry.pedigree
    identities = {identity for pair in pairs for identity in pair}
    names = [registry.name(identity) for identity in identities]
    faults: dict[str, str] = {}

    def short_label(identity: str) -> str:
        return (
            registry.name(identity)
            if names.count(registry.name(identity)) < 2
            else registry.label(identity)
        )

    rows = [["", "", "Wright's r", "median angle", "cosine", "since"]]
    for a, b in pairs:
        common_ancestors = pedigree.ancestors(a) & pedigree.ancestors(b)
        base = ancestor if ancestor in common_ancestors else pedigree.latest(common_ancestors)
        angle, cosine = format_angle_and_cosine(registry, a, b, base, faults)
        base_name = registry.name(base) if base and cosine.strip("-") else ""
        rows.append(
            [
                short_label(a),
                short_label(b),
                format_relationship(registry, a, b),
                angle,
                cosine,
                base_name,
            ]
        )
    missing = registry.describe_missing(*identities)
    footnote = [f"-: {missing}"] if missing else []
    return [*align_columns(rows, {2, 3, 4}), *footnote, *format_missing_weights(faults, identities)]


def format_relationship(registry: Registry, a: str, b: str) -> str:
    """Return Wright's relationship; "-" where a certificate of their ancestors is missing."""
    if registry.pedigree.missing_certificates(a, b):
        return "-"
    return f"{relationship_coefficient(registry.pedigree, a, b):.3f}"


def format_angle_and_cosine(
    registry: Registry, a: str, b: str, base: str | None, faults: dict[str, str]
) -> tuple[str, str]:
    """Return the median row angle in degrees and the task-vector cosine; "" where undefined.

    "-" without the weights; the reason is added to `faults` by label.
    """

    def load_if_present(identity: str) -> list[Individual]:
        try:
            return [registry.load(identity)]
        except FileNotFoundError:
            faults[registry.label(identity)] = ""
        except DamagedIndividual as error:
            faults[registry.label(identity)] = str(error)
        return []

    members = [individual for identity in (a, b) for individual in load_if_present(identity)]
    loaded_base = load_if_present(base) if base else []
    if len(members) < 2:
        return "-", "-" if base else ""
    try:
        first, second, *base_genotype = to_smallest_vocabulary([*members, *loaded_base])
        angle = f"{median_row_angle(first, second):.2f}°"
        if base and not loaded_base:
            return angle, "-"
        return (
            angle,
            f"{task_vector_cosines(first, second, base_genotype[0])['all']:+z.3f}"
            if loaded_base
            else "",
        )
    except ValueError:  # of different architectures
        return "", ""


def format_missing_weights(faults: Mapping[str, str], identities: Collection[str]) -> list[str]:
    """Return lines that name missing and damaged weights."""
    missing = [label for label, fault in faults.items() if not fault]
    subject = f"the weights of {', '.join(missing[:MAX_NAMED_MISSING])}"
    if len(missing) > MAX_NAMED_MISSING:
        subject += f" and {len(missing) - MAX_NAMED_MISSING} more"
    if len(missing) >= len(identities):
        subject = "their weights"
    lines = [f"-: {subject} are not here"] if missing else []
    return lines + [f"-: {label} is damaged: {fault}" for label, fault in faults.items() if fault]


def to_smallest_vocabulary(members: list[Individual]) -> list[Genotype]:
    """Return genotypes over the smallest of their vocabularies; it lends missing rows."""
    character_sets = [
        Vocabulary.from_dict(member.birth["vocabulary"]).characters for member in members
    ]
    if len({tuple(character_set) for character_set in character_sets}) == 1:
        return [member.genotype for member in members]
    smallest = min(range(len(members)), key=lambda i: len(character_sets[i]))
    lender, characters = members[smallest].genotype, character_sets[smallest]
    pairs = zip(members, character_sets, strict=True)
    widened = [
        widen_vocabularies([lender], [characters], member.genotype, member_characters)[1]
        for member, member_characters in pairs
    ]
    return [genotype for genotype in widened if genotype is not None]
