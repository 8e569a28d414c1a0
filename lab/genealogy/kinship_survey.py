"""Survey: kinship by pedigree and by weights of everybody in the crosses of a folder, as data.

Used by `lab.pedigree`. The weights are read once and not needed again: figures are drawn from the
numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.genealogy.kinship import cosines, median_angle, relationship
from lab.genealogy.kinship import kinship as wright
from lab.genealogy.kinship_report import ancestor_of, same_characters
from lab.genealogy.registry import Archive
from lab.records.finished_runs import finished
from lab.storage import atomic_file


def survey(archive: Archive, names: str) -> Path:
    """Write <root>/kinship.json: every pair of relatives in the crosses whose names fit.

    FileNotFoundError where no cross fits.
    """
    pairs = [
        pair
        for folder, result in finished(archive.root, names)
        if "verdict" in result
        for pair in of(archive, folder.name, result)
    ]
    if not pairs:
        raise FileNotFoundError(
            f"no cross under {archive.root} is called {names}: python -m lab.breed makes them"
        )
    path = archive.root / "kinship.json"
    about = {
        "wright": "Wright's coefficient of kinship, from the pedigree; null: it is not known",
        "relationship": "Wright's coefficient of relationship, from the pedigree",
        "angle": "median angle between corresponding rows, degrees",
        "cosine": "of what both have learned since the parents' nearest common ancestor",
    }
    atomic_file.write_json(path, {"about": about, "pairs": pairs})
    return path


def of(archive: Archive, cross: str, result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The pairs of one cross: parents, parents and child, ancestor and parents."""
    parents = [one for one in result["parents"].values() if one in archive.pedigree.graph]
    child, ancestor = result["champion"]["id"], ancestor_of(archive, parents)
    pairs = [("parents", a, b) for a, b in zip(parents, parents[1:], strict=False)]
    if child in archive.pedigree.graph and child not in parents:
        pairs += [("parent and child", one, child) for one in parents]
    if ancestor:
        pairs += [("ancestor and parent", ancestor, one) for one in parents]
    for relation, a, b in pairs:
        known = not archive.pedigree.unknown(a, b)
        members = [archive.load(one) for one in (a, b, *([ancestor] if ancestor else []))]
        one, two, *old = same_characters(members)
        since = old and ancestor not in (a, b)
        yield {
            "cross": cross,
            "relation": relation,
            "of": [archive.name(a), archive.name(b)],
            "wright": wright(archive.pedigree, a, b) if known else None,
            "relationship": relationship(archive.pedigree, a, b) if known else None,
            "angle": median_angle(one, two),
            "cosine": cosines(one, two, old[0])["all"] if since else None,
        }
