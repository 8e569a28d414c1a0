"""Location: where an individual may lie, in a folder or on the Hugging Face hub.

Hub: https://huggingface.co. hub:OWNER/NAME@REVISION is downloaded once, by huggingface_hub, and
verified against its manifest as any folder is; nothing in it is executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path

HUB_PREFIX = "hub:"
HUB_NAME = re.compile(r"hub:([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")
MAX_HUB_BYTES = 2**33  # of all files of an individual
INSTALL_HINT = "artist=hub:... needs the hub's client: pip install 'model-breeding-lab[data]'"


def candidate_folders(
    name: str, root: Path, warn: Callable[[str], None] = lambda _: None
) -> tuple[Path, ...]:
    """Return the folders to search for an individual; ValueError as `download_individual`."""
    if name.startswith(HUB_PREFIX):
        return (download_individual(name, warn),)
    return (Path(name), root / name)


def missing_individual_message(name: str, root: Path) -> str:
    """Return the error text for an unknown name: the folder searched and the nearest name."""
    run_names = [
        checkpoint.parent.relative_to(root).as_posix() for checkpoint in root.glob("*/checkpoint")
    ]
    family_run_names = [
        checkpoint.parent.relative_to(root).as_posix()
        for checkpoint in root.glob("*/*/*/checkpoint")
    ]
    suggestions = sorted(
        run_name for run_name in family_run_names if run_name.rpartition("/")[2] == name
    )
    suggestions = suggestions or get_close_matches(name, run_names, 1)
    hint = f"; did you mean {suggestions[0]}?" if suggestions else ""
    return f"no individual called {name} (looked in {root / name}){hint}"


def download_individual(name: str, warn: Callable[[str], None] = lambda _: None) -> Path:
    """Return the folder of hub:OWNER/NAME, or of hub:OWNER/NAME@REVISION.

    Without a revision the present one is taken, and said to warn. Offline, what was fetched before
    is used. ValueError for a missing client, an unknown name, or more than MAX_HUB_BYTES.
    """
    match = HUB_NAME.fullmatch(name)
    if match is None:
        raise ValueError(
            f"{name} is no name on the hub: use hub:OWNER/NAME or hub:OWNER/NAME@REVISION"
        )
    try:
        from huggingface_hub import HfApi, snapshot_download
    except ImportError:
        raise ValueError(INSTALL_HINT) from None
    repository, revision = match.groups()
    try:
        info = HfApi().model_info(repository, revision=revision, files_metadata=True)
    except Exception as error:  # many kinds, from no network to no such name
        return _cached_snapshot(name, repository, revision, error)
    size = sum(file.size or 0 for file in info.siblings or ())
    if size > MAX_HUB_BYTES:
        raise ValueError(f"{name} has {size:,} bytes, more than {MAX_HUB_BYTES:,}")
    if revision is None:
        warn(f"{name} is at revision {info.sha}: {name}@{info.sha} means the same for good")
    try:
        return Path(snapshot_download(repository, revision=info.sha))
    except Exception as error:  # as above
        raise ValueError(f"{name} cannot be fetched: {_first_line(error)}") from None


def hub_revision(folder: Path) -> str | None:
    """Return hub:OWNER/NAME@COMMIT of a folder that the hub's client fetched, None of any other."""
    for base in (folder, *folder.parents):
        repository = base.parent.parent.name
        if base.parent.name == "snapshots" and repository.startswith("models--"):
            return f"{HUB_PREFIX}{repository[len('models--') :].replace('--', '/', 1)}@{base.name}"
    return None


def hub_revisions(folders: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    """Return {"hub": {name: hub:OWNER/NAME@COMMIT}} of the folders from the hub, {} for none."""
    named = {name: revision for name in folders if (revision := hub_revision(folders[name]))}
    return {"hub": named} if named else {}


def _cached_snapshot(name: str, repository: str, revision: str | None, error: Exception) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(repository, revision=revision, local_files_only=True))
    except Exception:  # not there either: the first error says why
        raise ValueError(f"{name} cannot be fetched: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
