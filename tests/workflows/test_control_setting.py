"""Control setting: who is scored on report for an arm, under which id, over which vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.breeding.search.child_builder import content_hash
from lab.breeding.statistics.control_arms import ControlArm
from lab.breeding.statistics.report_log import read_evaluations
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.individual import Individual, load_individual, save_individual
from lab.workflows.control_setting import ControlSetting
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer

MakeCross = Callable[..., SearchedCross]


def unused(*_: Any) -> None:
    raise AssertionError("the setting scores for the arm")


MEAN = ControlArm("mean", "over the mean", unused, per_parent=True)
TWICE = ControlArm("twice", "over twice the steps", unused)


def draw(characters: int = 11, seed: int = 9) -> Genotype:
    sizes = Architecture(characters, dim=16, depth=1, heads=2, dim_head=4, ff_expand=1.5)
    return founder(sizes, torch.Generator().manual_seed(seed))


def keep(folder: Path, genotype: Genotype, average: Genotype | None = None) -> Individual:
    """An individual on disk that knows the first characters, with an average if one is given."""
    characters = "abcdefghijk"[: genotype.architecture.vocab_size]
    vocabulary = {"kind": "characters", "characters": characters}
    birth = {"name": folder.name, "parents": [], "vocabulary": vocabulary, "recipe": {}}
    averages = {"mean.rows": average.rows, "mean.scales": average.scales} if average else None
    save_individual(folder, genotype, birth, averages=averages)
    return load_individual(folder)


@pytest.fixture
def setting(make_cross: MakeCross, scorer: SplitScorer, tmp_path: Path) -> ControlSetting:
    searched = make_cross()
    child = searched.score_cross(scorer, "child")
    return ControlSetting(searched, None, scorer, child, {}, tmp_path, 0)


def test_a_genotype_is_scored_under_its_content_and_logged(
    setting: ControlSetting, tmp_path: Path
) -> None:
    genotype = draw()
    scores = setting.score_genotype("drawn", genotype)
    last = read_evaluations(tmp_path / "report-touches.jsonl")[-1]
    assert (last["candidate"], last["purpose"]) == (content_hash(genotype), "test: drawn")
    assert len(scores) == 12 and scores.bpc != setting.child.child.bpc


def test_an_arm_is_scored_as_the_individual_trained_for_it(
    setting: ControlSetting, tmp_path: Path
) -> None:
    trained = keep(tmp_path / "trained", draw())
    matched = replace(setting, searched=replace(setting.searched, matched={"twice": trained}))
    scores = matched.score_trained(TWICE)
    assert scores is not None and setting.scorer.evaluated_ids["twice"] == trained.id
    direct = setting.score_genotype("direct", trained.genotype)
    assert scores.nats.tolist() == direct.nats.tolist()


def test_an_arm_for_which_nobody_was_trained_touches_nothing(
    setting: ControlSetting, tmp_path: Path
) -> None:
    before = read_evaluations(tmp_path / "report-touches.jsonl")
    assert setting.score_trained(TWICE) is None
    assert read_evaluations(tmp_path / "report-touches.jsonl") == before


def test_an_average_is_scored_under_its_own_content(
    setting: ControlSetting, tmp_path: Path
) -> None:
    average = draw(seed=5)
    kept = keep(tmp_path / "forkL", draw(), average)
    individuals = {**setting.cross.individuals, "forkL": kept}
    cross = replace(setting.cross, individuals=individuals)
    averaged = replace(setting, searched=replace(setting.searched, cross=cross))
    assert averaged.score_parent_average("forkL", MEAN) is not None
    assert setting.scorer.evaluated_ids["forkL mean"] == content_hash(average)
    assert averaged.score_parent_average("forkL", replace(MEAN, name="ema")) is None


def test_a_missing_character_is_copied_from_the_first_parent(
    setting: ControlSetting, tmp_path: Path
) -> None:
    narrow = keep(tmp_path / "narrow", draw(characters=10))
    wide = setting.fit_to_cross(narrow, narrow.genotype)
    parent = setting.cross.prepared.parents[0]
    assert wide.architecture == parent.architecture
    for block in {"embed", "logits"} & set(wide.layout.row_blocks):
        here = wide.rows[wide.layout.row_blocks[block]]
        own = narrow.genotype.rows[narrow.genotype.layout.row_blocks[block]]
        assert torch.equal(here[:10], own)
        assert torch.equal(here[10], parent.rows[parent.layout.row_blocks[block]][10])
    same = draw()
    assert setting.fit_to_cross(keep(tmp_path / "same", same), same) is same
