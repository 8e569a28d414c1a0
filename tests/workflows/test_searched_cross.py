"""A searched cross: the best parent on select, the champion's alpha, ids of children."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lab.breeding.search.child_builder import content_hash
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer

MakeCross = Callable[..., SearchedCross]


def test_the_best_parent_is_the_lower_on_select(make_cross: MakeCross, scorer: SplitScorer) -> None:
    made = make_cross()
    bpc = {
        name: scorer.score_select(genotype).bpc for name, genotype in made.cross.genotypes.items()
    }
    assert made.best_parent == min(bpc, key=lambda name: bpc[name])


def test_alpha_is_the_champions_if_it_is_a_child(make_cross: MakeCross) -> None:
    made = make_cross()
    assert made.champion_alpha() == pytest.approx(made.result.champion["alpha"][0])
    founder = replace(made.result, champion={"founder": "forkL"})
    assert replace(made, result=founder).champion_alpha() == 0.5


def test_children_are_known_by_id_else_by_content(
    make_cross: MakeCross, scorer: SplitScorer
) -> None:
    made = make_cross()
    made.score_cross(scorer, "child")
    child = made.cross.builder.build(made.result.champion)
    assert scorer.evaluated_ids["child"] == content_hash(child)
    assert scorer.evaluated_ids["forkL"] == "id of forkL"
    replace(made, identify=lambda candidate: "an id").score_cross(scorer, "named")
    assert scorer.evaluated_ids["named"] == "an id"
