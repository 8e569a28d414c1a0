"""Relatives: who is closest to an individual, by pedigree beside by weights.

Used by `lab.pedigree`.
"""

from __future__ import annotations

from itertools import combinations

from lab.breeding.kinship import cosines, inbreeding, median_angle, relationship
from lab.breeding.tables import aligned
from lab.breeding.vocabularies import widen
from lab.corpora.vocabulary import Vocabulary
from lab.families.archive import Archive
from lab.models.genotype import Genotype
from lab.models.individual import Individual

CLOSEST = 12  # relatives in a table


def family_page(archive: Archive, subject: str) -> str:
    """Where an individual comes from, in words, and the table of its kinship."""
    parents = list(dict.fromkeys(archive.pedigree.parents(subject)))
    lines = [_origin(archive, subject, parents)]
    pairs = [*combinations(parents, 2)][:CLOSEST]
    pairs += [(subject, one) for one in closest(archive, subject)]
    if pairs:
        lines += ["", *kinship_table(archive, pairs, ancestor_of(archive, parents))]
    recipe = (archive.pedigree.graph.nodes[subject]["birth"] or {}).get("recipe", {})
    if recipe.get("alignment") == "match":
        lines.append(
            "its later parents were aligned to the first before the cross; "
            "angles and cosines are of the weights as they lie on disk"
        )
    return "\n".join(lines)


def pair_page(archive: Archive, a: str, b: str) -> str:
    """The nearest common ancestor of two individuals, and their kinship."""
    common = archive.pedigree.nearest_common_ancestor(a, b)
    who = f"{archive.label(a)} and {archive.label(b)}"
    found = f"nearest common ancestor of {who}: {archive.label(common)}" if common else None
    table = kinship_table(archive, [(a, b)], common)
    return "\n".join([found or f"{who} have no common ancestor", "", *table])


def closest(archive: Archive, subject: str) -> list[str]:
    """The closest relatives by Wright's coefficient: the parents and their ancestor first."""
    pedigree = archive.pedigree
    parents = list(dict.fromkeys(pedigree.parents(subject)))
    ancestor = ancestor_of(archive, parents)
    first = list(dict.fromkeys([*parents, *([ancestor] if ancestor else [])]))
    line = {subject} | pedigree.ancestors(subject)
    kin = set().union(*(pedigree.descendants(one) for one in line), line) - {subject, *first}
    near = {one: relationship(pedigree, subject, one) for one in kin}
    rest = sorted(kin, key=lambda one: (-near[one], pedigree.name(one), one))
    return [*first, *rest][:CLOSEST]


def ancestor_of(archive: Archive, parents: list[str]) -> str | None:
    """The nearest common ancestor of all parents, where there are two or more."""
    nearest: str | None = parents[0] if len(parents) > 1 else None
    for other in parents[1:]:
        nearest = archive.pedigree.nearest_common_ancestor(nearest, other) if nearest else None
    return nearest


def kinship_table(
    archive: Archive, pairs: list[tuple[str, str]], ancestor: str | None
) -> list[str]:
    """One line a pair: Wright's coefficient, median row angle, and cosine since an ancestor.

    The cosine is that of what both have learned since `ancestor` where both descend from it, else
    since the nearest one of whom both do; blank where there is none.
    """
    pedigree = archive.pedigree
    everyone = {one for pair in pairs for one in pair}
    names = [archive.name(one) for one in everyone]

    def short(one: str) -> str:
        return archive.name(one) if names.count(archive.name(one)) < 2 else archive.label(one)

    rows = [["", "", "Wright's r", "median angle", "cosine", "since"]]
    for a, b in pairs:
        common = pedigree.ancestors(a) & pedigree.ancestors(b)
        nearest = [c for c in common if not pedigree.descendants(c) & common]
        since = ancestor if ancestor in common else min(nearest, default=None)
        angle, cosine = measured(archive, a, b, since)
        wright = f"{relationship(pedigree, a, b):.3f}"
        told = archive.name(since) if since and cosine else ""
        rows.append([short(a), short(b), wright, angle, cosine, told])
    return aligned(rows, {2, 3, 4})


def measured(archive: Archive, a: str, b: str, since: str | None) -> tuple[str, str]:
    """Median row angle in degrees and cosine since an ancestor; "" where there is no such thing."""
    try:
        members = [archive.load(one) for one in (a, b, *([since] if since else []))]
    except FileNotFoundError:  # known by the certificates of its children alone
        return "", ""
    try:
        one, two, *old = same_characters(members)
        angle = f"{median_angle(one, two):.2f}°"
        return angle, f"{cosines(one, two, old[0])['all']:+.3f}" if old else ""
    except ValueError:  # of unlike architectures
        return "", ""


def same_characters(members: list[Individual]) -> list[Genotype]:
    """Genotypes over the smallest of their vocabularies; a row that one lacks is lent to it."""
    known = [Vocabulary.from_dict(one.birth["vocabulary"]).characters for one in members]
    if len({tuple(one) for one in known}) == 1:
        return [one.genotype for one in members]
    base = min(range(len(members)), key=lambda i: len(known[i]))
    lender, characters = members[base].genotype, known[base]
    grown = zip(members, known, strict=True)
    wide = [widen([lender], [characters], one.genotype, own)[1] for one, own in grown]
    return [one for one in wide if one is not None]


def _origin(archive: Archive, subject: str, parents: list[str]) -> str:
    if not parents:
        return "it is a founder: it has no parents"
    if len(parents) == 1:
        return f"it has one parent: {archive.label(parents[0])}"
    who = " and ".join(archive.name(one) for one in parents)
    ancestor = ancestor_of(archive, parents)
    if ancestor is None:
        return f"its parents {who} have no common ancestor"
    inbred = inbreeding(archive.pedigree, subject)
    return (
        f"nearest common ancestor of its parents {who}: {archive.label(ancestor)}\n"
        f"inbreeding F = {inbred:.3f}"
    )
