"""Relatives: who is closest to an individual, by pedigree beside by weights.

Used by `lab.pedigree`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from lab.breeding.vocabularies import widen
from lab.corpora.vocabulary import Vocabulary
from lab.genealogy.kinship import cosines, inbreeding, median_angle, relationship
from lab.genealogy.registry import Archive
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.tables import aligned

CLOSEST = 12  # relatives in a table
NAMED = 4  # of those whose weights are not here


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
    who = f"{archive.label(a)} and {archive.label(b)}"
    table = kinship_table(archive, [(a, b)], ancestor_of(archive, [a, b]))
    return "\n".join([descent(archive, [a, b], who), "", *table])


def descent(archive: Archive, individuals: Sequence[str], who: str) -> str:
    """From whom several individuals descend together, in a line; who is what they are called.

    The children of one couple have two ancestors equally near: both are named, and then their own.
    """
    near = archive.pedigree.nearest_common_ancestors(*individuals)
    if len(near) == 1:
        return f"nearest common ancestor of {who}: {archive.label(near[0])}"
    if near:
        shared = archive.pedigree.nearest_common_ancestor(*individuals)
        theirs = f"; theirs: {archive.label(shared)}" if shared else ""
        if not shared and (lost := archive.lost(*individuals)):
            theirs = f"; theirs is not known: {lost}"
        names = " and ".join(map(archive.label, near))
        return f"nearest common ancestors of {who}, equally near: {names}{theirs}"
    if lost := archive.lost(*individuals):
        return f"whether {who} have a common ancestor is not known: {lost}"
    return f"{who} have no common ancestor"


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


def ancestor_of(archive: Archive, parents: Sequence[str]) -> str | None:
    """The nearest common ancestor of all parents, where there are two or more."""
    return archive.pedigree.nearest_common_ancestor(*parents) if len(parents) > 1 else None


def kinship_table(
    archive: Archive, pairs: list[tuple[str, str]], ancestor: str | None
) -> list[str]:
    """One line a pair: Wright's coefficient, median row angle, and cosine since an ancestor.

    The cosine is that of what both have learned since `ancestor` where both descend from it, else
    since the nearest one of whom both do; blank where there is none. "-" is what cannot be known:
    below the table stands which certificates or weights are missing.
    """
    pedigree = archive.pedigree
    everyone = {one for pair in pairs for one in pair}
    names = [archive.name(one) for one in everyone]
    absent: dict[str, str] = {}

    def short(one: str) -> str:
        return archive.name(one) if names.count(archive.name(one)) < 2 else archive.label(one)

    rows = [["", "", "Wright's r", "median angle", "cosine", "since"]]
    for a, b in pairs:
        common = pedigree.ancestors(a) & pedigree.ancestors(b)
        since = ancestor if ancestor in common else pedigree.latest(common)
        angle, cosine = measured(archive, a, b, since, absent)
        told = archive.name(since) if since and cosine.strip("-") else ""
        rows.append([short(a), short(b), wright(archive, a, b), angle, cosine, told])
    lost = archive.lost(*everyone)
    below = [f"-: {lost}"] if lost else []
    return [*aligned(rows, {2, 3, 4}), *below, *absent_lines(absent, everyone)]


def wright(archive: Archive, a: str, b: str) -> str:
    """Wright's coefficient of relationship; "-" where a certificate of their lines is missing."""
    if archive.pedigree.unknown(a, b):
        return "-"
    return f"{relationship(archive.pedigree, a, b):.3f}"


def measured(
    archive: Archive, a: str, b: str, since: str | None, absent: dict[str, str]
) -> tuple[str, str]:
    """Median row angle in degrees and cosine since an ancestor; "" where there is no such thing.

    "-" without the weights; whose are absent, and why, is added to `absent` by label.
    """

    def grown(identity: str) -> list[Individual]:
        try:
            return [archive.load(identity)]
        except FileNotFoundError:
            absent[archive.label(identity)] = ""
        except DamagedIndividual as error:
            absent[archive.label(identity)] = str(error)
        return []

    members = [one for identity in (a, b) for one in grown(identity)]
    old = grown(since) if since else []
    if len(members) < 2:
        return "-", "-" if since else ""
    try:
        first, second, *ancestor = same_characters([*members, *old])
        angle = f"{median_angle(first, second):.2f}°"
        if since and not old:
            return angle, "-"
        return angle, f"{cosines(first, second, ancestor[0])['all']:+z.3f}" if old else ""
    except ValueError:  # of unlike architectures
        return "", ""


def absent_lines(absent: Mapping[str, str], everyone: Collection[str]) -> list[str]:
    """Whose weights are not here, in one line, and whose are damaged."""
    missing = [one for one, fault in absent.items() if not fault]
    who = f"the weights of {', '.join(missing[:NAMED])}"
    if len(missing) > NAMED:
        who += f" and {len(missing) - NAMED} more"
    if len(missing) >= len(everyone):
        who = "their weights"
    lines = [f"-: {who} are not here"] if missing else []
    return lines + [f"-: {one} is damaged: {fault}" for one, fault in absent.items() if fault]


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
    if archive.pedigree.graph.nodes[subject]["path"] is None:
        return f"its parents are not known: {archive.lost(subject)}"
    if not parents:
        return "it is a founder: it has no parents"
    if len(parents) == 1:
        return f"it has one parent: {archive.label(parents[0])}"
    who = " and ".join(archive.name(one) for one in parents)
    told = descent(archive, parents, f"its parents {who}")
    if archive.pedigree.unknown(subject):
        return told if " is not known: " in told else f"{told}\ninbreeding F = -"
    if not archive.pedigree.nearest_common_ancestors(*parents):
        return told
    return f"{told}\ninbreeding F = {inbreeding(archive.pedigree, subject):.3f}"
