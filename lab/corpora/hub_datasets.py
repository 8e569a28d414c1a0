"""Hub datasets: a dataset's files at one commit of the Hugging Face hub, fetched and recorded.

hub.json beside the files names the dataset, its commit, and each file's sha256. It is written
before they are put in place, and they are compared with it when they are read.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lab.corpora.data_folder import (
    INSTALL_DATA,
    compute_sha256,
    data_folder,
    find_data_files,
    hold_lock,
    writable_data_folder,
)
from lab.storage.atomic_file import rename_durably, write_json_atomic

MAX_COLLECTION_BYTES = 2**30  # of a dataset's files; the largest has 98 MB
MAX_RECORD_BYTES = 2**20
RECORD = "hub.json"


class Collection(NamedTuple):
    """A dataset's files, sorted, and the commit they are of, None where no hub.json says it."""

    files: list[Path]
    revision: str | None

    @property
    def provenance(self) -> dict[str, str]:
        """The commit for a corpus's provenance; empty where it is not known."""
        return {"revision": self.revision} if self.revision else {}


def locate_collection(
    data: str | Path | None,
    name: str,
    places: Sequence[str],
    repository: str,
    pattern: str,
    revision: str | None = None,
) -> Collection:
    """Return a collection's files: those at `places` of the data folder, else fetched from the hub.

    `pattern` ("top/...") names the dataset's files; they are kept in data/name/top. `revision` is
    the commit or tag they must be of, None for any, and the newest where they are fetched.
    FileNotFoundError says in one line how to get them where they are not available; ValueError
    where those here are of another revision, or not the files that their hub.json records.
    """
    if not find_data_files(data, places):
        folder = writable_data_folder(data, name)
        try:
            with hold_lock(folder / "hub"):
                if not find_data_files(data, places):
                    fetch_from_hub(repository, pattern, folder, revision)
        except ConnectionError as error:
            raise FileNotFoundError(
                f"{name} is not in {data_folder(data)} and cannot be downloaded ({error}): put the "
                f"files https://huggingface.co/datasets/{repository} has as {pattern} into "
                f"{folder / Path(pattern).parts[0]}, or be online with {INSTALL_DATA}; "
                "corpus=bestiary needs nothing"
            ) from error
    files = find_data_files(data, places)
    folder = _folder_called(name, files[0])
    record = read_hub_record(folder / RECORD)
    if revision is not None and revision not in (record.get("revision"), record.get("asked")):
        present = record.get("revision") or f"no revision that a {RECORD} records"
        raise ValueError(
            f"{folder} holds {name} of {present}, not of corpus.revision={revision}: move the "
            "folder away to have that fetched"
        )
    if record:
        check_recorded_files(folder, files, record)
    return Collection(files, record.get("revision"))


def _folder_called(name: str, file: Path) -> Path:
    return next((parent for parent in file.parents if parent.name == name), file.parent)


def read_hub_record(path: Path) -> dict[str, Any]:
    """Return what a hub.json says, empty where there is none; ValueError where it is damaged."""
    try:
        with path.open("rb") as file:
            record = json.loads(file.read(MAX_RECORD_BYTES))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        record = None
    sums = record.get("sha256") if isinstance(record, dict) else None
    if not isinstance(sums, dict) or not isinstance(record.get("revision"), str):
        raise ValueError(f"{path} is damaged: move its folder away to have the data fetched again")
    return dict(record)


def check_recorded_files(folder: Path, files: Sequence[Path], record: dict[str, Any]) -> None:
    """Raise ValueError for the first file that is not the one its record names, or is missing."""
    sums = record["sha256"]
    names = {file.relative_to(folder).as_posix(): file for file in files}
    for name in sorted(sums.keys() | names.keys()):
        file = names.get(name)
        status = file.stat() if file else None
        actual = _cached_sha256(file, status.st_size, status.st_mtime_ns) if file and status else ""
        if sums.get(name) != actual:
            raise ValueError(
                f"{folder / name} is not what {folder / RECORD} records: move {folder} away to "
                "have it fetched again"
            )


@lru_cache(maxsize=256)
def _cached_sha256(path: Path, size: int, modified: int) -> str:
    """The sha256 of a file, computed once for each size and time it has."""
    return compute_sha256(path)


def fetch_from_hub(
    repository: str, pattern: str, folder: Path, revision: str | None = None
) -> None:
    """Fetch a dataset's files that match `pattern` ("top/...") into `folder`/top.

    A hidden folder holds them until all are there; the next call resumes an interrupted one. Sizes
    are asked for first, one commit is taken, and hub.json records it with each file's sha256.
    ConnectionError, with what to install where huggingface_hub is missing, or for too large files.
    """
    try:
        from huggingface_hub import HfApi, snapshot_download
    except ImportError:
        raise ConnectionError(f"downloading needs {INSTALL_DATA}") from None
    staged, top = folder / ".hub", pattern.split("/")[0]
    try:
        info = HfApi().dataset_info(repository, revision=revision, files_metadata=True)
        wanted = [file for file in info.siblings or () if fnmatchcase(file.rfilename, pattern)]
        size = sum(file.size or 0 for file in wanted)
        if size > MAX_COLLECTION_BYTES:
            raise ConnectionError(f"it has {size:,} bytes, more than {MAX_COLLECTION_BYTES:,}")
        snapshot_download(
            repository, repo_type="dataset", revision=info.sha, allow_patterns=[pattern],
            local_dir=staged,
        )  # fmt: skip
    except Exception as error:  # the hub's own, its HTTP client's, the system's: no common kind
        raise ConnectionError(f"Hugging Face: {first_error_line(error)}") from error
    wanted_files = (file.rfilename for file in wanted)
    paths = [path for path in sorted(map(staged.joinpath, wanted_files)) if path.is_file()]
    if not paths:
        raise ConnectionError(f"Hugging Face: {repository} has no {pattern}")
    sums = {path.relative_to(staged).as_posix(): compute_sha256(path) for path in paths}
    asked = {"asked": revision} if revision not in (None, info.sha) else {}
    record = {"repository": repository, "revision": info.sha, **asked, "sha256": sums}
    write_json_atomic(folder / RECORD, record)  # first: a kill leaves no data without a record
    rename_durably(staged / top, folder / top)
    shutil.rmtree(staged)


def first_error_line(error: Exception) -> str:
    """Return the first line of an error's message, or its kind where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
