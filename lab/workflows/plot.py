"""Plotting workflow: which figures the records of a study, or the pieces of a gallery, give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.breeding.statistics.control_arms import all_arms
from lab.figures import gallery_plots, genealogy, results, vigor_plots
from lab.figures.generations_plot import read_search_scores
from lab.galleries.gallery_file import read_gallery
from lab.galleries.text_wrap import is_running_text
from lab.genealogy.pedigree import read_pedigree
from lab.storage.bounded_reader import read_json_object, require_types

MAX_SHEET_PIECES = 16  # pieces of a contact sheet at most; artists that compare have a column each


def study_figures(root: Path, names: str) -> Iterator[tuple[str, Any]]:
    """Yield name and figure of everything that the crosses under root have records for."""
    crosses = results.load_crosses(root, names)
    effects = results.effects_table(crosses)
    for rate in dict.fromkeys(cross["rate"] for cross in crosses):
        if any(cross.get("geodesic") and cross["rate"] == rate for cross in crosses):
            yield f"interpolation-{rate}", vigor_plots.plot_interpolation(crosses, rate)
    yield "vigor", vigor_plots.plot_forest(effects)
    for relation in dict.fromkeys(cross["relation"] for cross in crosses):
        if vigor_plots.select_searched(effects, relation)["effect"].nunique() > 2:
            yield f"decomposition-{relation}", vigor_plots.plot_decomposition(effects, relation)
    for relation in dict.fromkeys(cross["relation"] for cross in crosses if cross.get("domains")):
        with_domains = [
            cross for cross in crosses if cross["relation"] == relation and cross.get("domains")
        ]
        alike = [cross for cross in with_domains if cross["arm"] == with_domains[0]["arm"]]
        yield f"domains-{relation}", vigor_plots.plot_domains(alike)
    for cross in crosses:
        if cross["search"] == "evolution":
            scores = read_search_scores(root / cross["name"])
            yield f"generations-{cross['name']}", vigor_plots.plot_generations(scores)
    yield from family_figures(root, crosses)


def family_figures(root: Path, crosses: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield the tree of the first cross with a pedigree under root, and kinship where measured."""
    pedigree = read_pedigree(root)
    for cross in crosses:
        if cross["champion"]["id"] in pedigree.graph:
            yield (
                f"tree-{cross['name']}",
                genealogy.plot_family_tree(
                    pedigree, cross["champion"]["id"], bpc_by_individual(crosses)
                ),
            )
            break
    path = root / "kinship.json"
    if path.is_file():
        pairs = require_types(read_json_object(path), {"pairs": list}, str(path))["pairs"]
        yield "kinship", genealogy.plot_kinship(pairs)
        angles = {pair["cross"]: pair["angle"] for pair in pairs if pair["relation"] == "parents"}
        yield "angles", vigor_plots.plot_parent_angles(crosses, angles)


def bpc_by_individual(crosses: list[dict[str, Any]]) -> dict[str, float]:
    """Return the bpc on report of every individual that a cross scored, by id."""
    bpc_by_id: dict[str, float] = {}
    for cross in crosses:
        ids = {**cross["parents"], "child": cross["champion"]["id"]}
        ids |= {arm.name: arm.recorded_id(cross) for arm in all_arms()}
        bpc = cross["verdict"]["bpc"]
        bpc_by_id |= {
            ids[name]: bpc[name] for name in ids if ids[name] and bpc.get(name) is not None
        }
    return bpc_by_id


def gallery_figures(names: str) -> Iterator[tuple[str, Any]]:
    """Yield novelty, contact sheet and inheritance map of the pieces in files, comma-separated."""
    paths = [Path(name).expanduser() for name in names.split(",")]
    lines = [line for path in paths for line in read_gallery(path)]
    stem = paths[0].name.removesuffix(".samples.jsonl")
    if any(line["nearest"] for line in lines):
        yield f"novelty-{stem}", gallery_plots.plot_novelty(lines)
    artist_count = len({line["artist"] for line in lines})
    columns = artist_count if 1 < artist_count <= 4 else 4
    yield (
        f"sheet-{stem}",
        gallery_plots.plot_contact_sheet(lines[: MAX_SHEET_PIECES // columns * columns], columns),
    )
    bred = [line for line in lines if line.get("inheritance") and not is_running_text(line)]
    if bred:
        piece = max(bred, key=gallery_plots.count_visible_characters)
        yield f"inheritance-{stem}", gallery_plots.plot_inheritance(piece, piece["parents"])
