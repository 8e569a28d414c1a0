"""Control arms are files: found, scored in order, and seen by verdict, tables and figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.breeding.statistics.control_arms import ControlArm, find_control_arms, select_arms
from lab.breeding.statistics.decomposition import decompose_vigor, describe_roles
from lab.breeding.statistics.report_log import read_evaluations
from lab.breeding.statistics.verdict_tables import verdict_table
from lab.figures import vigor_plots
from lab.figures.results import effects_table
from lab.workflows.control_setting import ControlSetting
from lab.workflows.evaluate_controls import evaluate_controls
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer

MakeCross = Callable[..., SearchedCross]
ARMS = ["ancestor", "gen0_child", "ensemble", "nlerp", "raw_average", "best_random"]
OPTIONS: dict[str, Any] = {"arms": ARMS, "cheap": True, "draws": 3, "points": 3, "matched": False}
TOY = """
from lab.breeding.statistics.control_arms import ControlArm

def scores(setting):
    first = setting.cross.prepared.parents[0]
    return setting.score_genotype(ARM.name, first)

ARM = ControlArm(
    "first again", "over the first parent again", scores, role="over a toy", needs="cheap"
)
"""


def evaluate(made: SearchedCross, scorer: SplitScorer, folder: Path, **more: Any) -> Any:
    options = OPTIONS | more.pop("options", {})
    return evaluate_controls(
        made, more.pop("siblings", None), scorer, options, folder,
        verdict_arm="shared_ancestor slerp golden constant", seed=0, **more,
    )  # fmt: skip


def test_report_is_touched_in_the_order_of_the_arms(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    verdict, on_select = evaluate(make_cross(), scorer, tmp_path)
    entries = read_evaluations(tmp_path / "report-touches.jsonl")
    purposes = [entry["purpose"].removeprefix("test: ") for entry in entries]
    controls = ["gen-0 child", "ensemble", "nlerp", "raw average", "best random"]
    assert purposes == ["forkL", "forkR", "child", "ancestor", *controls]
    order = ["ancestor", "gen-0 child", "nlerp", "raw average", "best random", "ensemble"]
    assert list(verdict["bpc"]) == ["forkL", "forkR", *order, "child"]
    assert len(on_select["random"]["bpc"]) == 3 - 1 + 1 and len(on_select["geodesic"]) == 3
    assert "ensemble_gap" in verdict["effects"] and verdict["barrier"]


def test_a_key_that_is_off_asks_for_nothing(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    off = {"cheap": False, "draws": 0, "points": 0}
    verdict, on_select = evaluate(make_cross(), scorer, tmp_path, options=off)
    assert list(verdict["bpc"]) == ["forkL", "forkR", "ancestor", "gen-0 child", "child"]
    assert verdict["barrier"] is None
    assert on_select["random"] is None and on_select["geodesic"] is None


def test_siblings_split_vigor_into_noise_and_specialisation(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    siblings = make_cross(("siblingA", "siblingB"), "siblings")
    arms = {"arms": ["siblings_child"], "matched": True, "draws": 0}
    verdict, _ = evaluate(make_cross(), scorer, tmp_path, options=arms, siblings=siblings)
    roles = decompose_vigor(verdict)
    assert "siblings' child" in scorer.evaluated_ids and "siblingA" not in verdict["bpc"]
    assert roles["noise averaging"] == pytest.approx(roles["better parent vigor"])
    assert roles["specialisation excess"] == pytest.approx(0)


def test_a_control_that_was_trained_is_scored_under_its_own_id(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    made = make_cross()
    trained = {"best parent twice": made.cross.individuals["forkR"]}
    arms = {"arms": ["best_parent_twice", "union_once"], "matched": True, "points": 0}
    verdict, _ = evaluate(replace(made, matched=trained), scorer, tmp_path, options=arms)
    assert scorer.evaluated_ids["best parent twice"] == "id of forkR"
    assert verdict["bpc"]["best parent twice"] == verdict["bpc"]["forkR"]
    assert "union once" not in verdict["bpc"]


def test_averages_are_scored_parent_by_parent(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path
) -> None:
    def score(setting: ControlSetting, parent: str) -> Any:
        return setting.score_genotype(f"{parent} copy", setting.cross.genotypes[parent])

    arms = [ControlArm(name, "says", score, per_parent=True) for name in ("one", "two")]
    verdict, _ = evaluate(make_cross(), scorer, tmp_path, arms=arms)
    labels = ["forkL one", "forkL two", "forkR one", "forkR two"]
    assert list(verdict["bpc"]) == ["forkL", "forkR", *labels, "child"]
    assert decompose_vigor(verdict, [replace(arms[0], role="over one")])["over one"] == (
        min(verdict["bpc"][name] for name in ("forkL", "forkR")) - verdict["bpc"]["child"]
    )


def test_a_new_arm_is_one_file(
    make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "toy_controls"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "first_again.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    available = find_control_arms() | find_control_arms("toy_controls")
    asked = OPTIONS | {"arms": ["gen0_child", "first_again"]}
    arms = select_arms(asked, available)
    verdict, _ = evaluate(make_cross(), scorer, tmp_path, options=asked, arms=arms)
    gain = verdict["bpc"]["forkL"] - verdict["bpc"]["child"]
    assert verdict["bpc"]["first again"] == verdict["bpc"]["forkL"]
    assert verdict["effects"]["advantage_over.first again"]["value"] == pytest.approx(gain)
    assert "first again" in verdict_table(verdict)
    assert describe_roles(arms)["over a toy"] == "over the first parent again"
    assert decompose_vigor(verdict, arms)["over a toy"] == pytest.approx(gain)
    words = dict(zip(("relation", "operator", "search", "rate"), verdict["arm"].split()))  # noqa: B905
    table = effects_table([{**words, "more": "", "seed": 0, "verdict": verdict}], arms)
    axis = vigor_plots.plot_decomposition(table, "shared_ancestor", arms).axes[0]
    assert "over a toy" in [label.get_text() for label in axis.get_yticklabels()]
