"""Figures draw what the results say: axes with units, the same bytes for the same results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from lab.breeding.statistics.decomposition import decompose_vigor
from lab.figures import gallery_plots, genealogy, results, vigor_plots
from lab.figures.axes_style import create_axes, save_figure
from lab.genealogy.pedigree import Pedigree


def verdict(relation: str, seed: int, gain: float) -> dict[str, Any]:
    child = 2.5 - gain
    bpc = {"a": 2.5, "b": 2.75, "ancestor": 3.0, "gen-0 child": child + 0.125, "a ema": 2.25}
    return {
        "arm": f"{relation} slerp golden constant", "seed": seed, "bpc": {**bpc, "child": child},
        "best_parent": "a",
        "effects": {"better_parent_vigor": {"value": gain},
                    "mid_parent_heterosis": {"value": gain + 0.125},
                    "specialisation_excess": {"value": 0.0625}},
    }  # fmt: skip


def cross(relation: str, seed: int, gain: float) -> dict[str, Any]:
    one = verdict(relation, seed, gain)
    return {
        "name": f"{relation}-{seed}", "relation": relation, "operator": "slerp",
        "search": "golden", "rate": "constant", "more": "", "seed": seed, "verdict": one,
        "parents": {"a": "1", "b": "2"}, "ancestor": "0", "champion": {"id": "3"},
        "geodesic": [2.5, 2.25, 2.75],
        "domains": {"left": {"a": 2.0, "child": 1.0}, "right": {"a": 3.0, "child": 1.5}},
    }  # fmt: skip


MANY = [cross("related", seed, 0.25 + seed / 64) for seed in range(5)]
FEW = [cross("strangers", seed, -0.125) for seed in range(2)]


def drawn(figure: Any, what: str) -> list[list[float]]:
    return [list(line.get_xdata()) for line in figure.axes[0].lines if line.get_label() == what]


def test_vigor_is_taken_apart() -> None:
    assert decompose_vigor(verdict("related", 0, 0.25)) == {
        "better parent vigor": 0.25,
        "hindsight vigor": 0.25,
        "mid parent heterosis": 0.375,
        "noise averaging": 0.1875,
        "specialisation excess": 0.0625,
        "what search adds": 0.125,
        "over a parent's ema": 0.0,
    }


def test_what_is_not_known_is_left_out() -> None:
    one = verdict("related", 0, 0.25)
    one["bpc"] |= {"gen-0 child": None, "b": None}
    del one["effects"]["specialisation_excess"], one["effects"]["mid_parent_heterosis"]
    assert set(decompose_vigor(one)) == {"better parent vigor", "over a parent's ema"}


def test_over_seeds_there_is_an_interval_from_five_on() -> None:
    rows = results.average_over_seeds(results.effects_table([*MANY, *FEW]), ("relation", "effect"))
    rows = rows.set_index(["relation", "effect"])
    ours = rows.loc[("related", "better parent vigor")]
    assert ours["mean"] == 0.28125 and ours["low"] < 0.28125 < ours["high"] and ours["seeds"] == 5
    assert np.isnan(rows.loc[("strangers", "better parent vigor")]["low"])


def test_a_seed_that_occurs_twice_in_a_group_is_refused() -> None:
    other = [one | {"operator": "ties"} for one in MANY]
    frame = results.effects_table([*MANY, *other])
    with pytest.raises(ValueError, match="seed 0 occurs 2 times in 'related better parent vigor'"):
        results.average_over_seeds(frame, ("relation", "effect"))
    assert len(results.average_over_seeds(frame, ("operator", "relation", "effect"))) == 14


def test_a_decomposition_is_of_one_operator_and_search() -> None:
    other = [one | {"operator": "ties"} for one in MANY[:2]]
    frame = results.effects_table([*other, *MANY])
    assert set(vigor_plots.select_searched(frame, "related")["operator"]) == {"slerp"}
    title = vigor_plots.plot_decomposition(frame, "related").axes[0].get_title(loc="left")
    assert title == "What the vigor of related is made of (slerp, golden; 5 seeds)"


def test_the_dip_has_a_panel_of_its_own_scale() -> None:
    barrier = [FEW[0] | {"geodesic": [2.5, 6.5, 2.75]}]
    curves, excesses = vigor_plots.plot_interpolation([*MANY, *barrier]).axes
    assert excesses.lines[0].get_ydata().tolist() == [0.0, -0.375, 0.0]
    low, high = excesses.get_ylim()
    assert -0.5 < low < -0.375 and 0 < high < 0.5 < 4 < curves.get_ylim()[1]


def search_lines(**extra: list[Any]) -> list[dict[str, Any]]:
    scores = {"bpc": [3.0, 2.0, 2.5, 2.75], **extra}
    return [
        {"kind": "search", "step": step, **{key: values[step] for key, values in scores.items()}}
        for step in range(4)
    ]


def test_generations_are_drawn_by_whole_scores() -> None:
    lines = search_lines(share=[1.0, 0.5, 1.0, 1.0], generation=[0, 1, 1, 1])
    axis = vigor_plots.plot_generations(lines).axes[0]
    candidates, best = axis.lines
    assert candidates.get_xdata().tolist() == [0.0, 1.0, 1.5]
    assert candidates.get_ydata().tolist() == [3.0, 2.5, 2.75]
    assert best.get_ydata().tolist() == [3.0, 2.5, 2.5] and axis.get_xlabel() == "generation"


def test_a_record_without_shares_says_so_and_draws_no_best() -> None:
    axis = vigor_plots.plot_generations(search_lines(best=[3.0, 2.0, 2.0, 2.0])).axes[0]
    assert "without shares" in axis.get_title(loc="left") and len(axis.lines) == 1
    assert axis.get_xlabel() == "score, in the order of the search"


def test_a_curve_runs_from_parent_to_parent() -> None:
    figure = vigor_plots.plot_interpolation([*MANY, *FEW])
    assert drawn(figure, "related (5 seeds)") == [[0.0, 0.5, 1.0]]
    assert len(figure.axes[0].lines) == 7


@pytest.mark.parametrize(
    "figure",
    [
        vigor_plots.plot_interpolation(MANY),
        vigor_plots.plot_forest(results.effects_table(MANY)),
        vigor_plots.plot_decomposition(results.effects_table(MANY), "related"),
        vigor_plots.plot_parent_angles(MANY, {one["name"]: 20.0 for one in MANY}),
        vigor_plots.plot_generations([{"kind": "search", "step": 0, "bpc": 2.5, "best": 2.5}]),
        genealogy.plot_kinship([{"relation": "parents", "wright": 0.25, "angle": 20.0}]),
    ],
)
def test_axes_name_their_units(figure: Any) -> None:
    axis = figure.axes[0]
    said = " ".join([axis.get_xlabel(), axis.get_ylabel()])
    assert any(unit in said for unit in ("bits per character", "degrees"))
    assert axis.get_title(loc="left")


@pytest.mark.filterwarnings("error")
def test_without_anything_to_name_there_is_no_legend() -> None:
    bare = vigor_plots.plot_decomposition(results.effects_table(MANY), "strangers")
    assert bare.axes[0].get_legend() is None
    assert vigor_plots.select_searched(results.effects_table(MANY), "strangers").empty


def test_every_rate_stands_in_the_legend_whatever_it_lacks() -> None:
    later = [one | {"rate": "annealed", "verdict": verdict("related", 5, 0.25)} for one in MANY[:1]]
    later[0]["verdict"]["bpc"].pop("a ema")
    axis = vigor_plots.plot_decomposition(results.effects_table([*MANY, *later]), "related").axes[0]
    labels = [text.get_text() for text in axis.get_legend().get_texts()]
    assert labels == ["constant rate", "annealed rate"]


def test_kinship_that_is_not_known_is_not_drawn() -> None:
    known = {"relation": "parents", "wright": 0.25, "angle": 20.0}
    axis = genealogy.plot_kinship([known, known | {"wright": None}]).axes[0]
    assert axis.get_legend().get_texts()[0].get_text() == "parents (1)"


def test_domains_are_means_over_crosses() -> None:
    axis = vigor_plots.plot_domains(MANY).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a", "child"]
    assert [text.get_text() for text in axis.texts] == ["2.000", "3.000", "1.000", "1.500"]


def test_a_tree_has_a_row_a_generation() -> None:
    graph = nx.DiGraph([("0", "1"), ("0", "2"), ("1", "3"), ("2", "3")])
    for one in graph:
        graph.nodes[one].update(name=f"n{one}", parents=tuple(graph.predecessors(one)))
    figure = genealogy.plot_family_tree(Pedigree(graph), "3", {"0": 3.0, "3": 2.0})
    heights = {text.get_text().split("\n")[0]: text.xy[1] for text in figure.axes[0].texts}
    assert heights == {"n0": 0, "n1": -1, "n2": -1, "n3": -2}


def piece(text: str, similarity: float) -> dict[str, Any]:
    word = "memorised" if similarity > 0.9 else "new"
    return {"artist": "x", "label": "Cats", "text": text,
            "nearest": {"similarity": similarity, "verdict": word}}  # fmt: skip


def test_a_gallery_is_reviewed() -> None:
    lines = [piece("/\\_/\\\n( o.o )", 0.95), piece("\x1b[31mred$x_1$", 0.25)]
    axis = gallery_plots.plot_novelty(lines).axes[0]
    assert axis.get_yticklabels()[0].get_text() == "x\n1 memorised, 1 new"
    sheet = gallery_plots.plot_contact_sheet(lines, columns=2)
    assert "\x1b" not in sheet.axes[1].texts[0].get_text()
    told = {**lines[0], "inheritance": [0.5] * 5 + [0.0] + [-0.5] * 7}
    colours = [
        text.get_color() for text in gallery_plots.plot_inheritance(told, ["a", "b"]).axes[0].texts
    ]
    assert len(set(colours)) == 2 and len(colours) == 12


def test_a_figure_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    first = save_figure(vigor_plots.plot_interpolation(MANY), tmp_path / "a" / "one")
    again = save_figure(vigor_plots.plot_interpolation(MANY), tmp_path / "b" / "one")
    assert [path.name for path in first] == ["one.png", "one.svg"]
    assert [a.read_bytes() == b.read_bytes() for a, b in zip(first, again, strict=True)] == [
        True
    ] * 2


def test_no_window_is_opened() -> None:
    figure, _ = create_axes()
    assert type(figure.canvas).__name__ == "FigureCanvasAgg"


def test_no_cross_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="lab.breed makes them"):
        results.load_crosses(tmp_path)
