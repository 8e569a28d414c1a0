"""Cups: templates and parameters of cups, glasses and mugs."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    orient_art,
    parse_template,
    repeat_columns,
    repeat_row,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.subject import Subject

# Slot: P the pattern. Columns under + stretch with the size, row 2 grows.

MUG = parse_template(r"""
         + +
     _________
    |~~~~~~~~~|__
    |PPPPPPPPP|  |
    |PPPPPPPPP|__|
    `---------'
    """)
TEACUP = parse_template(r"""
          + +
    .___________.
    |~~~~~~~~~~~|_
    |PPPPPPPPPPP| )
     \PPPPPPPPP/_/
      `-------'
    """)
GOBLET = parse_template(r"""
        + +
    \         /
     \~~~~~~~/
     |PPPPPPP|
      \PPPPP/
       `---'
         |
      ___|___
    """)
TO_GO = parse_template(r"""
        + +
      _______
     [_______]
     |PPPPPPP|
      \PPPPP/
      |     |
      `-----'
    """)
BEAKER = parse_template(r"""
        + +
     .-------.
     |       |
     |PPPPPPP|
     |PPPPPPP|
     (_______)
    """)
TOPS = {
    "none": [],
    "steam": ["(  (  (", " )  )  )"],
    "wisp": ["  )", " (", "  )"],
    "straw": ["  //", " //"],
    "umbrella": [" _^_ ", "/_|_\\", "  |"],
    "spoon": [" ()", " /"],
}
SAUCERS = {
    "none": [],
    "plate": ["\\_____________/"],
    "oval": ["(_____________)"],
    "table": ["=================", "  ||         ||  "],
    "cloth": ["vVvVvVvVvVvVvVv"],
}
TREATS = {"none": [], "cookie": [" _ ", "(:)"], "cake": [" i ", "[#]"], "cherry": [" /|", "o o"]}


def cup(
    shape: Art, size: int, tall: int, pattern: str, top: str, saucer: str, treat: str, facing: str
) -> Art:
    """A cup with something in it, under it and beside it."""
    body = tile_slot(repeat_row(repeat_columns(shape, size), 2, tall), "P", pattern)
    setting = beside(TREATS[treat], stack(TOPS[top], body))
    return orient_art(stack(setting, SAUCERS[saucer]), facing)


CUPS = Subject(
    "Cups",
    cup,
    {
        "shape": (MUG, TEACUP, GOBLET, TO_GO, BEAKER),
        "size": (0, 1, 2, 3),
        "tall": (1, 2, 3),
        "pattern": (" ", ":", "/\\", "~", "<> ", "# ", "* "),
        "top": tuple(TOPS),
        "saucer": tuple(SAUCERS),
        "treat": ("none", *TREATS),
        "facing": ("left", "right"),
    },
)
