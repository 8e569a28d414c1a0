"""Declarations of control arms: which keys ask for them, and which names parents may have."""

from __future__ import annotations

import pytest
import yaml

from lab.breeding.statistics.control_arms import (
    ControlArm,
    all_arms,
    find_control_arms,
    reserved_names,
    select_arms,
)
from lab.config import conf_dir
from lab.records.config_hash import hash_config

LISTED = yaml.safe_load((conf_dir() / "controls/arms/standard.yaml").read_text())["arms"]
OFF = {"arms": LISTED, "cheap": False, "draws": 0, "matched": False}


def test_every_file_is_listed_and_names_are_unique() -> None:
    assert set(find_control_arms()) == set(LISTED)
    labels = [arm.name for arm in all_arms()]
    roles = [arm.role for arm in all_arms() if arm.role]
    assert len(set(labels)) == len(labels) and len(set(roles)) == len(roles)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({}, ["ancestor", "gen-0 child"]),
        ({"draws": 5}, ["ancestor", "gen-0 child", "best random"]),
        ({"cheap": True}, ["ancestor", "gen-0 child", "ensemble", "nlerp", "raw average",
                           "ema", "last"]),
        ({"matched": True}, ["ancestor", "gen-0 child", "best parent twice", "union once",
                             "union twice", "siblings' child"]),
    ],
)  # fmt: skip
def test_keys_ask_for_arms(keys: dict[str, object], names: list[str]) -> None:
    assert [arm.name for arm in select_arms(OFF | keys)] == names


def test_an_arm_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="controls.arms: no arm 'neither', choose from ancestor"):
        select_arms(OFF | {"arms": ["neither"]})


def test_an_effect_that_no_table_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="'lead' is not one of advantage, gap, excess"):
        ControlArm("x", "over x", lambda setting: None, effect="lead")


def test_a_parent_is_not_called_as_a_control_but_for_the_ancestor() -> None:
    assert {"ensemble", "nlerp", "union twice"} <= reserved_names()
    assert not {"ancestor", "ema"} & reserved_names()


def test_the_list_of_the_first_arms_leaves_hashes_as_they_were() -> None:
    before = {"controls": {"cheap": True, "draws": 20, "points": 21, "matched": False}}
    now = {"controls": {**before["controls"], "arms": LISTED}}
    assert hash_config(now) == hash_config(before)
    assert hash_config({"controls": {**now["controls"], "arms": LISTED[1:]}}) != hash_config(now)
