"""Pets: templates and parameters of cats and rabbits."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    beside,
    fill_slots,
    orient_art,
    parse_template,
    paste,
    repeat_columns,
    repeat_row,
)
from lab.corpora.bestiary.scenery import NOTHING
from lab.corpora.bestiary.subject import Subject

# Slots: E an eye, MMM and M a mouth, P fur. Columns under + stretch with the size.

SITTING_CAT = parse_template(r"""
        +   +        _
      /\_____/\     ( \
     ( E     E )     ) )
     (   MMM   )    / /
      )       (    / /
     /  P   P  \  ( (
    /  P     P  \__) )
    (____u_u____)___/
    """)
WALKING_CAT = parse_template(r"""
               + +     __
     /\_/\               \
    ( E E )_____________  )
    (  M  ) P  P   P  P \/
     `---'              |
        | | |--   --| | |
        |_|_|       |_|_|
    """)
LOAFING_CAT = parse_template(r"""
             + +
     /\_/\_________
    ( E E )  P P   \
    (  M  ) P   P   \
     `---'           )
    (__u_u__________/===~
    """)
BOXED_CAT = parse_template(r"""
        +   +
      /\_____/\
     ( E     E )
     (   MMM   )
    __UU_____UU__
    |           |
    |           |
    |___________|
    """)
CAT_TOYS = {
    "none": [],
    "yarn": [" _ ", "(@)~~"],
    "milk": ["\\___/"],
    "fish": ["<o)))><"],
}
BOW, CROWN, CAP = [">o<"], ["vVv"], [" * ", "/_\\"]


def add_hat(art: Art, hat: Art) -> Art:
    """Put a hat, three columns wide, between the ears that the first row holds."""
    middle = (art[0].index("/\\") + art[0].rindex("/\\") + 2) // 2
    return paste([""] * len(hat) + art, hat, top_row=0, left_column=middle - 1)


def cat(
    pose: Art, size: int, eye: str, mouth: str, coat: str, hat: Art, toy: str, facing: str
) -> Art:
    """A cat that sits, walks, lies or hides in a box."""
    art = fill_slots(repeat_columns(pose, size), E=eye, MMM=mouth, M=mouth[1], P=coat)
    return orient_art(beside(CAT_TOYS[toy], add_hat(art, hat)), facing)


CATS = Subject(
    "Cats",
    cat,
    {
        "pose": (SITTING_CAT, WALKING_CAT, LOAFING_CAT, BOXED_CAT),
        "size": (0, 1, 2, 3),
        "eye": ("o", "-", "^", "O", "."),
        "mouth": ("=v=", "=w=", ">-<", "=o="),
        "coat": (" ", "/", ":", '"'),
        "hat": (NOTHING, NOTHING, BOW, CROWN, CAP),
        "toy": ("none", *CAT_TOYS),
        "facing": ("left", "right"),
    },
)

# --- rabbits: E an eye, N a nose, P fur ---------------------------------------------------------

UPRIGHT_RABBIT = parse_template(r"""
         .
      __   __
     /  \ /  \
     | || || |
     | || || |
      \ ___ /
     /       \
    (  E   E  )
    =(   N   )=
     /`-----'\
    /  PPPPP  \
    | \PPPPP/ |
    (__)___(__)
    """)
TALL_RABBIT = repeat_row(repeat_row(UPRIGHT_RABBIT, row=11, times=3), row=3, times=2)
FLOPPY_RABBIT = parse_template(r"""
        + +
       _____   ______
      /     \-'   __ \
     ( E   E )\__/  \ |
    =(   N   )=     |_|
     /`-----'\
    /  PPPPP  \
    (__)___(__)o
    """)
HOPPING_RABBIT = parse_template(r"""
                +
     ____
    (__  `\
       `\  \______
       .'   PPPPPP`.
      / E    PPPPP  \
     (N_          )  )o
       `-.__\ `--(  <_
         (__/-----`---)
    """)
RESTING_RABBIT = parse_template(r"""
              +
       __ __
       \ \\ \
        \ \\ \____
        / E   PPPP`.
     =(N_    PPPPPPP\
        \_,        ) )o
       (____)____(___)
    """)
SNACKS = {
    "none": [],
    "carrot": ["\\|/", "\\ /", " V "],
    "clover": [" o ", "o|o", " | "],
    "egg": [" _ ", "(~)"],
}


def rabbit(
    pose: Art, size: int, eye: str, nose: str, coat: str, snack: str, facing: str, floor: str
) -> Art:
    """A rabbit that stands up, listens with one ear, hops or rests."""
    art = fill_slots(repeat_columns(pose, size), E=eye, N=nose, P=coat)
    return add_ground(orient_art(beside(SNACKS[snack], art), facing), floor)


RABBITS = Subject(
    "Rabbits",
    rabbit,
    {
        "pose": (UPRIGHT_RABBIT, TALL_RABBIT, FLOPPY_RABBIT, HOPPING_RABBIT, RESTING_RABBIT),
        "size": (1, 2, 3),
        "eye": ("o", "-", "^", "O", "."),
        "nose": ("Y", "x", "v", "."),
        "coat": (" ", ":", "~", "'"),
        "snack": ("none", *SNACKS),
        "facing": ("left", "right"),
        "floor": ("", '"', "^", "_.,"),
    },
)
