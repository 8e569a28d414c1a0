"""Clocks: templates and parameters of clocks with hands or digits."""

from dataclasses import dataclass

from lab.corpora.bestiary.canvas import Art, beside, fill_slots, parse_template, stack
from lab.corpora.bestiary.scenery import BIRD, BOOK, NOTHING, POTTED_TULIP
from lab.corpora.bestiary.subject import Subject

# Slots: AAAAAAA, BBBBBBB, CCCCCCC the hands; DDDDD the digits; TT, R, F, L the marks round them.

ROUND_CLOCK = parse_template(r"""
       .-------.
     .'   TT    `.
    /   AAAAAAA   \
    |L  BBBBBBB  R|
    \   CCCCCCC   /
     `.    F    .'
       `-------'
    """)
SQUARE_CLOCK = parse_template(r"""
    ._____TT____.
    |  AAAAAAA  |
    |L BBBBBBB R|
    |  CCCCCCC  |
    |_____F_____|
    """)
BELL_CLOCK = parse_template(r"""
       _     _
      (_)-=-(_)
     .'  TT   `.
    /  AAAAAAA  \
    |L BBBBBBB R|
    \  CCCCCCC  /
     `.___F___.'
      /       \
    """)
CUCKOO_CLOCK = parse_template(r"""
          _^_
       .-' < `-.
    .-'_________`-.
      |   TT    |
      | AAAAAAA |
      |LBBBBBBBR|
      | CCCCCCC |
      |____F____|
    """)
DIGITAL_CLOCK = parse_template(r"""
     .-----------.
    /   .-----.   \
    |L  |DDDDD|  R|
    |   `-----'   |
    `-------------'
    """)
POCKET_WATCH = parse_template(r"""
           O
        ._[_]_.
      .'  TT   `.
     /  AAAAAAA  \
    ( L BBBBBBB R )
     \  CCCCCCC  /
      `-.__F__.-'
    """)


@dataclass(frozen=True)
class ClockTime:
    """A time of day as digits, and as three rows of hands round the pivot."""

    digits: str
    upper: str = "       "
    middle: str = "   o   "
    lower: str = "       "


TIMES = (
    ClockTime("12:00", upper="   |   "),
    ClockTime(" 3:00", upper="   |   ", middle="   o---"),
    ClockTime(" 6:00", upper="   |   ", lower="   |   "),
    ClockTime(" 9:00", upper="   |   ", middle="---o   "),
    ClockTime("10:10", upper=" \\   / ", middle="  `o'  "),
    ClockTime(" 7:00", upper="   |   ", lower="  /    "),
    ClockTime("10:30", upper="  \\    ", lower="   |   "),
    ClockTime(" 1:30", upper="    /  ", lower="   |   "),
    ClockTime(" 3:40", middle="   o-- ", lower="  /    "),
    ClockTime(" 9:20", middle=" --o   ", lower="    \\  "),
)
MARKS = {
    "numbers": ("12", "3", "9", "6"),
    "dots": ("..", ".", ".", "."),
    "strokes": ("||", "-", "-", "|"),
    "crosses": ("++", "+", "+", "+"),
    "diamonds": ("<>", "*", "*", "*"),
}
HANGERS = {
    "none": [],
    "pendulum": ["|", "|", "(O)"],
    "long pendulum": ["|", "|", "|", "|", "(_)"],
    "weights": ["|   |", "|   |", "0   |", "    0"],
    "shelf": ["==============", "  )        (  "],
    "feet": ["d         b"],
    "tall case": ["|   |   |", "|   |   |", "|  (O)  |", "|_______|", "[_________]"],
}
CANDLE = [" , ", "|_|"]


def draw_clock(case: Art, time: ClockTime, marks: str, hanger: str, room: Art, side: str) -> Art:
    """A clock, what hangs or stands under it, and what stands beside it."""
    twelve, three, nine, six = MARKS[marks]
    face = fill_slots(
        case,
        AAAAAAA=time.upper,
        BBBBBBB=time.middle,
        CCCCCCC=time.lower,
        DDDDD=time.digits,
        TT=twelve,
        R=three,
        L=nine,
        F=six,
    )
    art = stack(face, HANGERS[hanger])
    return beside(room, art) if side == "left" else beside(art, room)


CLOCKS = Subject(
    "Clocks",
    draw_clock,
    {
        "case": (ROUND_CLOCK, SQUARE_CLOCK, BELL_CLOCK, CUCKOO_CLOCK, DIGITAL_CLOCK, POCKET_WATCH),
        "time": TIMES,
        "marks": tuple(MARKS),
        "hanger": tuple(HANGERS),
        "room": (NOTHING, NOTHING, POTTED_TULIP, BOOK, CANDLE, BIRD),
        "side": ("left", "right"),
    },
)
