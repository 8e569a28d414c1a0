"""Downloads: a file over HTTP, taken up where it broke off, and datasets of Hugging Face.

Ranges and their answers: RFC 9110, section 14 (https://www.rfc-editor.org/rfc/rfc9110#section-14).
"""

from __future__ import annotations

import http.client
import shutil
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.error import HTTPError

from tqdm import tqdm

from lab.corpora.data_folder import INSTALL, alone, data_folder, keeping_folder, present, settle

CHUNK = 1 << 20
ATTEMPTS = 5
AGENT = "model-breeding-lab"


def download(url: str, path: Path, timeout: float = 10.0) -> Path:
    """Fetch `url` to `path`, showing progress on stderr, and return `path`.

    What has arrived waits in `path` + ".part": a transfer that breaks off is taken up again, at
    once up to ATTEMPTS times and by any later call, where the server still has the same file.
    Raises ConnectionError where the site cannot be reached or keeps breaking off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    trouble: Exception | str = "it keeps breaking off"
    for _ in range(ATTEMPTS):
        before = arrived(part)
        try:
            if fetch(url, part, timeout):
                settle(part, path)
                tag_of(part).unlink(missing_ok=True)
                return path
        except (OSError, http.client.HTTPException) as error:
            trouble = error
        if arrived(part) == before:
            break
    raise ConnectionError(f"{url} could not be downloaded: {trouble}")


def arrived(part: Path) -> int:
    """Return the bytes of a transfer so far."""
    return part.stat().st_size if part.exists() else 0


def tag_of(part: Path) -> Path:
    """Return the file beside `part` that holds the server's name for the version it belongs to."""
    return part.with_name(part.name + ".etag")


def fetch(url: str, part: Path, timeout: float) -> bool:
    """Append to `part` what the server still has; return whether that is everything.

    If-Range makes a server whose file has changed send all of it again, from its start.
    """
    have = arrived(part)
    tag = tag_of(part).read_text() if have and tag_of(part).exists() else ""
    request = urllib.request.Request(url, headers={"User-Agent": AGENT})
    if tag:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", tag)
    try:
        answer = urllib.request.urlopen(request, timeout=timeout)
    except HTTPError as error:
        if error.code != 416:
            raise
        complete = error.headers.get("Content-Range") == f"bytes */{have}"
        if not complete:
            part.unlink()
        return complete
    with answer:
        return receive(answer, part, have if answer.status == 206 else 0)


def receive(answer: http.client.HTTPResponse, part: Path, have: int) -> bool:
    """Write an answer's body behind the first `have` bytes of `part`; return if it is whole."""
    headers = answer.headers
    tag_of(part).write_text(headers.get("ETag") or headers.get("Last-Modified") or "")
    length = headers.get("Content-Length")
    total = have + int(length) if length else None
    with part.open("ab" if have else "wb") as file, bar(part, have, total) as shown:
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            shown.update(len(chunk))
    return total is None or arrived(part) == total


def bar(part: Path, done: int, total: int | None) -> tqdm:
    """Return the progress of a transfer in bytes, on stderr."""
    name = part.name.removesuffix(".part")
    return tqdm(desc=name, initial=done, total=total, unit="B", unit_scale=True, mininterval=1.0)


def collection(
    data: str | Path | None, name: str, places: Sequence[str], repository: str, pattern: str
) -> list[Path]:
    """Return a collection's files: those at `places` of the data folder, else fetched from the hub.

    `pattern` ("top/...") names the dataset's files, which come to lie in data/name/top. Raises
    FileNotFoundError, saying in one line how to get them, where they cannot be had.
    """
    if found := present(data, places):
        return found
    folder = keeping_folder(data, name)
    try:
        with alone(folder / "hub"):
            if not present(data, places):
                fetch_from_hub(repository, pattern, folder)
    except ConnectionError as error:
        raise FileNotFoundError(
            f"{name} is not in {data_folder(data)} and cannot be had ({error}): put the files "
            f"https://huggingface.co/datasets/{repository} has as {pattern} into "
            f"{folder / Path(pattern).parts[0]}, or be online with {INSTALL}; "
            "corpus=bestiary needs nothing"
        ) from error
    return present(data, places)


def fetch_from_hub(repository: str, pattern: str, folder: Path) -> None:
    """Fetch a dataset's files that match `pattern` ("top/...") into `folder`/top.

    They gather in a hidden folder until all are there; an interrupted call is taken up by the next.
    Raises ConnectionError, with what to install where that is missing.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ConnectionError(f"downloading needs {INSTALL}") from None
    staged, top = folder / ".hub", pattern.split("/")[0]
    try:
        snapshot_download(
            repository, repo_type="dataset", allow_patterns=[pattern], local_dir=staged
        )
    except Exception as error:  # the hub's own, its HTTP client's, the system's: no common kind
        raise ConnectionError(f"Hugging Face: {first_line(error)}") from error
    if not (staged / top).is_dir():
        raise ConnectionError(f"Hugging Face: {repository} no longer has {pattern}")
    settle(staged / top, folder / top)
    shutil.rmtree(staged)


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, or its kind where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
