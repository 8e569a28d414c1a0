"""A gallery file is read line by line, and a bad line is named."""

from pathlib import Path

import pytest

from lab.galleries.gallery_file import group_by_seed, read_gallery


def test_blank_lines_are_skipped_and_pieces_kept_in_order(tmp_path: Path) -> None:
    path = tmp_path / "g.samples.jsonl"
    path.write_text('{"text": "a"}\n\n{"text": "b", "seed": 1}\n')
    assert [piece["text"] for piece in read_gallery(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 2 is not JSON"),
        ("[" * 100_000, "line 2 is not JSON"),
        ("[]", "line 2 is not a piece"),
        ('{"text": 1}', "line 2 is not a piece"),
        ('{"text": "", "sampling": {"temperature": "hot"}}', "line 2 is not a piece"),
        ('{"text": "", "nearest": {"verdict": "new"}}', "line 2 is not a piece"),
        ('{"text": "", "label": 3}', "line 2 is not a piece"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "g.samples.jsonl"
    path.write_text('{"text": "a"}\n' + line)
    with pytest.raises(ValueError, match=complaint):
        read_gallery(path)


def test_consecutive_pieces_of_a_seed_are_a_row() -> None:
    pieces = [{"seed": seed} for seed in (1, 1, 2, 1)]
    assert list(map(len, group_by_seed(pieces))) == [2, 1, 1]
