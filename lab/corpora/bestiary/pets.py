"""Cats and rabbits."""

from lab.corpora.bestiary.canvas import Art, beside, block, fill, ground, grow, paste, turned, widen
from lab.corpora.bestiary.scenery import NOTHING
from lab.corpora.bestiary.subject import Subject

# Slots: E an eye, MMM and M a mouth, P fur. Columns under + stretch with the size.

SITTING_CAT = block(r"""
        +   +        _
      /\_____/\     ( \
     ( E     E )     ) )
     (   MMM   )    / /
      )       (    / /
     /  P   P  \  ( (
    /  P     P  \__) )
    (____u_u____)___/
    """)
WALKING_CAT = block(r"""
               + +     __
     /\_/\               \
    ( E E )_____________  )
    (  M  ) P  P   P  P \/
     `---'              |
        | | |--   --| | |
        |_|_|       |_|_|
    """)
LOAFING_CAT = block(r"""
             + +
     /\_/\_________
    ( E E )  P P   \
    (  M  ) P   P   \
     `---'           )
    (__u_u__________/===~
    """)
BOXED_CAT = block(r"""
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


def crowned(art: Art, hat: Art) -> Art:
    """Put a hat, three columns wide, between the ears that the first row holds."""
    middle = (art[0].index("/\\") + art[0].rindex("/\\") + 2) // 2
    return paste([""] * len(hat) + art, hat, top=0, left=middle - 1)


def cat(
    pose: Art, size: int, eye: str, mouth: str, coat: str, hat: Art, toy: str, facing: str
) -> Art:
    """A cat that sits, walks, lies or hides in a box."""
    art = fill(widen(pose, size), E=eye, MMM=mouth, M=mouth[1], P=coat)
    return turned(beside(CAT_TOYS[toy], crowned(art, hat)), facing)


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

UPRIGHT_RABBIT = block(r"""
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
TALL_RABBIT = grow(grow(UPRIGHT_RABBIT, row=11, times=3), row=3, times=2)
FLOPPY_RABBIT = block(r"""
        + +
       _____   ______
      /     \-'   __ \
     ( E   E )\__/  \ |
    =(   N   )=     |_|
     /`-----'\
    /  PPPPP  \
    (__)___(__)o
    """)
HOPPING_RABBIT = block(r"""
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
RESTING_RABBIT = block(r"""
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
    art = fill(widen(pose, size), E=eye, N=nose, P=coat)
    return ground(turned(beside(SNACKS[snack], art), facing), floor)


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
