"""Relatives: who is closest to an individual, by pedigree beside by weights.

Used by `lab.pedigree`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from lab.breeding.vocabularies import widen_vocabularies
from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.kinship import (
    inbreeding_coefficient,
    median_row_angle,
    relationship_coefficient,
    task_vector_cosines,
)
from lab.genealogy.registry import Registry
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.tables import align_columns

MAX_RELATIVES = 12  # relatives in a table
MAX_NAMED_MISSING = 4  # of those whose weights are not here


def family_page(registry: Registry, subject: str) -> str:
    """Where an individual comes from, in words, and the table of its kinship."""
    parents = list(dict.fromkeys(registry.pedigree.parents(subject)))
    lines = [_describe_parentage(registry, subject, parents)]
    pairs = [*combinations(parents, 2)][:MAX_RELATIVES]
    pairs += [(subject, relative) for relative in closest_relatives(registry, subject)]
    if pairs:
        lines += ["", *kinship_table(registry, pairs, parents_common_ancestor(registry, parents))]
    recipe = (registry.pedigree.graph.nodes[subject]["birth"] or {}).get("recipe", {})
    if recipe.get("alignment") == "match":
        lines.append(
            "its later parents were aligned to the first before the cross; "
            "angles and cosines are of the weights as they lie on disk"
        )
    return "\n".join(lines)


def pair_page(registry: Registry, a: str, b: str) -> str:
    """The nearest common ancestor of two individuals, and their kinship."""
    group_name = f"{registry.label(a)} and {registry.label(b)}"
    table = kinship_table(registry, [(a, b)], parents_common_ancestor(registry, [a, b]))
    return "\n".join([describe_common_ancestry(registry, [a, b], group_name), "", *table])


def describe_common_ancestry(
    registry: Registry, individuals: Sequence[str], group_name: str
) -> str:
    """From whom several individuals descend together, in a line; who is what they are called.

    The children of one couple have two ancestors equally near: both are named, and then their own.
    """
    nearest_ancestors = registry.pedigree.nearest_common_ancestors(*individuals)
    if len(nearest_ancestors) == 1:
        return f"nearest common ancestor of {group_name}: {registry.label(nearest_ancestors[0])}"
    if nearest_ancestors:
        shared_ancestor = registry.pedigree.nearest_common_ancestor(*individuals)
        ancestor_note = f"; theirs: {registry.label(shared_ancestor)}" if shared_ancestor else ""
        if not shared_ancestor and (missing := registry.describe_missing(*individuals)):
            ancestor_note = f"; theirs is not known: {missing}"
        names = " and ".join(map(registry.label, nearest_ancestors))
        return f"nearest common ancestors of {group_name}, equally near: {names}{ancestor_note}"
    if missing := registry.describe_missing(*individuals):
        return f"whether {group_name} have a common ancestor is not known: {missing}"
    return f"{group_name} have no common ancestor"


def closest_relatives(registry: Registry, subject: str) -> list[str]:
    """The closest relatives by Wright's coefficient: the parents and their ancestor first."""
    pedigree = registry.pedigree
    parents = list(dict.fromkeys(pedigree.parents(subject)))
    ancestor = parents_common_ancestor(registry, parents)
    direct_relatives = list(dict.fromkeys([*parents, *([ancestor] if ancestor else [])]))
    lineage = {subject} | pedigree.ancestors(subject)
    kin = set().union(*(pedigree.descendants(member) for member in lineage), lineage) - {
        subject,
        *direct_relatives,
    }
    relationships = {
        relative: relationship_coefficient(pedigree, subject, relative) for relative in kin
    }
    rest = sorted(
        kin, key=lambda relative: (-relationships[relative], pedigree.name(relative), relative)
    )
    return [*direct_relatives, *rest][:MAX_RELATIVES]


def parents_common_ancestor(registry: Registry, parents: Sequence[str]) -> str | None:
    """The nearest common ancestor of all parents, where there are two or more."""
    return registry.pedigree.nearest_common_ancestor(*parents) if len(parents) > 1 else None


def kinship_table(
    registry: Registry, pairs: list[tuple[str, str]], ancestor: str | None
) -> list[str]:
    """One line a pair: Wright's coefficient, median row angle, and cosine since an ancestor.

    The cosine is that of what both have learned since `ancestor` where both descend from it, else
    since the nearest one of whom both do; blank where there is none. "-" is what cannot be known:
    below the table stands which certificates or weights are missing.
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
    """Wright's coefficient of relationship; "-" where a certificate of their lines is missing."""
    if registry.pedigree.missing_certificates(a, b):
        return "-"
    return f"{relationship_coefficient(registry.pedigree, a, b):.3f}"


def format_angle_and_cosine(
    registry: Registry, a: str, b: str, base: str | None, faults: dict[str, str]
) -> tuple[str, str]:
    """Median row angle in degrees and cosine since an ancestor; "" where there is no such thing.

    "-" without the weights; whose are absent, and why, is added to `absent` by label.
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
    except ValueError:  # of unlike architectures
        return "", ""


def format_missing_weights(faults: Mapping[str, str], identities: Collection[str]) -> list[str]:
    """Whose weights are not here, in one line, and whose are damaged."""
    missing = [label for label, fault in faults.items() if not fault]
    subject = f"the weights of {', '.join(missing[:MAX_NAMED_MISSING])}"
    if len(missing) > MAX_NAMED_MISSING:
        subject += f" and {len(missing) - MAX_NAMED_MISSING} more"
    if len(missing) >= len(identities):
        subject = "their weights"
    lines = [f"-: {subject} are not here"] if missing else []
    return lines + [f"-: {label} is damaged: {fault}" for label, fault in faults.items() if fault]


def to_smallest_vocabulary(members: list[Individual]) -> list[Genotype]:
    """Genotypes over the smallest of their vocabularies; a row that one lacks is lent to it."""
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


def _describe_parentage(registry: Registry, subject: str, parents: list[str]) -> str:
    if registry.pedigree.graph.nodes[subject]["path"] is None:
        return f"its parents are not known: {registry.describe_missing(subject)}"
    if not parents:
        return "it is a founder: it has no parents"
    if len(parents) == 1:
        return f"it has one parent: {registry.label(parents[0])}"
    names = " and ".join(registry.name(parent) for parent in parents)
    description = describe_common_ancestry(registry, parents, f"its parents {names}")
    if registry.pedigree.missing_certificates(subject):
        return (
            description if " is not known: " in description else f"{description}\ninbreeding F = -"
        )
    if not registry.pedigree.nearest_common_ancestors(*parents):
        return description
    return f"{description}\ninbreeding F = {inbreeding_coefficient(registry.pedigree, subject):.3f}"
