"""Waters: templates and parameters of fish and turtles."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    beside,
    fill_slots,
    hang_beside,
    orient_art,
    parse_template,
    repeat_columns,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.scenery import NOTHING
from lab.corpora.bestiary.subject import Subject

# --- fish: E the eye, M the mouth, S scales -----------------------------------------------------

PLAIN_FISH = parse_template(r"""
              +
          _/|___
      .-'       `-.   /|
     /  E ) SSSSSS `./ |
    M     ) SSSSSSS    (
     \    ) SSSSSS .'\ |
      `-._______.-'   \|
          \/
    """)
TALL_FISH = parse_template(r"""
            +
         /|
        / |\
       /  || \     __
      / E  SS \___/ /
     M     SSS  _  (
      \  \)SS  / \__\
       \  || /
        \ |/
         \|
    """)
ROUND_FISH = parse_template(r"""
             +
         _.---._
       .'       `.
      / E SSSSSSS \_/|
    -M   SSSSSSSS  _ |
      \   SSSSSSS / \|
       `.       .'
         `-...-'
    """)
LONG_FISH = parse_template(r"""
             +
     _________________
    /E )SSSSSSSSSSSSSS`-.__/|
    M__)SSSSSSSSSSSSS_.-'  \|
       `--\/---\/--'
    """)
SHOAL = parse_template(r"""
          +
    <E)))><
            <E)))><
       <E)))><
    """)
BUBBLES = {
    "none": [],
    "few": [" o", "", "o ", "  "],
    "many": ["o  ", "  O", " o ", "O  ", " . "],
}
WEEDS = {
    "none": [],
    "kelp": [" ) ", "(  ", " ) ", "(  ", " ) "],
    "coral": ["\\|/ ", " |_/", " |  "],
}


def fish(
    body: Art,
    size: int,
    eye: str,
    mouth: str,
    scales: str,
    bubbles: str,
    weed: str,
    facing: str,
    water: str,
) -> Art:
    """A fish, its bubbles before it and weeds behind it."""
    art = fill_slots(repeat_columns(body, size), E=eye, M=mouth, S=scales)
    scene = beside(hang_beside(BUBBLES[bubbles], art), WEEDS[weed])
    return add_ground(orient_art(scene, facing), water)


FISH = Subject(
    "Fish",
    fish,
    {
        "body": (PLAIN_FISH, TALL_FISH, ROUND_FISH, LONG_FISH, SHOAL),
        "size": (1, 2, 4),
        "eye": ("o", "O", "@", "."),
        "mouth": ("<", "(", "{"),
        "scales": (" ", ")", ":", "~", "/"),
        "bubbles": tuple(BUBBLES),
        "weed": ("none", "none", "kelp", "coral"),
        "facing": ("left", "right"),
        "water": ("", "~", "~-", "._"),
    },
)

# --- turtles: E the eye, S the shell ------------------------------------------------------------

WALKING_TURTLE = parse_template(r"""
                +
            _________
     ___  .'SSSSSSSSS`.
    / E \/SSSSSSSSSSSSS\
    \__   SSSSSSSSSSSSSS|
       \_(_____________)=-
         |_|_|    |_|_|
    """)
UPPER_TURTLE = parse_template(r"""
           +     +
             .-.
            (E E)
     __.----`-'----.__
    (__/ SSSSSSSSS \__)
      | SSSSSSSSSSS |
      | SSSSSSSSSSS |
     _\ SSSSSSSSSSS /_
    (__`.SSSSSSSSS.'__)
        `-----V-----'
    """)
HIDING_TURTLE = parse_template(r"""
             +
         _________
      .'SSSSSSSSSSS`.
     /SSSSSSSSSSSSSSS\
    |SSSSSSSSSSSSSSSSS|
    (_(E E)___________)
      `---'
    """)
SWIMMING_TURTLE = parse_template(r"""
              +
           ___________
     __  .'SSSSSSSSSSS`.
    /E \/SSSSSSSSSSSSSSS\
    \___   _____________/>
        \ \    \ \
         \_\    \_\
    """)


def turtle(pose: Art, size: int, eye: str, shell: str, rider: Art, facing: str, floor: str) -> Art:
    """A turtle; sometimes something rides on its shell."""
    art = tile_slot(fill_slots(repeat_columns(pose, size), E=eye), "S", shell)
    return add_ground(orient_art(stack(rider, art), facing), floor)


TURTLES = Subject(
    "Turtles",
    turtle,
    {
        "pose": (WALKING_TURTLE, UPPER_TURTLE, HIDING_TURTLE, SWIMMING_TURTLE),
        "size": (0, 1, 3, 5),
        "eye": ("o", "-", "^", "."),
        "shell": ("/\\", "#", "_|", "()", ". ", "o "),
        "rider": (NOTHING, NOTHING, [" _  ", "(o>)"], ["\\|/", " o "], [">8<"]),
        "facing": ("left", "right"),
        "floor": ("", "~", "_.", '"'),
    },
)
