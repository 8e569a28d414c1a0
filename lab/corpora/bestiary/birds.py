"""Birds: templates and parameters of owls and penguins."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    fill_slots,
    hang_beside,
    orient_art,
    parse_template,
    repeat_row,
    stack,
)
from lab.corpora.bestiary.scenery import MOON, NOTHING, STARS
from lab.corpora.bestiary.subject import Subject

# --- owls: L and R the eyes, B the beak, F feathers; row 3 grows --------------------------------

PERCHED_OWL = parse_template(r"""
     /\_______/\
    | (L)   (R) |
    |     B     |
    |\ F F F F /|
    | \ F F F / |
     \ `-----' /
      `--"-"--'
    """)
FLYING_OWL = parse_template(r"""
         /\_____/\
    __  | (L) (R) |  __
    \ `-|    B    |-' /
     \\\\ F F F F ////
       \\\ F F F ///
          `-"-"-'
    """)
ROUND_OWL = parse_template(r"""
      .^-----^.
     / L  B  R \
    (  `-----'  )
    ( F F F F F )
    ((  F F F  ))
     `.__u_u__.'
    """)
OWLET = parse_template(r"""
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
    bird = fill_slots(repeat_row(pose, 3, rows), L=eyes[0], R=eyes[1], B=beak, F=feather)
    scene = stack(bird, PERCHES[perch])
    return orient_art(hang_beside(night, scene), facing)


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

FRONT_PENGUIN = parse_template(r"""
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
WAVING_PENGUIN = parse_template(r"""
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
SIDE_PENGUIN = parse_template(r"""
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
SLIDING_PENGUIN = parse_template(r"""
                    __
      .---.________/ /____
     / E  S         /     `.
    <BB   S  -------'       \_
     \____S WWWWWWWWWWWWW   __>
          `----------------'
    """)
CHICK = parse_template(r"""
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
    art = fill_slots(pose, E=eye, B=beak[0], BB=beak[1:], S=scarf, W=belly)
    if len(pose) == 10:
        art = stack(HATS[hat], repeat_row(art, 7, tall))
    return add_ground(orient_art(art, facing), floor)


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
