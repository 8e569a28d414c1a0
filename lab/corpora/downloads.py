"""Downloads: a file over HTTP with resume (RFC 9110, section 14).

No library has it: pooch starts a broken transfer again from its first byte, and huggingface_hub
resumes only files of its own hub, which `hub_datasets` leaves to it.
"""

from __future__ import annotations

import http.client
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from tqdm import tqdm

from lab.storage.atomic_file import rename_durably

CHUNK = 1 << 20
ATTEMPTS = 5
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
