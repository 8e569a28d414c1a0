"""Drawings come out of every kind of file as they look on a terminal, without its colours."""

from pathlib import Path

import pytest

from lab.corpora.art_formats import plain_art, read_cow, read_figlet_font, split_drawings

COW = """## A cow, as cowsay has it
$the_cow = <<"EOC";
        $thoughts   ^__^
         ${thoughts}  ($eyes)\\\\_______
            (__)\\\\       )\\\\/\\\\
             $tongue ||--\\@w |
EOC
"""
FONT = """flf2a$ 2 1 9 -1 1
a comment
$@
$@@
|@
.@@
''#
$$##
"""


@pytest.mark.parametrize(
    ("text", "art"),
    [
        ("\x1b[1;31m/\\\x1b[0m\x1b[m", "/\\"),
        ("\x1b[38:2::255:0:0mx\x1b[38;5;196my", "xy"),
        ("a\x1b[3Cb\x1b[Cc", "a   b c"),
        ("\x1b[999C|", " " * 200 + "|"),
        ("art\n\x1aSAUCE00Title", "art\n"),
        ("cafe\u0301", "café"),
        ("a\x1b[2Jb", "a\x1b[2Jb"),  # it clears the screen: no drawing is made of that
    ],
)
def test_colour_is_left_out_and_blanks_are_drawn(text: str, art: str) -> None:
    assert plain_art(text) == art


@pytest.mark.parametrize("separator", ["%", "%%", "%% \t", "\f"])
def test_separators(separator: str) -> None:
    found = list(split_drawings(Path("a.txt"), f"one\n{separator}\n%x\n", "a"))
    assert [(label, art.strip()) for label, art in found] == [("a", "one"), ("a", "%x")]


def test_a_cow_is_drawn_without_its_perl() -> None:
    assert list(split_drawings(Path("c.COW"), COW, "c")) == [("c", read_cow(COW))]
    assert read_cow(COW).split("\n")[:4] == [
        r"        \   ^__^",
        r"         \  (oo)\_______",
        r"            (__)\       )\/\ ".rstrip(),
        r"                ||--@w |",
    ]
    assert read_cow("$the_cow = <<'X'\n(\\)\nX\n") == "(\\)\n"
    assert read_cow("no cow") == "no cow"


def test_a_font_is_a_drawing_a_character() -> None:
    assert list(read_figlet_font(FONT)) == [(" ", " \n "), ("!", "|\n."), ('"', "''\n  ")]
    assert list(split_drawings(Path("a.flf"), FONT, "a")) == list(read_figlet_font(FONT))


@pytest.mark.parametrize("header", ["flf2a$", "flf2a$ ² 1 9 -1 ²", "flf2a$ 0 1 9 -1 0", "flf2"])
def test_a_damaged_font_has_no_drawings(header: str) -> None:
    assert list(split_drawings(Path("a.flf"), f"{header}\n@\n@@\n", "a")) == []


def test_a_long_file_without_a_cow_takes_no_long_time() -> None:
    text = "<<a;\n" * 100000  # each could begin a cow, and none ends
    assert read_cow(text) == text
