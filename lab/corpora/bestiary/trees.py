"""Trees: templates and parameters of trees, what is beneath them and the sky above."""

from collections.abc import Callable

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    beside,
    centre_art,
    hang_beside,
    orient_art,
    parse_template,
    repeat_columns,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.scenery import BIRD, NOTHING, SKIES, STONE, TUFT, TULIP
from lab.corpora.bestiary.subject import Subject

# Slot: L the leaves.


OAK = parse_template(r"""
           ++
         .-""-.
      .-'LLLLLL`-.
     (LLLLLLLLLLLL)
    (LLLLLLLLLLLLLL)
     (LLLLLLLLLLLL)
      `-.L\LL/L.-'
    """)
PALM = parse_template(r"""
       .-""-. .-""-.
     .'L_.--.V.--._L`.
    /L.' .-'L|L`-. `.L\
    | | /LL/o|o\LL\ | |
    ' '/  /  |  \  \' '
    """)
BARE = parse_template(r"""
      L  \   |   /  L
       \  \_ | _/  /
     L--\_L \|/ L_/--L
          \_ | _/
            \|/
    """)


def fir(size: int) -> Art:
    """Two to four tiers of branches."""
    tiers = [
        (f"/{'L' * n}\\", f"/{'L' * (n + 2)}\\", f"/_{'L' * (n + 2)}_\\")
        for n in range(0, 2 * size + 1, 2)
    ]
    return centre_art([row for tier in tiers for row in tier] + ["||"])


def oak(size: int) -> Art:
    """A round crown on a forked trunk."""
    return stack(repeat_columns(OAK, size), [r" \\//", "  ||"], ["  || "] * (size // 2), [" /__\\"])


def palm(size: int) -> Art:
    """A palm on a trunk of some height."""
    return stack(PALM, ["|=|"] * (2 * size), ["_/___\\_"])


def bare_tree(size: int) -> Art:
    """A tree in winter, a few leaves left."""
    return stack(BARE, ["| |", "|-|"] * size, ["/___\\"])


def draw_tree(
    kind: Callable[[int], Art],
    size: int,
    leaves: str,
    guest: Art,
    sky: Art,
    facing: str,
    floor: str,
) -> Art:
    """A tree on its ground, something beneath it, something above."""
    art = beside(guest, tile_slot(kind(size), "L", leaves))
    return orient_art(hang_beside(sky, add_ground(art, floor)), facing)


TREES = Subject(
    "Trees",
    draw_tree,
    {
        "kind": (fir, oak, palm, bare_tree),
        "size": (1, 2, 3),
        "leaves": (" ", "^", "*  ", " o  ", ":", "~", "@ "),
        "guest": (NOTHING, TUFT, BIRD, STONE, TULIP, ["/^^\\"]),
        "sky": SKIES,
        "facing": ("left", "right"),
        "floor": ("", "_", '"', "^", ".,"),
    },
)
