"""Bounded reader: what is no plain, small, shallow file is one line that names it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lab.storage.bounded_reader import (
    MAX_DEPTH,
    parse_json,
    read_json_object,
    read_regular_file,
    require_types,
)


@pytest.mark.timeout(20)
def test_pipes_and_devices_are_refused_not_awaited(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match=f"{path} is no regular file"):
            read_regular_file(path)
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match="link is no regular file"):
        read_regular_file(tmp_path / "link")


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(ValueError, match="sparse has 1,099,511,627,776 bytes"):
        read_regular_file(tmp_path / "sparse")
    (tmp_path / "small").write_bytes(b"abc")
    assert read_regular_file(tmp_path / "small", limit=3) == b"abc"
    with pytest.raises(ValueError, match="3 bytes; the most is 2"):
        read_regular_file(tmp_path / "small", limit=2)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, '{"a":' * 5000, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "1" * 5000,
        "1" * 31, "NaN", "-Infinity", "1e999", "", "{", "\x00", '{"a": 1} x', b"\xff\xfe",
    ],
)  # fmt: skip
def test_odd_json_is_one_line(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"^here is ") as fault:
        parse_json(text, "here")
    assert "\n" not in str(fault.value)


def test_plain_json_is_what_json_says() -> None:
    text = json.dumps({"a": [1, 2.5, None, True, "x", {"b": [[]]}], "seed": 2**63})
    assert parse_json(text, "here") == json.loads(text)
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert parse_json(deep, "here") == json.loads(deep)


def test_a_file_must_hold_an_object(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("[]")
    with pytest.raises(ValueError, match="list holds no JSON object"):
        read_json_object(tmp_path / "list")
    with pytest.raises(FileNotFoundError):
        read_json_object(tmp_path / "none")


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ([], "no object"), ({}, "name is missing"), ({"name": 7}, "name"), ({"name": None}, "name"),
        ({"name": "x", "size": True}, "size"), ({"name": "x", "size": "1"}, "size"),
        ({"name": "x", "in": 3, "size": 1.5}, ""), ({"name": "x", "in": {"side": "x"}}, "in.side"),
    ],
)  # fmt: skip
def test_fields_have_their_types(record: object, fault: str) -> None:
    kinds = {"name": str, "size?": float, "in.side?": int}
    if not fault:
        assert require_types(record, kinds, "here") is record
        return
    with pytest.raises(ValueError, match=f"here.*{fault}"):
        require_types(record, kinds, "here")
