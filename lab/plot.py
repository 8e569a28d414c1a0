"""Draw the figures of a study, or of a gallery, as PNG and SVG.

    python -m lab.plot                                       every cross under experiments/
    python -m lab.plot root=experiments/vigor-laptop         a study of its own folder
    python -m lab.plot study='shared_ancestor*'              crosses of these names only
    python -m lab.plot gallery=galleries/styles.samples.jsonl

What lies there decides which figures there are: interpolation curves, forests of effects, what
vigor is made of, domains, generations, the family tree, kinship. No window opens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.config import command
from lab.config.schemas.plot import Plot
from lab.figures import gallery_plots, genealogy, results, vigor_plots
from lab.figures.axes_style import save
from lab.galleries.gallery_file import read
from lab.galleries.text_wrap import prose
from lab.genealogy.pedigree import scan
from lab.records.metrics import read as read_metrics

SHEET = 16  # pieces of a contact sheet at most; artists that compare have a column each


@command("plot", Plot)
def main(config: Plot) -> None:
    """Draw what the config names, and say where it lies."""
    root = Path(config.root).expanduser()
    folder = Path(config.to).expanduser() if config.to else root / "figures"
    drawn = of_gallery(config.gallery) if config.gallery else of_study(root, config.study)
    for name, figure in drawn:
        print(*save(figure, folder / name))


def of_study(root: Path, names: str) -> Iterator[tuple[str, Any]]:
    """Every figure that the crosses under root can give, by name."""
    crosses = results.crosses(root, names)
    effects = results.effects(crosses)
    for rate in dict.fromkeys(one["rate"] for one in crosses):
        if any(one.get("geodesic") and one["rate"] == rate for one in crosses):
            yield f"interpolation-{rate}", vigor_plots.interpolation(crosses, rate)
    yield "vigor", vigor_plots.forest(effects)
    for relation in dict.fromkeys(one["relation"] for one in crosses):
        if vigor_plots.searched(effects, relation)["effect"].nunique() > 2:
            yield f"decomposition-{relation}", vigor_plots.decomposition(effects, relation)
    for relation in dict.fromkeys(one["relation"] for one in crosses if one.get("domains")):
        mine = [one for one in crosses if one["relation"] == relation and one.get("domains")]
        alike = [one for one in mine if one["verdict"]["arm"] == mine[0]["verdict"]["arm"]]
        yield f"domains-{relation}", vigor_plots.domains(alike)
    for one in crosses:
        if one["search"] == "evolution":
            lines = read_metrics(root / one["name"] / "metrics.jsonl")
            yield f"generations-{one['name']}", vigor_plots.generations(lines)
    yield from of_family(root, crosses)


def of_family(root: Path, crosses: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The tree of the first cross whose pedigree lies there, and kinship where it was measured."""
    pedigree = scan(root)
    for one in crosses:
        if one["champion"]["id"] in pedigree.graph:
            yield (
                f"tree-{one['name']}",
                genealogy.tree(pedigree, one["champion"]["id"], losses(crosses)),
            )
            break
    path = root / "kinship.json"
    if path.is_file():
        pairs = json.loads(path.read_text(encoding="utf-8"))["pairs"]
        yield "kinship", genealogy.kinship(pairs)
        apart = {one["cross"]: one["angle"] for one in pairs if one["relation"] == "parents"}
        yield "angles", vigor_plots.angles(crosses, apart)


def losses(crosses: list[dict[str, Any]]) -> dict[str, float]:
    """bpc on report of every individual that a cross scored, by id."""
    found: dict[str, float] = {}
    for one in crosses:
        bpc = one["verdict"]["bpc"]
        ids = dict(one["parents"]) | {"ancestor": one["ancestor"], "child": one["champion"]["id"]}
        ids["gen-0 child"] = one["gen-0"]["id"]
        found |= {ids[name]: bpc[name] for name in ids if ids[name] and bpc.get(name) is not None}
    return found


def of_gallery(names: str) -> Iterator[tuple[str, Any]]:
    """Novelty, a contact sheet and an inheritance map of the pieces in some files."""
    paths = [Path(one).expanduser() for one in names.split(",")]
    lines = [line for path in paths for line in read(path)]
    stem = paths[0].name.removesuffix(".samples.jsonl")
    if any(line["nearest"] for line in lines):
        yield f"novelty-{stem}", gallery_plots.novelty(lines)
    several = len({line["artist"] for line in lines})
    columns = several if 1 < several <= 4 else 4
    yield f"sheet-{stem}", gallery_plots.contact_sheet(lines[: SHEET // columns * columns], columns)
    bred = [one for one in lines if one.get("inheritance") and not prose(one)]
    if bred:
        one = max(bred, key=gallery_plots.ink)
        yield f"inheritance-{stem}", gallery_plots.inheritance(one, one["parents"])


if __name__ == "__main__":
    main()
