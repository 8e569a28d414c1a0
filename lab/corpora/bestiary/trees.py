"""Trees, what lives beneath them and the sky above."""

from collections.abc import Callable

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    block,
    centred,
    cover,
    ground,
    hung,
    stack,
    turned,
    widen,
)
from lab.corpora.bestiary.scenery import BIRD, NOTHING, SKIES, STONE, TUFT, TULIP
from lab.corpora.bestiary.subject import Subject

# Slot: L the leaves.


OAK = block(r"""
           ++
         .-""-.
      .-'LLLLLL`-.
     (LLLLLLLLLLLL)
    (LLLLLLLLLLLLLL)
     (LLLLLLLLLLLL)
      `-.L\LL/L.-'
    """)
PALM = block(r"""
       .-""-. .-""-.
     .'L_.--.V.--._L`.
    /L.' .-'L|L`-. `.L\
    | | /LL/o|o\LL\ | |
    ' '/  /  |  \  \' '
    """)
BARE = block(r"""
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
    return centred([row for tier in tiers for row in tier] + ["||"])


def oak(size: int) -> Art:
    """A round crown on a forked trunk."""
    return stack(widen(OAK, size), [r" \\//", "  ||"], ["  || "] * (size // 2), [" /__\\"])


def palm(size: int) -> Art:
    """A palm on a trunk of some height."""
    return stack(PALM, ["|=|"] * (2 * size), ["_/___\\_"])


def bare(size: int) -> Art:
    """A tree in winter, a few leaves left."""
    return stack(BARE, ["| |", "|-|"] * size, ["/___\\"])


def tree(
    kind: Callable[[int], Art],
    size: int,
    leaves: str,
    guest: Art,
    sky: Art,
    facing: str,
    floor: str,
) -> Art:
    """A tree on its ground, something beneath it, something above."""
    art = beside(guest, cover(kind(size), "L", leaves))
    return turned(hung(sky, ground(art, floor)), facing)


TREES = Subject(
    "Trees",
    tree,
    {
        "kind": (fir, oak, palm, bare),
        "size": (1, 2, 3),
        "leaves": (" ", "^", "*  ", " o  ", ":", "~", "@ "),
        "guest": (NOTHING, TUFT, BIRD, STONE, TULIP, ["/^^\\"]),
        "sky": SKIES,
        "facing": ("left", "right"),
        "floor": ("", "_", '"', "^", ".,"),
    },
)
