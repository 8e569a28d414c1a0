"""Checkpoints: the folders that a training run saves individuals in, and their removal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path


def checkpoint_folders(folder: Path) -> Iterator[Path]:
    """Yield the complete checkpoints in folder, in no order; half-written ones are left out."""
    return folder.glob("step-*[0-9]")


def remove_old_checkpoints(folder: Path, keep: int, newest_folder: Path) -> None:
    """Remove half-written checkpoints, and all complete ones but the `keep` up to the newest.

    A checkpoint past newest_folder is damaged: the writer of the newest has skipped it.
    """
    for leftover in folder.glob(".tmp-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folders = sorted(checkpoint_folders(folder))
    retained = [folder_path for folder_path in folders if folder_path.name <= newest_folder.name][
        -keep:
    ]
    for stale in set(folders) - set(retained):
        shutil.rmtree(stale, ignore_errors=True)
