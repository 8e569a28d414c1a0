"""Text encodings: bytes decoded as the encoding that a file has, or as the one it seems to have.

CP437 is the IBM PC's code page 437, whose control codes are graphics too (heart, face, arrow);
`auto` knows byte order marks and valid UTF-8 for certain and guesses the rest.
"""

from __future__ import annotations

import codecs
import re

ENCODINGS = ("utf-8", "latin-1", "cp437", "utf-16", "auto")
NAMES = {"utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
GRAPHICS = "☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"  # of the codes 1 to 31
OBEYED = "\t\n\f\r\x1a\x1b"  # codes that files of art mean as controls
CP437_GRAPHICS = {0: " ", 127: "⌂"} | {
    code: character for code, character in enumerate(GRAPHICS, 1) if chr(code) not in OBEYED
}
C1_CONTROLS = re.compile(rb"[\x80-\x9f]")  # letters in CP437; in Latin-1 no text has them
LINES_AND_SHADES = re.compile(rb"([\xb0-\xb2\xc4\xcd\xdb-\xdf])\1")  # twice the same, in CP437


def check_encoding(encoding: str) -> None:
    """Raise ValueError for an encoding that is none of ENCODINGS."""
    if encoding not in ENCODINGS:
        raise ValueError(f"corpus.encoding is one of {', '.join(ENCODINGS)}, not {encoding!r}")


def decode_text(raw: bytes, encoding: str = "utf-8") -> str:
    """Return the text of a file's bytes, without a byte order mark.

    Raises ValueError for another encoding, and for bytes that are not of this one: with the first
    such byte and its offset, not with the file's name, as the end of a sentence.
    """
    check_encoding(encoding)
    codec = guess_encoding(raw) if encoding == "auto" else encoding
    try:
        text = raw.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte, at = raw[error.start], error.start
        name = NAMES.get(codec, codec)
        raise ValueError(f"is not {name}: byte 0x{byte:02x} at offset {at:,}") from None
    return text.translate(CP437_GRAPHICS) if codec == "cp437" else text


def guess_encoding(raw: bytes) -> str:
    """Return the encoding that bytes seem to have: UTF-8 or UTF-16, else Latin-1 or CP437.

    CP437 has letters where Latin-1 has control codes, and draws with runs of lines and shades.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for parity, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = raw[parity::2]
        if half and half.count(0) > 0.4 * len(half) and not raw[1 - parity :: 2].count(0):
            return name
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        drawn = C1_CONTROLS.search(raw) or LINES_AND_SHADES.search(raw)
        return "cp437" if drawn else "latin-1"
    return "utf-8"
