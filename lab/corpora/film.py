"""Film: frames of characters, all of equal size, and their text format.

The text format is that of kisekied, BadAppleStringAnimation
(https://github.com/kisekied/BadAppleStringAnimation): frames of lines, `nekomark` between them.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.corpora.text_encodings import decode_text
from lab.terminal.safe_text import is_single_column

FRAME_MARK = "nekomark"
SEPARATORS = {  # of the frames of a text: a word of these, else any word as it is
    "blank": re.compile(r"\n{2,}"),
    "formfeed": re.compile(r"\n*\f\n?"),
}
MAX_FILM_BYTES = 2**28  # bytes of a film as text; the real one of 1,745 frames has 15 million
MAX_XZ_MEMORY = 2**27  # bytes that unpacking may take
MAX_FRAMES, MAX_ROWS, MAX_CELLS = 60000, 1000, 65000
MAX_RESIZED_CHARACTERS = 2**30  # of all frames; 60,000 of the default size have half as many
FRAME_PLANE, ROW_PLANE = 0xF0000, 0x100000  # the two private planes, whose characters no text uses


@dataclass(frozen=True)
class Film:
    """A film: frames as text, lines joined by newlines, all of one size; rate in frames a second.

    Raises ValueError for no frames, ragged frames and characters that are not printable.
    """

    name: str
    frames: tuple[str, ...]
    rate: float

    def __post_init__(self) -> None:
        """Check the frames; ValueError names the first fault."""
        if not self.frames or not self.frames[0]:
            raise ValueError(f"{self.name} holds no frame")
        if len(self.frames) > MAX_FRAMES:
            raise ValueError(
                f"{self.name} has {len(self.frames):,} frames; the most is {MAX_FRAMES:,}: "
                "take each n-th with corpus.every=n"
            )
        size = (self.height, self.width)
        check_frame_size(f"a frame of {self.name}", *size)
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
            if not is_single_column(character):
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
    """Return the private-use character of a frame's number, counted from 0."""
    return chr(FRAME_PLANE + number)


def row_number(number: int) -> str:
    """Return the private-use character of a row's number, counted from 0."""
    return chr(ROW_PLANE + number)


def number_from_character(character: str) -> int:
    """Return the number of a frame or row character."""
    code = ord(character)
    return code - (ROW_PLANE if code >= ROW_PLANE else FRAME_PLANE)


def parse_film(text: str, separator: str = FRAME_MARK) -> tuple[str, ...]:
    """Split a text into frames at each separator, on a line of its own or not.

    separator: a word, or blank (lines with nothing in them) or formfeed. Newlines around a frame
    are dropped; a separator before the first frame or after the last begins no frame.
    """
    pattern = SEPARATORS.get(separator) or re.compile(rf"\n*{re.escape(separator)}\n?")
    frames = [part.strip("\n") for part in pattern.split(text.replace("\r\n", "\n"))]
    first = 1 if len(frames) > 1 and not frames[0] else 0
    last = len(frames) - 1 if len(frames) > first + 1 and not frames[-1] else len(frames)
    return tuple(frames[first:last])


def read_film(path: Path, separator: str = FRAME_MARK, encoding: str = "utf-8") -> tuple[str, ...]:
    """Read the frames of a text file, plain or .xz, or of a folder of .txt files, one frame each.

    ValueError names a file that is damaged, too large or not of the encoding; OSError as reading
    raises it.
    """
    if path.is_dir():
        files = sorted(file for file in path.glob("*.txt") if file.is_file())
        if len(files) > MAX_FRAMES:
            raise ValueError(f"{path} has {len(files):,} frames; the most is {MAX_FRAMES:,}")
        return tuple(_read_text(file, encoding).replace("\r\n", "\n").strip("\n") for file in files)
    return parse_film(_read_text(path, encoding), separator)


def check_frame_size(name: str, height: int, width: int) -> None:
    """Raise ValueError for a frame of too many lines or characters."""
    if height > MAX_ROWS or height * (width + 1) > MAX_CELLS:
        raise ValueError(
            f"{name} has {height:,} lines of {width:,}: too large, the most is {MAX_ROWS} lines "
            f"and {MAX_CELLS:,} characters"
        )


def resize_frames(frames: Sequence[str], height: int, width: int) -> tuple[str, ...]:
    """Resize frames by nearest-neighbour sampling; ValueError for too large or too many frames."""
    check_frame_size("a frame resized by corpus.height and corpus.width", height, width)
    if (size := len(frames) * height * width) > MAX_RESIZED_CHARACTERS:
        raise ValueError(
            f"corpus.height and corpus.width make {size:,} characters; the most is "
            f"{MAX_RESIZED_CHARACTERS:,}: take fewer frames by corpus.most or corpus.every"
        )
    old_lines = frames[0].split("\n")
    rows = [(2 * row + 1) * len(old_lines) // (2 * height) for row in range(height)]
    columns = [(2 * column + 1) * len(old_lines[0]) // (2 * width) for column in range(width)]
    if len(old_lines) == height and len(old_lines[0]) == width:
        return tuple(frames)
    split_frames = (frame.split("\n") for frame in frames)
    return tuple(
        "\n".join("".join([lines[row][column] for column in columns]) for row in rows)
        for lines in split_frames
    )


def _read_text(path: Path, encoding: str) -> str:
    if path.stat().st_size > MAX_FILM_BYTES:
        raise ValueError(
            f"{path} has {path.stat().st_size:,} bytes; the most is {MAX_FILM_BYTES:,}"
        )
    raw = path.read_bytes()
    if path.suffix == ".xz":
        decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_XZ_MEMORY)
        try:
            raw = decoder.decompress(raw, MAX_FILM_BYTES + 1)
        except lzma.LZMAError as error:
            raise ValueError(f"{path} is no sound xz file: {error}") from None
        if len(raw) > MAX_FILM_BYTES:
            raise ValueError(f"{path} unpacks to more than {MAX_FILM_BYTES:,} bytes")
        if not decoder.eof or decoder.unused_data:
            raise ValueError(f"{path} ends too early, or something follows its end")
    try:
        return decode_text(raw, encoding)
    except ValueError as error:
        raise ValueError(f"{path} {error}: set corpus.encoding, now {encoding}") from None
