"""Nothing a model writes is obeyed by a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.terminal.safe_text import escape_unsafe, format_side_by_side, mask_unprintable

PAYLOADS = {
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "link": "\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\",
    "clear": "\x1b[2J\x1b[H",
    "report": "\x1b[6n",
    "title": "\x1b]0;title\x07",
    "C1 CSI": "\x9b2J",
    "C1 OSC": "\x9d52;c;x\x9c",
    "reset": "\x1bc",
    "overwrite": "rm -rf\r        ",
    "backspace": "evil\b\b\b\bgood",
    "bidi": "abc\u202edcba\u202c\u2066x\u2069",
    "frame": "\x02cat\x03art\x04",
    "delete and nul": "\x7f\x00",
    "invisible": "a\u200b\u200d\ufeff\u00adb",
    "separators": "a\u2028b\u2029c",
    "combining": "z" + "\u0301" * 50,
    "tags": "\U000e0041\ud800",
    "enclosing": "a\u20dd\ufe0f\u034f\U000e0100",
    "blank letters": "a\u3164\uffa0b\u00a0",
    "joining": "\u1100\u1161\u11a8",
}
BLANKS = "\u115f\u1160\u3164\uffa0\u00a0\u2003\u3000"


def harmless(text: str) -> bool:
    """No control, format or combining character but the newline, and none that shows nothing."""
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Mc"}
    return all(c == "\n" or unicodedata.category(c) not in bad and c not in BLANKS for c in text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_shown_not_sent(payload: str) -> None:
    assert not harmless(PAYLOADS[payload]) or payload == "joining"
    assert harmless(escape_unsafe(PAYLOADS[payload])) and harmless(
        format_side_by_side([PAYLOADS[payload]])
    )
    assert escape_unsafe(PAYLOADS[payload]) != PAYLOADS[payload]


@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=5))
def test_whatever_is_written_is_harmless(pieces: list[str]) -> None:
    assert all(harmless(escape_unsafe(piece)) for piece in pieces)
    assert harmless(format_side_by_side(pieces))


def test_every_character_there_is() -> None:
    planes = [*range(0x20000), *range(0xE0000, 0xE1000), 0x10FFFF]
    assert harmless(escape_unsafe("".join(map(chr, planes))))


def test_symbols_say_what_was_there() -> None:
    assert escape_unsafe("\x1b[2J\t\x7f\x9b\u202e") == "␛[2J␉␡<U+009B><U+202E>"


def test_a_letter_with_its_mark_is_shown_as_one_character_where_there_is_one() -> None:
    assert escape_unsafe("cafe\u0301 x\u0301") == "café x<U+0301>"
    assert format_side_by_side(["e\u0301|", "o"], titles=["u\u0308", ""]) == "ü\né|   o"


@given(st.text(st.characters(codec=None), max_size=60))
def test_a_mask_keeps_the_length_and_what_is_printable(text: str) -> None:
    masked = mask_unprintable(text)
    assert masked.isprintable() and len(masked) == len(text)
    assert all(a == b or not b.isprintable() for a, b in zip(masked, text, strict=True))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_ascii_art_stays_what_it_is(text: str) -> None:
    assert escape_unsafe(text) == text


def test_drawings_stand_on_one_line_and_wrap_by_width() -> None:
    cat, tower = "/\\_/\\\n(o.o)", "|\n|\n|"
    assert format_side_by_side([cat, tower], width=40) == "        |\n/\\_/\\   |\n(o.o)   |"
    assert format_side_by_side([cat, tower], width=6) == f"{cat}\n\n{tower}"
    assert format_side_by_side([]) == ""


def test_a_drawing_wider_than_the_terminal_is_not_cut() -> None:
    assert format_side_by_side(["x" * 100, "y"], width=80) == "x" * 100 + "\n\ny"


def test_titles_stand_above_on_one_line() -> None:
    shown = format_side_by_side(["/\\\n||", "|"], 40, titles=["a\x1b", "second"])
    assert shown == "a␛   second\n/\\\n||   |"


def test_wide_characters_take_two_columns() -> None:
    assert format_side_by_side(["\u732b", "|"], 40) == "\u732b   |"
    assert [len(line) for line in format_side_by_side(["\u732b\nab", "|\n|"], 40).split("\n")] == [
        5,
        6,
    ]
