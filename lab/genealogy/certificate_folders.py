"""Certificate folders: where the birth certificates of a pedigree lie, loose or packed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lab.models.individual import checkpoint_folders
from lab.records.finished_runs import run_folder_of
from lab.storage.packed_records import packed_paths


def find_certificate_folders(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield (folder, its certificates' folders, newest first) of each run and lone individual."""
    loose, packed = dict(_loose_folders(root)), _packed_folders(root)
    for folder in sorted({*loose, *packed}):
        yield folder, loose.get(folder) or packed[folder]


def _packed_folders(root: Path) -> dict[Path, list[Path]]:
    """The same of certificates that are packed with their study's records."""
    packed: dict[Path, list[Path]] = {}
    for path in reversed(packed_paths(root, "birth.json")):
        packed.setdefault(run_folder_of(path.parent), []).append(path.parent)
    return packed


def _loose_folders(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    for folder in sorted(path for path in root.rglob("*") if path.is_dir()):
        relative_parts = folder.relative_to(root).parts
        if "checkpoint" in relative_parts or any(part.startswith(".") for part in relative_parts):
            continue
        if certificate_folders := sorted(checkpoint_folders(folder / "checkpoint"), reverse=True):
            yield folder, certificate_folders
        elif (folder / "birth.json").is_file():
            yield folder, [folder]
