"""Verified folder: files published by one rename, with a manifest of sizes and sha256 checksums.

All files are written to a temporary folder, `manifest.json` last, and flushed to the disk before
the rename. A reader takes every byte once and checks it before anything is parsed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.storage.atomic_file import flush_to_disk, fsync_path, remove_path, temporary_path
from lab.storage.bounded_reader import parse_json, physical_memory, read_regular_file


class DamagedIndividual(Exception):  # noqa: N818 - users read this name
    """A folder differs from the individual that was saved; the message names file and fault."""


def write_verified_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Publish files as a folder that appears complete or not at all; replaces an older one.

    OSError (a full disk, say) leaves the older folder as it was and no temporary one behind.
    """
    files = {**files, "manifest.json": build_manifest(files)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(folder)
    try:
        temporary.mkdir()
        for name, data in files.items():
            (temporary / name).write_bytes(data)
        flush_to_disk(temporary)  # before the older folder moves, so that a full disk spares it
        if folder.exists():
            folder.rename(temporary / "replaced")  # if killed here, the sweep removes both
        temporary.rename(folder)
        fsync_path(folder.parent)
        remove_path(folder / "replaced")
    except OSError as error:
        if (temporary / "replaced").exists() and not folder.exists():
            (temporary / "replaced").rename(folder)  # the older one goes back under its name
        remove_path(temporary)
        error.filename = error.filename or str(folder)  # a full disk does not say where
        raise


def read_verified_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a verified folder as bytes, checked against its manifest.

    DamagedIndividual names the file and the fault: missing, another size, another checksum.
    """
    manifest = _read_bytes(folder / "manifest.json")
    try:
        listing: dict[str, Any] = parse_json(manifest, "the manifest")["files"]
        expected = readable_json({"files": listing, "sha256": _sha256(canonical_json(listing))})
        sizes = {name: (entry["size"], entry["sha256"]) for name, entry in listing.items()}
        if any(type(size) is not int or size < 0 for size, _ in sizes.values()):
            raise ValueError
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DamagedIndividual(f"{folder / 'manifest.json'} is not a manifest") from None
    if manifest != expected:
        raise DamagedIndividual(f"{folder / 'manifest.json'} does not match its own checksum")
    files = {}
    for name, (size, digest) in sizes.items():
        data = _read_bytes(folder / Path(name).name, size)
        if len(data) != size:
            raise DamagedIndividual(
                f"{folder / name} has {len(data)} bytes, its manifest says {size}"
            )
        if _sha256(data) != digest:
            raise DamagedIndividual(f"{folder / name} does not match its checksum")
        files[name] = data
    return files


def _read_bytes(path: Path, size: int | None = None) -> bytes:
    """The bytes of a file of which the manifest knows the size; a longer one is not read whole."""
    try:
        if size is None or path.is_dir():
            return read_regular_file(path)
        if (found := path.stat().st_size) != size:
            raise DamagedIndividual(f"{path} has {found} bytes, its manifest says {size}")
        if size > physical_memory():
            raise DamagedIndividual(f"{path} is larger than this machine's memory")
        return read_regular_file(path, limit=size)
    except ValueError as error:
        raise DamagedIndividual(str(error)) from None
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
