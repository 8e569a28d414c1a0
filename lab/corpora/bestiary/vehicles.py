"""Vehicles: templates and parameters of cars and trains."""

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

# --- cars: W a wheel's hub, P the paint, L the lamp ---------------------------------------------

SEDAN = parse_template(r"""
               +   +
          ____________
         /  |   |    \
     ___/___|___|_____\___
    L   PPP |-PP|-PPPPP   |
    |__.-.__|___|____.-.__|
      ( W )         ( W )
    """)
BEETLE = parse_template(r"""
             +
          .--------.
        .' |   |  | `.
    .--'___|___|__|___`--.
    L  .-.  PPPPPPP  .-. |
    `-( W )--------( W )-'
       `-'          `-'
    """)
TRUCK = parse_template(r"""
               +
          ___________________
     ____ |PPPPPPPPPPPPPPPPP|
    /  | ||PPPPPPPPPPPPPPPPP|
    |__|_||PPPPPPPPPPPPPPPPP|
    L    |||________________|
    `(W)--==-----(W)(W)-----'
    """)
BUS = parse_template(r"""
       +   +   +
     ________________
    | [_] [_] [_] |  |
    |PPPPPPPPPPPPP|  |
    LPPPPPPPPPPPPP|o |
    `---(W)-----(W)--'
    """)
VAN = parse_template(r"""
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
    art = fill_slots(repeat_columns(body, size), W=wheel, L=lamp)
    return add_ground(stack(LOADS[load], orient_art(tile_slot(art, "P", paint), facing)), road)


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

STEAMER = parse_template(r"""
      ||     ____
     _||___n_|[]|
    (   _   _|  |
    |==(_)===|__|
    /(W)(W)--(W)=
    """)
EXPRESS = parse_template(r"""
       __________
     .' [_] [_] |
    /___________|
    <__=______=_|
     `(W)----(W)=
    """)
TRAM = parse_template(r"""
        __/\__
     .-========-.
     |[] [] [][]|
     |__________|
     `(W)----(W)=
    """)
WAGONS = {
    "coach": parse_template(r"""
         ________
        |[] [] []|
        |________|
        -(W)--(W)=
        """),
    "coal": parse_template(r"""

        .oOoOooO.
        |_|_|_|_|
        -(W)--(W)=
        """),
    "logs": parse_template(r"""
         (@)(@)
        |(@)(@)(@)
        |________|
        -(W)--(W)=
        """),
    "tank": parse_template(r"""
          __n___
        (        )
        (________)
        -(W)--(W)=
        """),
    "box": parse_template(r"""
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


def draw_train(
    engine: Art, plume: str, wagons: tuple[str, ...], wheel: str, facing: str, track: str
) -> Art:
    """An engine, its smoke and up to two wagons."""
    art = [*PLUMES[plume], *engine]
    for wagon in wagons:
        art = beside(art, WAGONS[wagon], gap=0)
    return add_ground(orient_art(fill_slots(art, W=wheel), facing), track)


TRAINS = Subject(
    "Trains",
    draw_train,
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
