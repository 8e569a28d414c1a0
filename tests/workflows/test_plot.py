"""Plotting workflow: the records decide which figures there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.figures.results import average_over_seeds, effects_table, load_crosses
from lab.figures.vigor_plots import plot_domains, plot_interpolation, select_searched
from lab.models.individual import Individual
from lab.records.run import Run
from lab.workflows.plot import bpc_by_individual, gallery_figures, study_figures

Save = Callable[..., Individual]


def save_cross(root: Path, name: str, arm: str, **more: Any) -> dict[str, Any]:
    """Write the result of a cross of a and b; more: further keys of it."""
    result = {
        "name": name, "parents": {"a": "id a", "b": "id b"}, "champion": {"id": "id child"},
        "verdict": {
            "arm": arm, "seed": 0, "best_parent": "a",
            "bpc": {"a": 2.5, "b": 2.75, "child": 2.25},
            "effects": {"better_parent_vigor": {"value": 0.25}},
        },
        **more,
    }  # fmt: skip
    (root / name).mkdir(parents=True)
    (root / name / "result.json").write_text(json.dumps(result))
    return result


def names(figures: Any) -> list[str]:
    return [name for name, _ in figures]


def test_a_cross_without_further_records_gives_the_forest_alone(tmp_path: Path) -> None:
    save_cross(tmp_path, "x", "related slerp none constant")
    assert names(study_figures(tmp_path, "*")) == ["vigor"]
    with pytest.raises(FileNotFoundError, match=r"is called y\*: lab.breed makes them"):
        names(study_figures(tmp_path, "y*"))


def test_each_record_gives_its_figure(tmp_path: Path) -> None:
    domains = {"left": {"a": 2.0, "b": 3.0, "child": 1.0}}
    curve = [2.5, 2.25, 2.75]
    arm = "related slerp evolution constant"
    save_cross(tmp_path, "one", arm, geodesic=curve, domains=domains)
    line = {"kind": "search", "step": 0, "bpc": 2.5, "share": 1.0, "generation": 0}
    (tmp_path / "one" / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    save_cross(tmp_path, "two", "strangers slerp none warmup", domains=domains)
    pair = {"relation": "parents", "cross": "one", "wright": 0.25, "angle": 20.0}
    (tmp_path / "kinship.json").write_text(json.dumps({"pairs": [pair]}))
    expected = ["interpolation-constant", "vigor", "domains-related", "domains-strangers"]
    expected += ["generations-one", "kinship", "angles"]
    assert names(study_figures(tmp_path, "*")) == expected
    assert names(study_figures(tmp_path, "two")) == [
        "vigor", "domains-strangers", "kinship", "angles",
    ]  # fmt: skip


def test_crosses_bred_otherwise_are_drawn_as_arms_of_their_own(tmp_path: Path) -> None:
    arm, domains = "related slerp golden constant", {"left": {"a": 2.0, "b": 3.0, "child": 1.0}}
    for name, rate, study in (("x", 0.1, "demo"), ("y", 0.2, "demo"), ("z", 0.1, "laptop")):
        result = save_cross(
            tmp_path, name, arm, study=study, domains=domains, geodesic=[2.5, 2.25, 2.75]
        )
        (tmp_path / name / "result.json").unlink()
        with Run(tmp_path, name, {"name": name, "seed": 0, "optimizer": {"lr": rate}}) as run:
            run.finish(result)
    crosses = load_crosses(tmp_path)  # every one is seed 0
    settings = ["demo lr=0.1", "demo lr=0.2", "laptop"]
    assert [cross["settings"] for cross in crosses] == settings
    effects = effects_table(crosses)
    averages = average_over_seeds(effects)
    assert list(dict.fromkeys(averages["arm"])) == [f"{arm} {more}" for more in settings]
    assert set(averages["seeds"]) == {1}
    assert set(select_searched(effects, "related")["settings"]) == {settings[0]}
    legend = plot_interpolation(crosses).axes[0].get_legend().get_texts()
    assert [line.get_text() for line in legend] == [f"related {more} (1 seed)" for more in settings]
    with pytest.raises(ValueError, match="of one arm, not of: related slerp golden constant demo"):
        plot_domains(crosses)
    assert "domains-related" in names(study_figures(tmp_path, "*"))
    assert [cross["settings"] for cross in load_crosses(tmp_path, "y")] == [""]


def test_a_decomposition_needs_more_than_two_effects(tmp_path: Path) -> None:
    save_cross(tmp_path, "x", "related slerp golden constant")
    assert "decomposition-related" not in names(study_figures(tmp_path, "*"))
    path = tmp_path / "x" / "result.json"
    result = json.loads(path.read_text())
    result["verdict"]["bpc"] |= {"gen-0 child": 2.375}
    result["verdict"]["effects"]["mid_parent_heterosis"] = {"value": 0.375}
    path.write_text(json.dumps(result))
    assert "decomposition-related" in names(study_figures(tmp_path, "*"))


def test_the_tree_is_of_the_first_champion_that_lies_there(save_artist: Save) -> None:
    root = Path("experiments")
    a, b = save_artist("a", 0), save_artist("b", 1)
    child = save_artist("child", 2, parents=[a.id, b.id], recipe={"kind": "bred"})
    save_cross(root, "gone", "related slerp none constant")
    for name in ("here", "later"):
        save_cross(root, name, "related slerp none warmup", champion={"id": child.id})
    figures = names(study_figures(root, "gone,here"))
    assert figures == ["vigor", "tree-here"]


def test_every_individual_that_was_scored_has_its_bpc(tmp_path: Path) -> None:
    arm = "related slerp golden constant"
    cross = save_cross(tmp_path, "x", arm, ancestor="id old", **{"gen-0": {"id": "id gen0"}})
    assert bpc_by_individual([cross]) == {"id a": 2.5, "id b": 2.75, "id child": 2.25}
    cross["verdict"]["bpc"] |= {"ancestor": 3.0, "gen-0 child": 2.375, "a": None}
    expected = {"id b": 2.75, "id child": 2.25, "id old": 3.0, "id gen0": 2.375}
    assert bpc_by_individual([cross]) == expected


def test_a_gallery_gives_what_its_pieces_know() -> None:
    piece: dict[str, Any] = {"artist": "a", "text": "/\\_/\\\n( o )", "nearest": None, "seed": 0}
    path = Path("mine.samples.jsonl")
    path.write_text(json.dumps(piece))
    assert names(gallery_figures(str(path))) == ["sheet-mine"]
    nearest = {"similarity": 0.5, "verdict": "varied", "label": "Cats"}
    path.write_text(json.dumps({**piece, "nearest": nearest}))
    assert names(gallery_figures(str(path))) == ["novelty-mine", "sheet-mine"]
    path.write_text("[]")
    with pytest.raises(ValueError, match="mine.samples.jsonl, line 1 is not a piece"):
        names(gallery_figures(str(path)))
