"""Checkpoints: complete ones are listed, and old ones, damaged ones and leftovers removed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lab.models.checkpoints import checkpoint_folders, remove_old_checkpoints
from lab.models.individual import save_individual

BIRTH: dict[str, Any] = {
    "name": "it", "parents": [], "recipe": {"kind": "trained", "steps": 3},
    "vocabulary": {"kind": "characters", "characters": "abc"},
}  # fmt: skip


def test_half_written_folders_are_no_checkpoints(tmp_path: Path) -> None:
    for name in ("step-00000001", ".tmp-step-00000002-1", "step-00000003.old", "other"):
        (tmp_path / "it" / name).mkdir(parents=True)
    assert [path.name for path in checkpoint_folders(tmp_path / "it")] == ["step-00000001"]
    assert not list(checkpoint_folders(tmp_path / "nowhere"))


def test_a_sweep_keeps_the_newest_and_drops_leftovers_and_damaged_ones(
    make: Any, tmp_path: Path
) -> None:
    for step in (1, 2, 3, 9):
        save_individual(tmp_path / f"step-{step:08d}", make(step), BIRTH)
    (tmp_path / ".tmp-step-00000004-1").mkdir()
    remove_old_checkpoints(tmp_path, 2, tmp_path / "step-00000003")
    assert sorted(os.listdir(tmp_path)) == ["here", "home", "step-00000002", "step-00000003"]
