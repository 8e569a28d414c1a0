"""Bestiary: an embedded dataset of some two thousand ASCII drawings in 28 classes.

Every class is a set of hand-drawn templates and the parameters they vary over: pose, size,
ornament, company, ground. Drawings are generated, not stored, and are the same on every machine.
Fourteen classes are creatures and nature (half A), fourteen are objects and tech (half B).

birds        owls and penguins
bugs         spiders and butterflies
canvas       functions that fill, mirror, paste and stack drawings made of rows of characters
castles      castles with towers, walls and flags
clocks       clocks with hands or digits
computers    computers, their screens and surroundings
crawlers     snakes and snails
cups         cups, glasses and mugs
flight       rockets and balloons
flowers      flowers in pots, vases and grass
houses       houses with gardens
lamps        standing and hanging lamps, lit or not
lighthouses  lighthouses by the sea
mountains    mountains under the sun, the moon or a cloud
mushrooms    single mushrooms and groups
pets         cats and rabbits
robots       robots, assembled from heads, arms, bodies and legs
sailboats    sailboats under way
scenery      small drawings that several classes share, of skies and companions
subject      one class of the bestiary, a drawing function and the values of its parameters
swords       swords, raised, in a stone or lying
trees        trees, what is beneath them and the sky above
vehicles     cars and trains
waters       fish and turtles
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
