"""Cars and trains."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    block,
    cover,
    fill,
    ground,
    stack,
    turned,
    widen,
)
from lab.corpora.bestiary.subject import Subject

# --- cars: W a wheel's hub, P the paint, L the lamp ---------------------------------------------

SEDAN = block(r"""
               +   +
          ____________
         /  |   |    \
     ___/___|___|_____\___
    L   PPP |-PP|-PPPPP   |
    |__.-.__|___|____.-.__|
      ( W )         ( W )
    """)
BEETLE = block(r"""
             +
          .--------.
        .' |   |  | `.
    .--'___|___|__|___`--.
    L  .-.  PPPPPPP  .-. |
    `-( W )--------( W )-'
       `-'          `-'
    """)
TRUCK = block(r"""
               +
          ___________________
     ____ |PPPPPPPPPPPPPPPPP|
    /  | ||PPPPPPPPPPPPPPPPP|
    |__|_||PPPPPPPPPPPPPPPPP|
    L    |||________________|
    `(W)--==-----(W)(W)-----'
    """)
BUS = block(r"""
       +   +   +
     ________________
    | [_] [_] [_] |  |
    |PPPPPPPPPPPPP|  |
    LPPPPPPPPPPPPP|o |
    `---(W)-----(W)--'
    """)
VAN = block(r"""
            +
       ___________
      / |   |PPPPP|
     /__|___|PPPPP|
    L   |  -|PPPPP|
    |_.-._____.-._|
      (W)     (W)
    """)
LOADS = {
    "none": [],
    "luggage": ["[#][=]"],
    "surfboard": ["<=======-"],
    "tree": ["<<<<--=|"],
    "taxi": ["[TAXI]"],
    "gift": ["[_+_]"],
}


def car(
    body: Art, size: int, wheel: str, paint: str, load: str, lamp: str, facing: str, road: str
) -> Art:
    """A car on its road."""
    art = fill(widen(body, size), W=wheel, L=lamp)
    return ground(stack(LOADS[load], turned(cover(art, "P", paint), facing)), road)


CARS = Subject(
    "Cars",
    car,
    {
        "body": (SEDAN, BEETLE, TRUCK, BUS, VAN),
        "size": (1, 2, 3, 5),
        "wheel": ("o", "O", "@", "*", "+"),
        "paint": (" ", ".", "=", "/", "~"),
        "load": ("none", "none", *LOADS),
        "lamp": ("|", "{", "("),
        "facing": ("left", "right"),
        "road": ("", "=", "_", "- ", "_ _"),
    },
)

# --- trains: W a wheel --------------------------------------------------------------------------

STEAMER = block(r"""
      ||     ____
     _||___n_|[]|
    (   _   _|  |
    |==(_)===|__|
    /(W)(W)--(W)=
    """)
EXPRESS = block(r"""
       __________
     .' [_] [_] |
    /___________|
    <__=______=_|
     `(W)----(W)=
    """)
TRAM = block(r"""
        __/\__
     .-========-.
     |[] [] [][]|
     |__________|
     `(W)----(W)=
    """)
WAGONS = {
    "coach": block(r"""
         ________
        |[] [] []|
        |________|
        -(W)--(W)=
        """),
    "coal": block(r"""

        .oOoOooO.
        |_|_|_|_|
        -(W)--(W)=
        """),
    "logs": block(r"""
         (@)(@)
        |(@)(@)(@)
        |________|
        -(W)--(W)=
        """),
    "tank": block(r"""
          __n___
        (        )
        (________)
        -(W)--(W)=
        """),
    "box": block(r"""
        .--------.
        |  [##]  |
        |__[##]__|
        -(W)--(W)=
        """),
}
PLUMES = {
    "none": [],
    "puff": ["    .oO", "   o"],
    "cloud": ["     (    )", "  ( ) "],
    "long": ["     ~ ~  ~ ~   ~", "   ~ ~"],
}


def train(
    engine: Art, plume: str, wagons: tuple[str, ...], wheel: str, facing: str, track: str
) -> Art:
    """An engine, its smoke and up to two wagons."""
    art = [*PLUMES[plume], *engine]
    for wagon in wagons:
        art = beside(art, WAGONS[wagon], gap=0)
    return ground(turned(fill(art, W=wheel), facing), track)


TRAINS = Subject(
    "Trains",
    train,
    {
        "engine": (STEAMER, EXPRESS, TRAM),
        "plume": tuple(PLUMES),
        "wagons": (
            (),
            *((wagon,) for wagon in WAGONS),
            ("coach", "coach"),
            ("coal", "logs"),
            ("tank", "tank"),
            ("box", "coal"),
            ("logs", "box"),
            ("coach", "tank"),
        ),
        "wheel": ("o", "O", "@", "+", "*"),
        "facing": ("left", "right"),
        "track": ("", "=", "-+-", "_|", "#"),
    },
)
