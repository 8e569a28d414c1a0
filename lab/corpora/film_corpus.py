"""Frames: a corpus of one film, to be known by heart, frame by frame and each by its number.

The work this follows trained a LLaMA on kisekied's BadAppleStringAnimation,
https://github.com/kisekied/BadAppleStringAnimation. A film is memorised: `train` and `report` are
all of it and `select` every 25th frame, so nothing is held out and no score tells of anything new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from lab.corpora.data_folder import present
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import Drawings
from lab.corpora.embedded_film import silhouettes
from lab.corpora.film import Film, frame_number, read, resized
from lab.corpora.splits import fingerprint
from lab.corpora.video_reader import SUFFIXES, video
from lab.corpora.vocabulary import Vocabulary

PLACES = ("badapple/badapple.txt*", "badapple.txt*")
JUDGED = 25  # the original's figures are of every 25th frame
RATE = 8.0  # frames a second of a text that does not tell: 1,745 of them in 3 min 39 s


@dataclass(frozen=True)
class Frames(Drawings):
    """A film in splits: pieces whose label is the frame's number and whose art is the frame."""

    kind: ClassVar[str] = "frames"
    rate: float = RATE

    @property
    def film(self) -> Film:
        """The whole film."""
        return Film(self.name, tuple(piece.art for piece in self.train), self.rate)


def frames(
    data: str | Path | None = None,
    path: str | Path | None = None,
    every: int = 1,
    most: int | None = None,
    height: int | None = None,
    width: int | None = None,
    rate: float | None = None,
    characters: str = ".@",
    threshold: float = 0.5,
) -> Frames:
    """Return a film: path is embedded, badapplelib, a text (.txt, .xz), a folder, or a video.

    Without a path, the data folder's badapple.txt, else badapplelib's frames, else the embedded
    film. Each every-th frame is taken, most of them at most; height and width are characters. Of a
    video, rate is how many frames a second are taken, characters what dark to light become (two:
    at the threshold, from 0 to 1). ValueError for what is no film, FileNotFoundError where nothing
    is there.
    """
    if every < 1 or (most is not None and most < 1) or (rate is not None and not 0 < rate <= 1000):
        raise ValueError("corpus.every and corpus.most are at least 1, corpus.rate above 0")
    small = any(one is not None and one < 1 for one in (height, width))
    if small or not characters or not 0 <= threshold <= 1:
        raise ValueError(
            "corpus.height and corpus.width are at least 1, corpus.characters not empty, "
            "corpus.threshold from 0 to 1"
        )
    found = None if path else present(data, PLACES)
    chosen = str(path or (found[0] if found else _without()))
    name, pieces, paced = _source(chosen, rate, height or 58, width or 150, characters, threshold)
    kept = pieces[::every][:most]
    whole = Film(name, tuple(kept), rate or paced / every)  # refuses what is no film
    if height or width:
        sized = resized(kept, height or whole.height, width or whole.width)
        whole = Film(name, sized, whole.rate)
    source = {"source": name, "licence": "its makers'", "every": every}
    return corpus(whole, {**source, "licence": "MIT"} if chosen == "embedded" else source)


def corpus(film: Film, provenance: dict[str, object]) -> Frames:
    """A film as a corpus: all of it is learned, and all of it is judged."""
    pieces = tuple(
        Drawing(frame_number(number), frame, source=film.name)
        for number, frame in enumerate(film.frames)
    )
    vocabulary = Vocabulary.of((piece.label + piece.art for piece in pieces), framed=True)
    record = provenance | {
        "frames": len(pieces),
        "height": film.height,
        "width": film.width,
        "rate": film.rate,
        "splits": f"nothing is held out: select is each {JUDGED}th frame, report the whole film",
    }
    prints = fingerprint([frame.encode() for frame in film.frames])
    return Frames(
        film.name, vocabulary, pieces, pieces[::JUDGED], pieces, prints, record, film.rate
    )


def _without() -> str:
    return "badapplelib" if find_spec("BadApple") else "embedded"


def _source(
    path: str, rate: float | None, height: int, width: int, characters: str, threshold: float
) -> tuple[str, Sequence[str], float]:
    """Name, frames and rate of what a path says."""
    if path == "embedded":
        film = silhouettes()
        return film.name, film.frames, film.rate
    if path == "badapplelib":
        spec = find_spec("BadApple")  # found, never imported: importing it would take a terminal
        if spec is None or spec.origin is None:
            raise ValueError("badapplelib is not installed: pip install badapplelib (Python 3.12)")
        return "badapplelib", read(Path(spec.origin).parent / "frames"), 30.0
    place = Path(path).expanduser()
    if not place.exists():
        raise FileNotFoundError(
            f"{place} does not exist: corpus.path is embedded, badapplelib, or a film's file"
        )
    if place.suffix.lower() in SUFFIXES:
        taken = rate or RATE
        return place.stem, video(place, taken, height, width, characters, threshold), taken
    return place.name.partition(".")[0], read(place), RATE
