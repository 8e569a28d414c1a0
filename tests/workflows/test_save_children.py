"""Saved children: founders are not saved again, and raw averages of an nGPT are no individuals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lab.breeding.crossover import BoundOperator
from lab.breeding.operators.lerp import lerp
from lab.workflows.save_children import can_be_saved, save_child
from lab.workflows.searched_cross import SearchedCross

MakeCross = Callable[..., SearchedCross]


def test_a_champion_that_is_a_parent_is_not_saved_again(
    make_cross: MakeCross, tmp_path: Path
) -> None:
    nothing: Any = None  # neither config nor run is read for a founder
    folder = tmp_path / "child"
    saved = save_child(nothing, nothing, make_cross(), {"founder": "its id"}, "child", folder)
    assert saved == {"id": "its id", "recipe": None, "path": None} and not folder.exists()


def test_only_children_with_unit_rows_are_individuals(make_cross: MakeCross) -> None:
    cross = make_cross().cross
    child = cross.prepared.parents[0]
    raw = replace(cross, operator=BoundOperator(lerp, {}))
    assert can_be_saved(cross, child) and not can_be_saved(raw, child)
