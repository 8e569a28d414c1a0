"""The append-only log: a torn end is cut off, damage before it is refused."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from lab.storage.append_log import (
    append_durably,
    append_log_entry,
    cut_unfinished_line,
    parse_log_entry,
    read_log_entries,
)

ENTRIES = [{"bpc": 1.5}, {"bpc": None, "key": "é"}, {"list": [1, 2]}]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    for entry in ENTRIES:
        append_log_entry(tmp_path / "new" / "log.jsonl", entry)
    return tmp_path / "new" / "log.jsonl"


def test_entries_come_back_in_order(log: Path) -> None:
    assert read_log_entries(log) == ENTRIES
    assert read_log_entries(log.with_name("none")) == []


def test_a_line_has_a_known_checksum(tmp_path: Path) -> None:
    append_log_entry(tmp_path / "log", {"a": 1})  # zlib.crc32(b'{"a":1}') as others compute it
    assert (tmp_path / "log").read_bytes() == b'{"a":1,"crc":1444654255}\n'


def test_wherever_a_kill_tears_the_last_line_the_others_are_read(log: Path) -> None:
    whole = log.read_bytes()
    before = whole[: whole[:-1].rindex(b"\n") + 1]
    for length in range(len(before), len(whole)):
        log.write_bytes(whole[:length])
        assert read_log_entries(log) == ENTRIES[:2] and log.read_bytes() == before


def test_a_flipped_bit_before_the_end_is_named(log: Path) -> None:
    content = bytearray(log.read_bytes())
    content[8] ^= 1
    log.write_bytes(content)
    with pytest.raises(ValueError, match="line 1 is damaged"):
        read_log_entries(log)


def test_only_an_unfinished_line_is_cut(log: Path) -> None:
    whole = log.read_bytes()
    for torn in (b"", b"x", b'{"a": 1}'):
        log.write_bytes(whole + torn)
        cut_unfinished_line(log)
        assert log.read_bytes() == whole
    cut_unfinished_line(log.with_name("none"))
    assert not log.with_name("none").exists()


def test_an_entry_is_on_the_disk_before_the_call_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        append_durably(tmp_path / "log", b"x\n")


def test_every_line_is_flushed_and_the_name_of_a_new_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[str, int]] = []
    fsync, path = os.fsync, tmp_path / "log"

    def note(descriptor: int) -> None:
        size = path.stat().st_size if path.exists() else -1
        flushed.append((Path(os.readlink(f"/proc/self/fd/{descriptor}")).name, size))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    append_durably(path, b"x\n")
    append_durably(path, b"yy\n")
    assert flushed == [("log", 2), (tmp_path.name, 2), ("log", 5)]


def test_what_is_no_entry_is_none() -> None:
    for line in (
        b"",
        b"[]\n",
        b"{}\n",
        b'{"a":NaN,"crc":0}\n',
        b"[" * 100_000,
        b'{"crc": 0}\n',
        b"\xff\n",
    ):
        assert parse_log_entry(line) is None
