"""Downloads: a file over HTTP with resume (RFC 9110, section 14), and datasets of Hugging Face.

No library has both: pooch starts a broken transfer again from its first byte, and huggingface_hub
resumes only files of its own hub, which `locate_collection` leaves to it.
"""

from __future__ import annotations

import http.client
import shutil
import urllib.request
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.error import HTTPError

from tqdm import tqdm

from lab.corpora.data_folder import (
    INSTALL_DATA,
    compute_sha256,
    data_folder,
    find_data_files,
    hold_lock,
    writable_data_folder,
)
from lab.storage.atomic_file import rename_durably, write_json_atomic

CHUNK = 1 << 20
ATTEMPTS = 5
MAX_COLLECTION_BYTES = 2**30  # of a dataset's files; the largest has 98 MB
AGENT = "model-breeding-lab"


def download(url: str, path: Path, timeout: float = 10.0) -> Path:
    """Fetch `url` to `path`, showing progress on stderr, and return `path`.

    Received bytes stay in `path` + ".part": a transfer that breaks off is resumed, at once up to
    ATTEMPTS times and by any later call, as long as the server has the same file.
    ConnectionError where the site cannot be reached or keeps breaking off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    last_error: Exception | str = "it keeps breaking off"
    for _ in range(ATTEMPTS):
        size_before = received_bytes(part)
        try:
            if resume_download(url, part, timeout):
                rename_durably(part, path)
                etag_path(part).unlink(missing_ok=True)
                return path
        except (OSError, http.client.HTTPException) as error:
            last_error = error
        if received_bytes(part) == size_before:
            break
    raise ConnectionError(f"{url} could not be downloaded: {last_error}")


def received_bytes(part: Path) -> int:
    """Return the bytes of a transfer so far."""
    return part.stat().st_size if part.exists() else 0


def etag_path(part: Path) -> Path:
    """Return the file beside `part` with the server's ETag (or date) of the version in it."""
    return part.with_name(part.name + ".etag")


def resume_download(url: str, part: Path, timeout: float) -> bool:
    """Append the missing bytes to `part`; return whether it is complete then.

    If-Range makes a server whose file has changed send all of it again, from its first byte.
    """
    received = received_bytes(part)
    tag = etag_path(part).read_text() if received and etag_path(part).exists() else ""
    request = urllib.request.Request(url, headers={"User-Agent": AGENT})
    if tag:
        request.add_header("Range", f"bytes={received}-")
        request.add_header("If-Range", tag)
    try:
        response = urllib.request.urlopen(request, timeout=timeout)
    except HTTPError as error:
        if error.code != 416:
            raise
        complete = error.headers.get("Content-Range") == f"bytes */{received}"
        if not complete:
            part.unlink()
        return complete
    with response:
        return write_response(response, part, received if response.status == 206 else 0)


def write_response(response: http.client.HTTPResponse, part: Path, received: int) -> bool:
    """Write a response's body after the first `received` bytes of `part`; return if complete."""
    headers = response.headers
    etag_path(part).write_text(headers.get("ETag") or headers.get("Last-Modified") or "")
    length = headers.get("Content-Length")
    total = received + int(length) if length else None
    with (
        part.open("ab" if received else "wb") as file,
        download_progress(part, received, total) as progress,
    ):
        while chunk := response.read(CHUNK):
            file.write(chunk)
            progress.update(len(chunk))
    return total is None or received_bytes(part) == total


def download_progress(part: Path, received: int, total: int | None) -> tqdm:
    """Return the progress of a transfer in bytes, on stderr."""
    name = part.name.removesuffix(".part")
    return tqdm(
        desc=name, initial=received, total=total, unit="B", unit_scale=True, mininterval=1.0
    )


def locate_collection(
    data: str | Path | None, name: str, places: Sequence[str], repository: str, pattern: str
) -> list[Path]:
    """Return a collection's files: those at `places` of the data folder, else fetched from the hub.

    `pattern` ("top/...") names the dataset's files; they are kept in data/name/top.
    FileNotFoundError says in one line how to get them where they are not available.
    """
    if files := find_data_files(data, places):
        return files
    folder = writable_data_folder(data, name)
    try:
        with hold_lock(folder / "hub"):
            if not find_data_files(data, places):
                fetch_from_hub(repository, pattern, folder)
    except ConnectionError as error:
        raise FileNotFoundError(
            f"{name} is not in {data_folder(data)} and cannot be downloaded ({error}): put the "
            f"files https://huggingface.co/datasets/{repository} has as {pattern} into "
            f"{folder / Path(pattern).parts[0]}, or be online with {INSTALL_DATA}; "
            "corpus=bestiary needs nothing"
        ) from error
    return find_data_files(data, places)


def fetch_from_hub(repository: str, pattern: str, folder: Path) -> None:
    """Fetch a dataset's files that match `pattern` ("top/...") into `folder`/top.

    A hidden folder holds them until all are there; the next call resumes an interrupted one. Sizes
    are asked for first, one revision is taken, and hub.json records it with each file's sha256.
    ConnectionError, with what to install where huggingface_hub is missing, or for too large files.
    """
    try:
        from huggingface_hub import HfApi, snapshot_download
    except ImportError:
        raise ConnectionError(f"downloading needs {INSTALL_DATA}") from None
    staged, top = folder / ".hub", pattern.split("/")[0]
    try:
        info = HfApi().dataset_info(repository, files_metadata=True)
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
    if not (staged / top).is_dir():
        raise ConnectionError(f"Hugging Face: {repository} no longer has {pattern}")
    paths = sorted(path for path in (staged / top).rglob("*") if path.is_file())
    sums = {path.relative_to(staged).as_posix(): compute_sha256(path) for path in paths}
    record = {"repository": repository, "revision": info.sha, "sha256": sums}
    rename_durably(staged / top, folder / top)
    write_json_atomic(folder / "hub.json", record)
    shutil.rmtree(staged)


def first_error_line(error: Exception) -> str:
    """Return the first line of an error's message, or its kind where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
