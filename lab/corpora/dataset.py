"""A lesson: a corpus framed, encoded in one vocabulary, and cut into what is learned and scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from lab.corpora.batches import Batches, DrawingBatches, TextBatches, windows
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import Drawings
from lab.corpora.film_corpus import Frames
from lab.corpora.text_corpus import Text
from lab.corpora.vocabulary import Vocabulary

Frame = Callable[[Drawing], "str | tuple[str, ...]"]
"""A drawing -> its framed text, or one text for each of its lines."""

T = TypeVar("T")


@dataclass(frozen=True)
class Lesson:
    """What is learned and what is scored: a corpus, framed and encoded in one vocabulary.

    about: the corpus's name, kind, fingerprint and provenance. wishes: labels to ask an artist
    for, or beginnings for a text to go on from. left_out: drawings longer than the context.
    A film's wishes are the numbers of its frames, and each line of a frame may be a piece.
    """

    about: Mapping[str, Any]
    vocabulary: Vocabulary
    train: Sequence[np.ndarray] | np.ndarray
    select: Sequence[np.ndarray]
    report: Sequence[np.ndarray]
    wishes: Sequence[str]
    left_out: int
    film: Sequence[str] | None = None  # of a film, the frames as they are drawn

    @property
    def amount(self) -> tuple[str, int]:
        """What is trained on: ("characters", n) of a text, of a film sequences, else drawings."""
        if isinstance(self.train, np.ndarray):
            return "characters", len(self.train)
        return ("sequences" if self.about["kind"] == "frames" else "drawings"), len(self.train)

    def batches(self, context: int, rows: int, seed: int) -> Batches:
        """The stream of training batches."""
        if isinstance(self.train, np.ndarray):
            return TextBatches(self.train, context, rows, seed)
        return DrawingBatches(self.train, context, rows, seed)

    def training_windows(self, context: int, most: int) -> Sequence[np.ndarray]:
        """An evenly spaced part of what is trained on, cut as it is scored."""
        whole = windows(self.train, context) if isinstance(self.train, np.ndarray) else self.train
        return spread(whole, most)


def lesson(
    corpus: Drawings | Text, frame: Frame | None, context: int, vocabulary: Vocabulary | None
) -> Lesson:
    """Frame, encode and window a corpus; drawings that do not fit the context are left out.

    vocabulary, a parent's, replaces the corpus's own. ValueError names a character it lacks, or
    says that nothing fits, or that text was to be framed or drawings were not.
    """
    chosen = vocabulary or corpus.vocabulary
    about = {
        "name": corpus.name,
        "kind": corpus.kind,
        "fingerprint": corpus.fingerprint,
        "provenance": corpus.provenance,
    }
    if isinstance(corpus, Text):
        if frame is not None:
            raise ValueError(f"{corpus.name} is running text, which has no framing: framing=none")
        ids = [_translate(part, corpus.vocabulary, chosen) for part in _splits(corpus)]
        held = [windows(part, context) for part in ids[1:]]
        wishes = [chosen.decode(window[: min(32, context // 4)]) for window in held[0]]
        return Lesson(about, chosen, ids[0], held[0], held[1], wishes, 0)
    if frame is None:
        raise ValueError("drawings need a framing: framing=conditional or framing=unconditional")
    if isinstance(corpus, Frames):
        return _film(corpus, about, frame, context, vocabulary)
    pieces = [
        [chosen.encode("".join(frame(piece))) for piece in split] for split in _splits(corpus)
    ]
    fitting = [[piece for piece in split if len(piece) - 1 <= context] for split in pieces]
    if not fitting[0]:
        raise ValueError(f"no drawing of {corpus.name} fits into a context of {context}")
    left_out = sum(map(len, pieces)) - sum(map(len, fitting))
    train, select, report = fitting
    shown = zip(corpus.train, pieces[0], strict=True)
    wishes = sorted({piece.label for piece, ids in shown if len(ids) - 1 <= context})
    return Lesson(about, chosen, train, select, report, wishes, left_out)


def _film(
    film: Frames, about: Any, frame: Frame, context: int, vocabulary: Vocabulary | None
) -> Lesson:
    """Every frame, whole or line by line; the characters are those that this framing uses."""

    def texts(pieces: Sequence[Drawing]) -> Iterator[str]:
        for piece in pieces:
            framed = frame(piece)
            yield from (framed,) if isinstance(framed, str) else framed

    chosen = vocabulary or Vocabulary.of(texts(film.train), framed=True)
    train, select = (list(map(chosen.encode, texts(part))) for part in (film.train, film.select))
    if (needed := max(map(len, train)) - 1) > context:
        raise ValueError(
            f"a piece of {film.name} has {needed:,} characters, more than the context of "
            f"{context:,}: say training.context={needed}, or framing=row"
        )
    wishes, drawn = [one.label for one in film.train], [one.art for one in film.train]
    return Lesson(about, chosen, train, select, train, wishes, 0, drawn)


def spread(items: Sequence[T], most: int | None) -> Sequence[T]:
    """At most `most` of the items, evenly spaced; all of them for None."""
    if most is None or len(items) <= most:
        return items
    return [items[i * len(items) // most] for i in range(most)]


def _splits(corpus: Any) -> tuple[Any, Any, Any]:
    return corpus.train, corpus.select, corpus.report


def _translate(ids: np.ndarray, old: Vocabulary, new: Vocabulary) -> np.ndarray:
    if old == new:
        return ids
    known = {character: i for i, character in enumerate(new.characters)}
    table = np.array([known.get(character, -1) for character in old.characters])
    translated = table[ids]
    if len(ids) and translated.min() < 0:
        lost = old.characters[int(ids[int(np.argmin(translated))])]
        raise ValueError(f"the parent's vocabulary has no character {lost!r}")
    return translated.astype(new.dtype)
