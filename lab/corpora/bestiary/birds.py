"""Owls and penguins."""

from lab.corpora.bestiary.canvas import Art, block, fill, ground, grow, hung, stack, turned
from lab.corpora.bestiary.scenery import MOON, NOTHING, STARS
from lab.corpora.bestiary.subject import Subject

# --- owls: L and R the eyes, B the beak, F feathers; row 3 grows --------------------------------

PERCHED_OWL = block(r"""
     /\_______/\
    | (L)   (R) |
    |     B     |
    |\ F F F F /|
    | \ F F F / |
     \ `-----' /
      `--"-"--'
    """)
FLYING_OWL = block(r"""
         /\_____/\
    __  | (L) (R) |  __
    \ `-|    B    |-' /
     \\\\ F F F F ////
       \\\ F F F ///
          `-"-"-'
    """)
ROUND_OWL = block(r"""
      .^-----^.
     / L  B  R \
    (  `-----'  )
    ( F F F F F )
    ((  F F F  ))
     `.__u_u__.'
    """)
OWLET = block(r"""
     ^___^
    (L B R)
    (F F F)
    (F F F)
     `"-"'
    """)
PERCHES = {
    "branch": ["=====<===:==="],
    "leafy": ["__,--<_____,_", "   `-o   `-o "],
    "stump": ["|  ( (@) )  |", "|   `---'   |", "/_/\\_____/\\_\\"],
    "books": ["[___________]", " [___=====__]"],
}


def owl(
    pose: Art, rows: int, eyes: str, beak: str, feather: str, perch: str, night: Art, facing: str
) -> Art:
    """An owl on its perch by night."""
    bird = fill(grow(pose, 3, rows), L=eyes[0], R=eyes[1], B=beak, F=feather)
    scene = stack(bird, PERCHES[perch])
    return turned(hung(night, scene), facing)


OWLS = Subject(
    "Owls",
    owl,
    {
        "pose": (PERCHED_OWL, FLYING_OWL, ROUND_OWL, OWLET),
        "rows": (1, 2, 3),
        "eyes": ("oo", "OO", "--", "@@", "-o", "^^"),
        "beak": ("V", "v", "Y"),
        "feather": (":", "v", "'", "~", "w"),
        "perch": tuple(PERCHES),
        "night": (NOTHING, NOTHING, MOON, STARS),
        "facing": ("left", "right"),
    },
)

# --- penguins: E an eye, B the beak, S a scarf, W belly; row 7 grows ----------------------------

FRONT_PENGUIN = block(r"""
        .-----.
       /  _ _  \
      |  (E|E)  |
      |   \B/   |
       \SSSSSSS/
      /|  WWW  |\
     / | WWWWW | \
    /_/| WWWWW |\_\
       \  WWW  /
       (__/ \__)
    """)
WAVING_PENGUIN = block(r"""
        .-----.
       /  _ _  \   __
      |  (E|E)  | / /
      |   \B/   |/ /
       \SSSSSSS/  /
      /|  WWW  |-'
     / | WWWWW |
    /_/| WWWWW |
       \  WWW  /
       (__/ \__)
    """)
SIDE_PENGUIN = block(r"""
       .---.
      / E   \
    <BB      |
      \SSSSS/
      / W    \
     | WW \   \
     | WW |\   |
     | WW | \  |
      \ W |_/ /\
      <__<__-'--'
    """)
SLIDING_PENGUIN = block(r"""
                    __
      .---.________/ /____
     / E  S         /     `.
    <BB   S  -------'       \_
     \____S WWWWWWWWWWWWW   __>
          `----------------'
    """)
CHICK = block(r"""
      .---.
     ( E E )
     (  B  )
    /(SSSSS)\
     ( WWW )
     `-u-u-'
    """)
HATS = {
    "none": [],
    "wool": ["   o   ", " .^^^. ", "[#=#=#]"],
    "top": ["  .---.  ", "  |   |  ", "__|===|__"],
}


def penguin(
    pose: Art,
    tall: int,
    eye: str,
    beak: str,
    scarf: str,
    belly: str,
    hat: str,
    facing: str,
    floor: str,
) -> Art:
    """A penguin that stands, waves, waddles or slides over the ice."""
    art = fill(pose, E=eye, B=beak[0], BB=beak[1:], S=scarf, W=belly)
    if len(pose) == 10:
        art = stack(HATS[hat], grow(art, 7, tall))
    return ground(turned(art, facing), floor)


PENGUINS = Subject(
    "Penguins",
    penguin,
    {
        "pose": (FRONT_PENGUIN, WAVING_PENGUIN, SIDE_PENGUIN, SLIDING_PENGUIN, CHICK),
        "tall": (1, 2, 3),
        "eye": ("o", "^", "-", "*", "."),
        "beak": ("v==", "u--", "w=-"),
        "scarf": ("_", "#", "=", "~"),
        "belly": (" ", ".", ":", "'"),
        "hat": ("none", "none", "wool", "top"),
        "facing": ("left", "right"),
        "floor": ("", "~", "_/", "=-", "*  "),
    },
)
