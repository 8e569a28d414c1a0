"""Folders that are there whole or not at all, and that tell when they were damaged.

Each file is written to a temporary folder and flushed to the disk, `manifest.json` (size and
sha256 of each) last; one rename publishes the folder. Reading takes every byte once and checks
it before anything is parsed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class DamagedIndividual(Exception):  # noqa: N818 - it names the thing, as a reader will see it
    """A folder that is not, or no longer, the individual that was saved; the message says why."""


def write_verified_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Publish files as a folder that is there whole or not at all; replaces an older one.

    OSError (a full disk, say) leaves the older folder as it was and no temporary one behind.
    """
    files = {**files, "manifest.json": build_manifest(files)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.parent / f".tmp-{folder.name}-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir()
        for name, data in files.items():
            _write_synced(temporary / name, data)
        _sync_folder(temporary)
        if folder.exists():
            folder.rename(temporary / "replaced")  # goes with the sweep of temporary folders
            temporary.rename(folder)
            shutil.rmtree(folder / "replaced")
        else:
            temporary.rename(folder)
        _sync_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        error.filename = error.filename or str(folder)  # a full disk does not say where
        raise


def _write_synced(path: Path, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_verified_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a sealed folder as bytes, checked against its manifest.

    DamagedIndividual names the file and the fault: missing, another size, another checksum.
    """
    manifest = _read_bytes(folder / "manifest.json")
    try:
        listing: dict[str, Any] = json.loads(manifest)["files"]
        expected = readable_json({"files": listing, "sha256": _sha256(canonical_json(listing))})
        sizes = {name: (entry["size"], entry["sha256"]) for name, entry in listing.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise DamagedIndividual(f"{folder / 'manifest.json'} is not a manifest") from None
    if manifest != expected:
        raise DamagedIndividual(f"{folder / 'manifest.json'} does not match its own checksum")
    files = {}
    for name, (size, digest) in sizes.items():
        data = _read_bytes(folder / Path(name).name)
        if len(data) != size:
            raise DamagedIndividual(
                f"{folder / name} has {len(data)} bytes, its manifest says {size}"
            )
        if _sha256(data) != digest:
            raise DamagedIndividual(f"{folder / name} does not match its checksum")
        files[name] = data
    return files


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DamagedIndividual(f"{path} is missing") from None
    except (IsADirectoryError, NotADirectoryError):
        raise DamagedIndividual(f"{path} is not a file") from None


def build_manifest(files: Mapping[str, bytes]) -> bytes:
    """The manifest of files: size and sha256 of each, and its own checksum."""
    listing = {name: {"sha256": _sha256(data), "size": len(data)} for name, data in files.items()}
    return readable_json({"files": listing, "sha256": _sha256(canonical_json(listing))})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical_json(data: object) -> bytes:
    """JSON with sorted keys and no blanks: the form that is hashed."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def readable_json(data: object) -> bytes:
    """JSON with sorted keys for people to read; refuses NaN."""
    return (json.dumps(data, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()
