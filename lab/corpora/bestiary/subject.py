"""Subject: one class of the bestiary, a drawing function and the values of its parameters.

A class shows a few of the combinations of its parameters. A hash proposes them one after another,
and one is kept only if it differs from every kept one in three parameters or more: neighbours
are left out, so that a held-out piece is a new combination, not a twin.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import ne
from typing import Any

from lab.corpora.bestiary.canvas import Art, trim_art

PIECES_PER_SUBJECT = 84
PROPOSALS = 2000
MIN_DIFFERENCES = 3


@dataclass(frozen=True)
class Piece:
    """One drawing: the class that it belongs to, and its rows joined by newlines."""

    label: str
    art: str


@dataclass(frozen=True)
class Subject:
    """A label, a function that draws, and for each of its parameters the values it takes."""

    label: str
    draw: Callable[..., Art]
    parameters: Mapping[str, Sequence[Any]]

    def pieces(self, count: int = PIECES_PER_SUBJECT) -> Iterator[Piece]:
        """Up to `count` distinct pieces, any two apart in at least three parameters."""
        arts: set[str] = set()
        for choice in self._distant_choices():
            values = zip(self.parameters.items(), choice, strict=True)
            art = trim_art(self.draw(**{name: options[index] for (name, options), index in values}))
            if art not in arts:
                arts.add(art)
                yield Piece(self.label, art)
            if len(arts) == count:
                return

    def _distant_choices(self) -> Iterator[tuple[int, ...]]:
        """Combinations, as indices into the values, without close neighbours."""
        accepted: list[tuple[int, ...]] = []
        for number in range(PROPOSALS):
            choice = self._propose_choice(number)
            if all(sum(map(ne, choice, previous)) >= MIN_DIFFERENCES for previous in accepted):
                accepted.append(choice)
                yield choice

    def _propose_choice(self, number: int) -> tuple[int, ...]:
        """For each parameter an index of its own hash; equal values share the first's index."""
        choice = []
        for name, options in self.parameters.items():
            digest = sha256(f"{self.label} {name} {number}".encode()).digest()
            choice.append(options.index(options[int.from_bytes(digest[:4]) % len(options)]))
        return tuple(choice)
