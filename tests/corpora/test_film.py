"""Films are read from text, checked, and resized without new characters."""

from pathlib import Path

import pytest

from lab.corpora.film import (
    Film,
    frame_number,
    number_from_character,
    parse_film,
    read_film,
    resize_frames,
    row_number,
)


@pytest.mark.parametrize(
    "text",
    ["ab\ncd\nnekomark\nef\ngh\n", "ab\ncdnekomarkef\ngh", "ab\r\ncd\nnekomark\nef\ngh\nnekomark"],
)
def test_frames_are_split_at_the_mark(text: str) -> None:
    assert parse_film(text) == ("ab\ncd", "ef\ngh")


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("nekomark\nab\ncd\nnekomark\nef\ngh", "nekomark"),
        ("ab\ncd\nSPLIT\nef\ngh\nSPLIT", "SPLIT"),
        ("SPLIT\nab\ncd\nSPLIT\nef\ngh", "SPLIT"),
        ("ab\ncd[=]ef\ngh", "[=]"),
        ("\n\nab\ncd\n\nef\ngh\n\n\n", "blank"),
        ("ab\r\ncd\r\n\r\n\r\nef\r\ngh", "blank"),
        ("ab\ncd\n\f\nef\ngh\f", "formfeed"),
    ],
)
def test_frames_are_split_as_their_maker_did(text: str, separator: str) -> None:
    assert parse_film(text, separator) == ("ab\ncd", "ef\ngh")


def test_a_film_of_marks_alone_has_no_frame() -> None:
    assert parse_film("nekomark") == ("",) and parse_film("") == ("",)


def test_blanks_are_no_empty_line() -> None:
    assert parse_film("a  \n   \nb  \n\n   \n a \n   ", "blank") == (
        "a  \n   \nb  ", "   \n a \n   ",
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "cp437", "auto"])
def test_a_film_has_an_encoding(tmp_path: Path, encoding: str) -> None:
    path, text = tmp_path / "film.txt", "█░\n░█\nnekomark\n░░\n██"
    path.write_bytes(text.encode("cp437" if encoding == "cp437" else "utf-16"))
    assert read_film(path, encoding=encoding) == ("█░\n░█", "░░\n██")
    if encoding == "utf-16":
        with pytest.raises(ValueError, match=r"film.txt is not UTF-8: byte 0xff at offset 0: set"):
            read_film(path)


def test_a_folder_is_a_frame_a_file(tmp_path: Path) -> None:
    for name, text in (("2.txt", "cd\n"), ("1.txt", "ab\n")):
        (tmp_path / name).write_text(text)
    assert read_film(tmp_path) == ("ab", "cd")


@pytest.mark.parametrize(
    ("frames", "complaint"),
    [
        ((), "holds no frame"),
        (("ab\nc",), "frame 1, line 2|frame 0, line"),
        (("ab", "ab\nab"), "lines, not 1"),
        (("a\x1b",), "U\\+001B"),
    ],
)
def test_what_is_no_film_is_refused(frames: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Film("f", frames, 12.0)


@pytest.mark.parametrize("number", [0, 1, 1744])
def test_numbers_come_back_from_their_characters(number: int) -> None:
    assert number_from_character(frame_number(number)) == number
    assert number_from_character(row_number(number)) == number


def test_resizing_repeats_and_drops_cells() -> None:
    assert resize_frames(["ab\ncd"], 4, 4) == ("aabb\naabb\nccdd\nccdd",)
    assert resize_frames(resize_frames(["ab\ncd"], 4, 4), 2, 2) == ("ab\ncd",)
