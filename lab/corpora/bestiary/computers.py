"""Computers: templates and parameters of computers, their screens and surroundings."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    fill_slots,
    parse_template,
    repeat_columns,
    stack,
)
from lab.corpora.bestiary.subject import Subject

# Slots: SSSSSSSSS, TTTTTTTTT, UUUUUUUUU the rows of the screen. Columns under + stretch.

MONITOR = parse_template(r"""
      +         +
     .-----------.
     | SSSSSSSSS |
     | TTTTTTTTT |
     | UUUUUUUUU |
     `-----------'
         _|_|_
    """)
TUBE = parse_template(r"""
     +           +
     _____________
    |  _________  |
    | |SSSSSSSSS| |
    | |TTTTTTTTT| |
    | |UUUUUUUUU| |
    | `---------' |
    |________[=]o_|
    """)
LAPTOP = parse_template(r"""
      +           +
      _____________
     |  SSSSSSSSS  |
     |  TTTTTTTTT  |
     |  UUUUUUUUU  |
     |_____________|
    /:::::::::::::::\
    `---------------'
    """)
MACHINE = parse_template(r"""
     +         +
     ___________
    /           \
    | SSSSSSSSS |
    | TTTTTTTTT |
    | UUUUUUUUU |
    \___________/
    | []    === |
    |___________|
    """)
SCREENS = {
    "off": ("         ", "         ", "         "),
    "smile": ("  o   o  ", "    ^    ", "  \\___/  "),
    "prompt": ("> hello  ", "  world  ", "> _      "),
    "chart": ("|    /   ", "| /\\/    ", "|/______ "),
    "code": ("for x in ", "  f(x)   ", "end      "),
    "hills": ("   o     ", "  /\\ /\\  ", "_/  V  \\_"),
    "mail": (" _______ ", " |\\ _ /| ", " |_____| "),
    "bars": ("      _  ", " _   | | ", "| |_|_|_|"),
    "error": ("  \\   /  ", "   >x<   ", "  /   \\  "),
}
KEYBOARDS = {
    "none": [],
    "rows": [" _____________ ", "/:::::::::::::\\", "`-------------'"],
    "flat": ["[_][_][_____][_]"],
    "desk": ["=====================", " ||               || "],
}
COMPANIONS = {
    "none": [],
    "mouse": ["  _ ", "~( )"],
    "tower": [" ____ ", "|[==]|", "|[__]|", "| .. |", "|____|"],
    "cup": [" ( ", " _) ", "[_]'"],
    "plant": ["\\|/", " | ", "[_]"],
    "floppy": [".--.", "|[]|"],
}


def computer(case: Art, size: int, screen: str, keyboard: str, companion: str, facing: str) -> Art:
    """A computer, what its screen shows and what stands beside it."""
    first, second, third = SCREENS[screen]
    art = fill_slots(repeat_columns(case, size), SSSSSSSSS=first, TTTTTTTTT=second, UUUUUUUUU=third)
    pair = (COMPANIONS[companion], art) if facing == "right" else (art, COMPANIONS[companion])
    return stack(beside(*pair), KEYBOARDS[keyboard])


COMPUTERS = Subject(
    "Computers",
    computer,
    {
        "case": (MONITOR, TUBE, LAPTOP, MACHINE),
        "size": (0, 1, 2, 3, 4),
        "screen": tuple(SCREENS),
        "keyboard": tuple(KEYBOARDS),
        "companion": tuple(COMPANIONS),
        "facing": ("left", "right"),
    },
)
