"""NPZ arrays: only what is asked for is read, and only as much as a header may say."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lab.attention_maps.npz_arrays import MAX_BYTES, read_arrays


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    buffer = io.BytesIO()
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, fields)
    return buffer.getvalue()


def test_what_is_not_asked_for_is_not_unpacked(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.arange(6.0).reshape(2, 3), b=np.ones(3))
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("odd.npy", b"this is no array")
    read = read_arrays(tmp_path / "a.npz", ["a"], ["b", "c"])
    assert list(read) == ["a", "b"] and read["a"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_header_is_believed_before_its_array_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", header((MAX_BYTES // 4 + 1,)))
    with pytest.raises(ValueError, match=r"a\.npz is no file of arrays: a has [0-9,]+ bytes"):
        read_arrays(tmp_path / "a.npz", ["a"])


@pytest.mark.parametrize(
    "array",
    [
        np.array(["text"]),
        np.array(["2026-12-01"], dtype="datetime64[D]"),
        np.zeros(3, dtype=[("x", "f4"), ("y", "i4")]),
        np.float32(1),
        np.zeros((0, 4)),
        np.zeros(3, dtype=bool),
        np.zeros(3, dtype=complex),
    ],
)
def test_what_is_no_array_of_numbers_is_named(tmp_path: Path, array: np.ndarray) -> None:
    np.savez(tmp_path / "a.npz", a=array)
    with pytest.raises(ValueError, match=r"a\.npz is no file of arrays: a holds no numbers"):
        read_arrays(tmp_path / "a.npz", ["a"])


def test_damage_objects_and_pipes_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "junk.npz").write_bytes(b"junk")
    np.savez(tmp_path / "object.npz", a=np.array([{}], dtype=object))
    np.savez(tmp_path / "short.npz", b=np.ones(2))
    with zipfile.ZipFile(tmp_path / "cut.npz", "w") as archive:
        archive.writestr("a.npy", header((4,)) + b"12")
    os.mkfifo(tmp_path / "pipe.npz")
    for name, fault in (
        ("junk", "is no file of arrays"), ("object", "holds no numbers"),
        ("short", "it has no a"), ("cut", "is no file of arrays"), ("pipe", "is no file"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=rf"{name}\.npz .*{fault}|{fault}"):
            read_arrays(tmp_path / f"{name}.npz", ["a"])
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "missing.npz", ["a"])
