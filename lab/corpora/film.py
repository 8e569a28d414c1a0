"""A film: frames of equal size in single characters, and how it is read from text of any origin.

The text format is that of kisekied, BadAppleStringAnimation
(https://github.com/kisekied/BadAppleStringAnimation): frames of lines, `nekomark` between them.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.terminal.safe_text import showable

MARK = re.compile(r"\n*nekomark\n?")
LARGEST = 2**28  # bytes of a film as text; the real one of 1,745 frames has 15 million
MEMORY = 2**27  # bytes that unpacking may take
MOST_FRAMES, MOST_ROWS, MOST_CELLS = 60000, 1000, 65000
FRAMES, ROWS = 0xF0000, 0x100000  # the two private planes: their characters are nobody's


@dataclass(frozen=True)
class Film:
    """Frames as text, lines joined by newlines, all of one size; rate in frames a second.

    Raises ValueError for none, for ragged ones, and for characters that no terminal should get.
    """

    name: str
    frames: tuple[str, ...]
    rate: float

    def __post_init__(self) -> None:
        """Refuse what is no film."""
        if not self.frames or not self.frames[0]:
            raise ValueError(f"{self.name} holds no frame")
        if len(self.frames) > MOST_FRAMES:
            raise ValueError(
                f"{self.name} has {len(self.frames):,} frames; the most is {MOST_FRAMES:,}: "
                "take each n-th with corpus.every=n"
            )
        size = (self.height, self.width)
        if self.height > MOST_ROWS or self.height * (self.width + 1) > MOST_CELLS:
            raise ValueError(
                f"a frame of {self.name} has {self.height:,} lines of {self.width:,}: too large"
            )
        for number, frame in enumerate(self.frames):
            lines = frame.split("\n")
            for line, text in enumerate(lines):
                if len(text) != size[1]:
                    raise ValueError(
                        f"{self.name}: frame {number}, line {line} has {len(text)} characters, "
                        f"not {size[1]} as the first"
                    )
            if len(lines) != size[0]:
                raise ValueError(
                    f"{self.name}: frame {number} has {len(lines)} lines, not {size[0]}"
                )
        for character in sorted(set().union(*self.frames) - {"\n"}):
            if not showable(character):
                raise ValueError(f"{self.name} holds U+{ord(character):04X}, which no film shows")

    @property
    def height(self) -> int:
        """Lines of a frame."""
        return self.frames[0].count("\n") + 1

    @property
    def width(self) -> int:
        """Characters of a line."""
        return len(self.frames[0].split("\n", 1)[0])


def frame_number(number: int) -> str:
    """The one character that names a frame, counted from 0."""
    return chr(FRAMES + number)


def row_number(number: int) -> str:
    """The one character that names a row of a frame, counted from 0."""
    return chr(ROWS + number)


def number_of(character: str) -> int:
    """The number that a character of either kind stands for."""
    code = ord(character)
    return code - (ROWS if code >= ROWS else FRAMES)


def parse(text: str) -> tuple[str, ...]:
    """The frames of a text in which `nekomark` stands between them, on a line of its own or not.

    Newlines around a frame are none of it; a mark at the end of the text begins no frame.
    """
    found = [part.strip("\n") for part in MARK.split(text.replace("\r\n", "\n"))]
    return tuple(found[:-1] if len(found) > 1 and not found[-1] else found)


def read(path: Path) -> tuple[str, ...]:
    """The frames of a text file, plain or .xz, or of a folder of .txt files, one frame each.

    ValueError names a file that is damaged, too large or no UTF-8; OSError as reading raises it.
    """
    if path.is_dir():
        files = sorted(file for file in path.glob("*.txt") if file.is_file())
        if len(files) > MOST_FRAMES:
            raise ValueError(f"{path} has {len(files):,} frames; the most is {MOST_FRAMES:,}")
        return tuple(_text(file).replace("\r\n", "\n").strip("\n") for file in files)
    return parse(_text(path))


def resized(frames: Sequence[str], height: int, width: int) -> tuple[str, ...]:
    """The frames with the nearest cell of the old size at each place of the new one."""
    old = frames[0].split("\n")
    rows = [(2 * row + 1) * len(old) // (2 * height) for row in range(height)]
    columns = [(2 * column + 1) * len(old[0]) // (2 * width) for column in range(width)]
    if len(old) == height and len(old[0]) == width:
        return tuple(frames)
    cut = (frame.split("\n") for frame in frames)
    return tuple(
        "\n".join("".join([lines[row][column] for column in columns]) for row in rows)
        for lines in cut
    )


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path} has {path.stat().st_size:,} bytes; the most is {LARGEST:,}")
    raw = path.read_bytes()
    if path.suffix == ".xz":
        decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
        try:
            raw = decoder.decompress(raw, LARGEST + 1)
        except lzma.LZMAError as error:
            raise ValueError(f"{path} is no sound xz file: {error}") from None
        if len(raw) > LARGEST:
            raise ValueError(f"{path} unpacks to more than {LARGEST:,} bytes")
        if not decoder.eof or decoder.unused_data:
            raise ValueError(f"{path} ends too early, or something follows its end")
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8: byte at offset {error.start:,}") from None
