"""Bounded reader: files and JSON from elsewhere, their kind, size, depth and types checked.

What a user, another program or the network wrote is data: reading it must not hang on a pipe, take
the memory, or end in another error than one line that names the file.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

MAX_RECORD_BYTES = 2**28  # of a record; the largest committed one, a pack of a study, has 2 million
MAX_DEPTH = 60  # levels of lists and objects; our own records have at most 10
MAX_DIGITS = 30  # of a whole number; ours are seeds and sizes of at most 20

Kinds = type | tuple[type, ...]


def read_regular_file(path: Path, limit: int = MAX_RECORD_BYTES) -> bytes:
    """Return the bytes of a file; ValueError for a pipe or device, and for more than limit bytes.

    OSError as opening raises it; a folder is IsADirectoryError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} is no regular file")
        if status.st_size > limit:
            raise ValueError(f"{path} has {status.st_size:,} bytes; the most is {limit:,}")
        data = file.read(status.st_size + 1)  # room for as many is taken at once
    if len(data) > status.st_size:
        raise ValueError(f"{path} grew while it was read")
    return data


def parse_json(data: bytes | str, where: str) -> Any:
    """Return JSON as plain data; ValueError says where it is deep, not finite or none at all."""
    try:
        value = json.loads(
            data, parse_constant=_refuse, parse_int=_parse_integer, parse_float=_parse_number
        )
    except (ValueError, RecursionError):
        raise ValueError(f"{where} is not JSON that this lab writes") from None
    if is_too_deep(value):
        raise ValueError(f"{where} is nested more than {MAX_DEPTH} levels deep")
    return value


def physical_memory() -> int:
    """Return the machine's memory in bytes; 4 GiB where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 4 * 2**30


def read_json_object(path: Path) -> dict[str, Any]:
    """Return the JSON object of a file; ValueError where it holds none, OSError as opening."""
    value = parse_json(read_regular_file(path), str(path))
    if not isinstance(value, dict):
        raise ValueError(f"{path} holds no JSON object")
    return value


def require_types(record: Any, kinds: Mapping[str, Kinds], where: str) -> dict[str, Any]:
    """Return a record whose fields, those that it has, are of these kinds; ValueError names one.

    A name with a question mark may be missing or null, others must be there. "a.b" is a field of a
    field. Whole numbers count as float, truth values as nothing else.
    """
    if not isinstance(record, dict):
        raise ValueError(f"{where} is no object with fields")
    place = where and f"{where}: "
    for name, kind in kinds.items():
        value: Any = record
        *outer, last = name.removesuffix("?").split(".")
        for part in outer:
            value = value.get(part) if isinstance(value, dict) else None
        value = value.get(last) if isinstance(value, dict) else None
        if value is None and name.endswith("?"):
            continue
        if not is_of_kind(value, kind):
            raise ValueError(f"{place}{name.removesuffix('?')} is missing or of another type")
    return record


def is_of_kind(value: Any, kind: Kinds) -> bool:
    """Whether a value is of a type, a whole number being a float too and a truth value neither."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, kinds) or (float in kinds and isinstance(value, int))


def is_too_deep(value: Any) -> bool:
    """Whether lists and objects lie more than MAX_DEPTH levels in each other."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(v for v in item.values() if isinstance(v, dict | list))
            elif isinstance(item, list):
                inner.extend(v for v in item if isinstance(v, dict | list))
        if not inner:
            return False
        level = inner
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _parse_integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _parse_number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number
