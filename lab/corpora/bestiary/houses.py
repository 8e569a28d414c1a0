"""Houses: templates and parameters of houses with gardens."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    beside,
    fill_slots,
    orient_art,
    parse_template,
    repeat_columns,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.subject import Subject

# Slots: R the roof, WWW a window, D the door. Roofs and facades stretch in the same columns.

GABLE = parse_template(r"""
         +   +
        _______
       /RRRRRRR\
      /RRRRRRRRR\
     /RRRRRRRRRRR\
    /_____________\
    """)
SLOPE = parse_template(r"""
         +   +
       _________
      /RRRRRRRRR\
     /RRRRRRRRRRR\
    /_____________\
    """)
THATCH = parse_template(r"""
         +   +
        .-----.
     .-'RRRRRRR`-.
    (RRRRRRRRRRRRR)
     `-----------'
    """)
TERRACE = parse_template(r"""
         +   +
     _|_|_____|_|_
    |RRRRRRRRRRRRR|
    """)
COTTAGE = parse_template(r"""
         +   +
    | WWW     WWW |
    |     .-.     |
    |_____|D|_____|
    """)
VILLA = parse_template(r"""
         +   +
    | WWW     WWW |
    |             |
    | WWW .-. WWW |
    |_____|D|_____|
    """)
LODGE = parse_template(r"""
         +   +
    |     ___     |
    | WWW |D| WWW |
    |_____|_|_____|
    """)
SHOP = parse_template(r"""
         +   +
    |=====___=====|
    |vvvvv|D|vvvvv|
    | WWW | | WWW |
    |_____|_|_____|
    """)
CHIMNEYS = {
    "none": [],
    "cold": ["|_|"],
    "smoke": ["  ( ", "  ) ", " (  ", "|_| "],
    "puffs": [" o O", "o   ", "|_| "],
    "stork": [" (o>--", "_//", "|_|"],
}
GARDENS = {
    "none": [],
    "fence": ["_|_|_|_"],
    "fir": ["  /\\ ", " /  \\", " /__\\", "  || "],
    "bush": [" .--. ", "( '' )"],
    "flowers": [" * * *", "_|/|/_"],
    "post": ["[==]", "  | ", "  | "],
}


def house(
    roof: Art,
    facade: Art,
    size: int,
    tiles: str,
    window: str,
    door: str,
    chimney: str,
    garden: str,
    facing: str,
    floor: str,
) -> Art:
    """A house under its roof, a garden beside it."""
    top = tile_slot(repeat_columns(roof, size), "R", tiles)
    front = fill_slots(repeat_columns(facade, size), WWW=window, D=door)
    home = stack(CHIMNEYS[chimney], top, front)
    return add_ground(orient_art(beside(home, GARDENS[garden], gap=0), facing), floor)


HOUSES = Subject(
    "Houses",
    house,
    {
        "roof": (GABLE, SLOPE, THATCH, TERRACE),
        "facade": (COTTAGE, VILLA, LODGE, SHOP),
        "size": (0, 1, 2, 3),
        "tiles": (" ", "^", "_|", "#", "~", "'"),
        "window": ("[_]", "[+]", "(_)", "|#|"),
        "door": (" ", ".", "o"),
        "chimney": ("none", *CHIMNEYS),
        "garden": ("none", *GARDENS),
        "facing": ("left", "right"),
        "floor": ("", '"', "^", "_", ".,"),
    },
)
