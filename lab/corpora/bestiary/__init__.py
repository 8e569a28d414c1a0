"""The bestiary: some two thousand small drawings, drawn for this project.

Every class is a handful of hand-drawn templates and the parameters they vary over: pose, size,
ornament, company, ground (see `subject.py`). The drawings are made, not stored, and are the same
on every machine. Fourteen classes are creatures and nature, fourteen are objects and tech.
"""

from itertools import chain

from lab.corpora.bestiary.birds import OWLS, PENGUINS
from lab.corpora.bestiary.bugs import BUTTERFLIES, SPIDERS
from lab.corpora.bestiary.castles import CASTLES
from lab.corpora.bestiary.clocks import CLOCKS
from lab.corpora.bestiary.computers import COMPUTERS
from lab.corpora.bestiary.crawlers import SNAILS, SNAKES
from lab.corpora.bestiary.cups import CUPS
from lab.corpora.bestiary.flight import BALLOONS, ROCKETS
from lab.corpora.bestiary.flowers import FLOWERS
from lab.corpora.bestiary.houses import HOUSES
from lab.corpora.bestiary.lamps import LAMPS
from lab.corpora.bestiary.lighthouses import LIGHTHOUSES
from lab.corpora.bestiary.mountains import MOUNTAINS
from lab.corpora.bestiary.mushrooms import MUSHROOMS
from lab.corpora.bestiary.pets import CATS, RABBITS
from lab.corpora.bestiary.robots import ROBOTS
from lab.corpora.bestiary.sailboats import SAILBOATS
from lab.corpora.bestiary.subject import Piece
from lab.corpora.bestiary.swords import SWORDS
from lab.corpora.bestiary.trees import TREES
from lab.corpora.bestiary.vehicles import CARS, TRAINS
from lab.corpora.bestiary.waters import FISH, TURTLES

_CREATURES_AND_NATURE = (
    *(CATS, RABBITS, OWLS, PENGUINS, FISH, TURTLES, SNAKES),
    *(SNAILS, SPIDERS, BUTTERFLIES, TREES, FLOWERS, MUSHROOMS, MOUNTAINS),
)
_OBJECTS_AND_TECH = (
    *(HOUSES, CASTLES, LIGHTHOUSES, ROCKETS, BALLOONS, SAILBOATS, CARS),
    *(TRAINS, ROBOTS, COMPUTERS, CLOCKS, CUPS, LAMPS, SWORDS),
)

LABELS_A = tuple(sorted(subject.label for subject in _CREATURES_AND_NATURE))
LABELS_B = tuple(sorted(subject.label for subject in _OBJECTS_AND_TECH))

__all__ = ["LABELS_A", "LABELS_B", "Piece", "draw_bestiary"]


def draw_bestiary() -> list[Piece]:
    """Every drawing, class by class; distinct, and the same list at each call."""
    subjects = _CREATURES_AND_NATURE + _OBJECTS_AND_TECH
    return list(chain.from_iterable(subject.pieces() for subject in subjects))
