"""A search run: replayed from its log to the same champion, refused with another header."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.workflows.searched_cross import SearchedCross

MakeCross = Callable[..., SearchedCross]


def test_a_search_is_replayed_from_its_log(make_cross: MakeCross, tmp_path: Path) -> None:
    first = make_cross()
    log = (tmp_path / "search.jsonl").read_bytes()
    again = make_cross()
    assert again.result.key == first.result.key and again.result.record == first.result.record
    assert (tmp_path / "search.jsonl").read_bytes() == log


def test_another_search_is_refused_by_the_header(make_cross: MakeCross, tmp_path: Path) -> None:
    make_cross(log="first")
    (tmp_path / "first.jsonl").rename(tmp_path / "second.jsonl")
    with pytest.raises(ValueError, match="written by another search: test differs"):
        make_cross(log="second")
