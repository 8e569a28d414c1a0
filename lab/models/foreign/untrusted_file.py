"""Untrusted file: the sizes in a checkpoint file, bounded before anything is computed from them.

A pickle of 1.6 kB can describe a tensor of terabytes (a view of stride 0), a zip of 2 MB can unpack
to gigabytes. What `torch.save` writes is stored uncompressed, so nothing in it exceeds the file.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

WEIGHT_TYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
SHARED = 2  # a tied matrix may be named twice; other storage is not shared


def require_regular_file(path: Path) -> None:
    """Refuse a pipe, a device or a folder, ValueError; FileNotFoundError for a missing file."""
    if not path.is_file():
        path.stat()
        raise ValueError(f"{path} is no file")


def sha256_of_file(path: Path) -> str:
    """The hexadecimal sha256 of a file, read in pieces; ValueError as `require_regular_file`."""
    require_regular_file(path)
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_stored_zip(path: Path) -> None:
    """Refuse a zip whose files unpack to more than the zip itself; ValueError, nothing is read."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > path.stat().st_size:
        raise ValueError(
            f"{path.name} unpacks to {unpacked:,} bytes from {path.stat().st_size:,}: "
            "torch.save does not compress"
        )


def require_weights_of_file(model: Mapping[Any, Any], path: Path) -> None:
    """Refuse what is no dense tensor of weights on the CPU that lies in the file; ValueError.

    The test for finite values comes after the sizes, so that it reads no more than the file has.
    """
    total = 0
    for key, value in model.items():
        label = f"{path.name}: {str(key)[:80]}"
        if not isinstance(value, Tensor) or value.layout is not torch.strided:
            raise ValueError(f"{label} is not a tensor of weights")
        if value.device.type != "cpu" or value.dtype not in WEIGHT_TYPES or not value.numel():
            shape = list(value.shape)
            raise ValueError(
                f"{label} is not a tensor of weights: {value.dtype} {shape} on {value.device}"
            )
        size = value.numel() * value.element_size()
        if size > value.untyped_storage().nbytes():
            raise ValueError(f"{label} repeats its storage: {size:,} bytes are not in the file")
        total += size
    if total > SHARED * path.stat().st_size:
        raise ValueError(f"{path.name}: its tensors share storage, {total:,} bytes in all")
    for key, value in model.items():
        if not value.isfinite().all():
            raise ValueError(f"{path.name}: {str(key)[:80]} is not finite")
