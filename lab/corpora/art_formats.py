r"""Art formats: the drawings in the text of one file, by the kind of file that its suffix tells.

    .txt .asc .ans .nfo .diz   drawings with a line of only % or %% or a form feed between
    .cow                       cowsay: the cow in a Perl string, https://github.com/cowsay-org/cowsay
    .flf                       FIGlet: a font, each character a drawing labelled by it,
                               http://www.jave.de/figlet/figfont.html

What follows a SUB character (a SAUCE record) is no art. Colour is left out: SGR sequences of
ECMA-48; its cursor forward becomes blanks. Letters with marks become one character where there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lab.terminal.combining_marks import compose_marks

TEXT_SUFFIXES = (".txt", ".asc", ".ans", ".nfo", ".diz", ".cow", ".flf")
SEPARATOR = re.compile(r"^%%?[ \t]*$|\f", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
MAX_FORWARD = 200  # columns; a terminal goes no further than its last
CURSOR_FORWARD = re.compile(r"\x1b\[([0-9]{0,3})C")
COW_START = re.compile(r"""<<\s{0,9}(?P<quote>["']?)(?P<end>\w{1,99})(?P=quote);?[^\n]*\n""")
COW_PARTS = {"thoughts": "\\", "eyes": "oo", "tongue": "  "}
COW_VARIABLE = re.compile(r"\\(?P<escaped>.)|\$\{?(?P<name>thoughts|eyes|tongue)\b\}?")
FIGLET_CHARACTERS = "".join(map(chr, range(32, 127))) + "ÄÖÜäöüß"


def split_drawings(file: Path, text: str, label: str) -> Iterator[tuple[str, str]]:
    """Yield label and art of each drawing in a file's text, not yet clean."""
    if file.suffix.lower() == ".flf" and text.startswith("flf2"):
        yield from read_figlet_font(text)
    elif file.suffix.lower() == ".cow":
        yield label, read_cow(text)
    else:
        for art in SEPARATOR.split(plain_art(text)):
            yield label, art


def plain_art(text: str) -> str:
    """Return art without colour and what follows its end, with marked letters as one character."""
    text = COLOUR.sub("", text.partition("\x1a")[0])
    text = CURSOR_FORWARD.sub(lambda match: " " * min(int(match[1] or 1), MAX_FORWARD), text)
    return compose_marks(text)


def read_cow(text: str) -> str:
    """Return the cow of a cowsay file with open eyes, or the text where it has no cow."""
    start = COW_START.search(text)
    end = start and re.compile(rf"^{start['end']}$", re.MULTILINE).search(text, start.end())
    if not start or not end:
        return plain_art(text)
    cow = text[start.end() : end.start()]
    if start["quote"] != "'":
        cow = COW_VARIABLE.sub(lambda part: part["escaped"] or COW_PARTS.get(part["name"], ""), cow)
    return plain_art(cow)


def read_figlet_font(text: str) -> Iterator[tuple[str, str]]:
    """Yield character and drawing of a FIGlet font; nothing where its header is none."""
    lines = text.split("\n")
    signature, *numbers = lines[0].split()
    if len(numbers) < 5 or not (numbers[0].isdecimal() and numbers[4].isdecimal()):
        return
    height, comments, hard_blank = int(numbers[0][:4]), int(numbers[4][:4]), signature[-1]
    for at, character in enumerate(FIGLET_CHARACTERS):
        start = 1 + comments + at * height
        rows = lines[start : start + height]
        if height < 1 or len(rows) < height:
            return
        art = "\n".join(row.rstrip().rstrip(row.rstrip()[-1:]) for row in rows)
        yield character, plain_art(art.replace(hard_blank, " "))
