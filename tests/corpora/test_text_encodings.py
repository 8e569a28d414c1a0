"""Bytes become the text that was meant: each encoding by name, and all of them by guessing."""

import pytest

from lab.corpora.text_encodings import check_encoding, decode_text, guess_encoding

BOX = "╔══╗ ░▒▓█\n║é║"
LETTERS = "Größe, café ´·` ¯¯¯"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LETTERS, "utf-8"), (LETTERS, "latin-1"), (LETTERS, "utf-16"), (BOX, "cp437"),
        (BOX, "utf-8"), (BOX, "utf-16"), ("plain", "utf-8"), ("plain text", "utf-16-le"),
        ("plain text", "utf-16-be"), ("────", "cp437"), ("Ää Öö Üü", "cp437"),
    ],
)  # fmt: skip
def test_what_is_encoded_is_decoded_and_guessed(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert guess_encoding(raw) == encoding
    assert decode_text(raw, "auto") == text
    if encoding in ("utf-8", "latin-1", "cp437", "utf-16"):
        assert decode_text(raw, encoding) == text


def test_control_codes_of_cp437_are_graphics_but_for_lines_and_escapes() -> None:
    assert decode_text(b"\x01\x02\x03\x00\x7f\x10|\t\n\x1b[m\x0c\x1a", "cp437") == (
        "☺☻♥ ⌂►|\t\n\x1b[m\x0c\x1a"
    )


def test_a_byte_order_mark_is_no_character() -> None:
    assert decode_text(b"\xef\xbb\xbfx") == "x"
    assert decode_text("x".encode("utf-16"), "utf-16") == "x"


@pytest.mark.parametrize(
    ("raw", "encoding", "complaint"),
    [
        (b"ab\xe9", "utf-8", r"^is not UTF-8: byte 0xe9 at offset 2$"),
        (b"abc", "utf-16", r"^is not UTF-16: byte 0x63 at offset 2$"),
        (b"abc", "utf8", r"^corpus.encoding is one of utf-8, latin-1, cp437, utf-16, auto"),
    ],
)
def test_what_is_not_of_it_is_refused(raw: bytes, encoding: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        decode_text(raw, encoding)


def test_the_encodings_that_are_offered_are_known() -> None:
    for encoding in ("utf-8", "latin-1", "cp437", "utf-16", "auto"):
        check_encoding(encoding)
        assert decode_text("ab".encode("utf-16" if encoding == "utf-16" else "ascii"), encoding)
