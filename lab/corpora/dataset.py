"""Dataset: a corpus framed, encoded in one vocabulary, and split into train, select and report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from lab.corpora.batches import BatchStream, DrawingBatches, TextBatches, cut_windows
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import DrawingCorpus
from lab.corpora.film_corpus import FilmCorpus
from lab.corpora.framing import FramingMismatch
from lab.corpora.text_corpus import TextCorpus
from lab.corpora.vocabulary import Vocabulary, VocabularyMismatch

FramingFunction = Callable[[Drawing], "str | tuple[str, ...]"]
"""A drawing -> its framed text, or one text for each of its lines."""

T = TypeVar("T")


@dataclass(frozen=True)
class Dataset:
    """A framed and encoded corpus: train as sequences or one text, select and report as windows.

    provenance: the corpus's name, kind, fingerprint and provenance. prompts: labels to draw, or
    beginnings of a text to continue. left_out: the number of drawings longer than the context;
    whole_context: the context that would take them all.
    A film's prompts are the numbers of its frames, and each line of a frame may be a sequence.
    """

    provenance: Mapping[str, Any]
    vocabulary: Vocabulary
    train: Sequence[np.ndarray] | np.ndarray
    select: Sequence[np.ndarray]
    report: Sequence[np.ndarray]
    prompts: Sequence[str]
    left_out: int
    film: Sequence[str] | None = None  # the frames as drawn, of a film only
    whole_context: int = 0  # characters; of drawings only

    @property
    def training_size(self) -> tuple[str, int]:
        """Unit and size of the train split: characters of a text, else sequences or drawings."""
        if isinstance(self.train, np.ndarray):
            return "characters", len(self.train)
        return ("sequences" if self.provenance["kind"] == "frames" else "drawings"), len(self.train)

    def batches(self, context: int, rows: int, seed: int) -> BatchStream:
        """The stream of training batches."""
        if isinstance(self.train, np.ndarray):
            return TextBatches(self.train, context, rows, seed)
        return DrawingBatches(self.train, context, rows, seed)

    def training_windows(self, context: int, max_windows: int) -> Sequence[np.ndarray]:
        """At most max_windows windows of the train split, evenly spaced, cut as they are scored."""
        sequences = (
            cut_windows(self.train, context) if isinstance(self.train, np.ndarray) else self.train
        )
        return subsample_evenly(sequences, max_windows)


def build_dataset(
    corpus: DrawingCorpus | TextCorpus,
    framing: FramingFunction | None,
    context: int,
    vocabulary: Vocabulary | None,
) -> Dataset:
    """Frame, encode and window a corpus; drawings that do not fit the context are left out.

    vocabulary, a parent's, replaces the corpus's own. ValueError where it lacks a character, where
    nothing fits, or where text is to be framed or drawings are not.
    """
    target_vocabulary = vocabulary or corpus.vocabulary
    provenance = {
        "name": corpus.name,
        "kind": corpus.kind,
        "fingerprint": corpus.fingerprint,
        "provenance": corpus.provenance,
    }
    if isinstance(corpus, TextCorpus):
        if framing is not None:
            raise FramingMismatch(
                f"{corpus.name} is running text, which has no framing: framing=none"
            )
        ids = [
            _translate_ids(part, corpus.vocabulary, target_vocabulary)
            for part in _corpus_splits(corpus)
        ]
        held_out = [cut_windows(part, context) for part in ids[1:]]
        prompts = [
            target_vocabulary.decode(window[: min(32, context // 4)]) for window in held_out[0]
        ]
        return Dataset(provenance, target_vocabulary, ids[0], held_out[0], held_out[1], prompts, 0)
    if framing is None:
        raise FramingMismatch(
            "drawings need a framing: framing=conditional or framing=unconditional"
        )
    if isinstance(corpus, FilmCorpus):
        return _build_film_dataset(corpus, provenance, framing, context, vocabulary)
    pieces = [
        [target_vocabulary.encode("".join(framing(piece))) for piece in split]
        for split in _corpus_splits(corpus)
    ]
    fitting = [[piece for piece in split if len(piece) - 1 <= context] for split in pieces]
    if not fitting[0]:
        raise ValueError(
            f"no drawing of {corpus.name} fits into a context of {context}: set training.context"
        )
    left_out = sum(map(len, pieces)) - sum(map(len, fitting))
    train, select, report = fitting
    labelled_ids = zip(corpus.train, pieces[0], strict=True)
    prompts = sorted({piece.label for piece, ids in labelled_ids if len(ids) - 1 <= context})
    longest = max(len(piece) for split in pieces for piece in split) - 1
    return Dataset(
        provenance, target_vocabulary, train, select, report, prompts, left_out,
        whole_context=longest,
    )  # fmt: skip


def _build_film_dataset(
    film: FilmCorpus,
    provenance: Any,
    framing: FramingFunction,
    context: int,
    vocabulary: Vocabulary | None,
) -> Dataset:
    """Encode every frame, whole or line by line, in the characters that this framing uses."""

    def texts(pieces: Sequence[Drawing]) -> Iterator[str]:
        for piece in pieces:
            framed = framing(piece)
            yield from (framed,) if isinstance(framed, str) else framed

    target_vocabulary = vocabulary or Vocabulary.from_texts(texts(film.train), framed=True)
    train, select = (
        list(map(target_vocabulary.encode, texts(part))) for part in (film.train, film.select)
    )
    if (longest := max(map(len, train)) - 1) > context:
        raise FramingMismatch(
            f"a piece of {film.name} has {longest:,} characters, more than the context of "
            f"{context:,}: set training.context={longest}, or framing=row"
        )
    prompts, film_frames = (
        [piece.label for piece in film.train],
        [piece.art for piece in film.train],
    )
    return Dataset(provenance, target_vocabulary, train, select, train, prompts, 0, film_frames)


def subsample_evenly(items: Sequence[T], max_items: int | None) -> Sequence[T]:
    """At most max_items of the items, evenly spaced; all of them for None."""
    if max_items is None or len(items) <= max_items:
        return items
    return [items[i * len(items) // max_items] for i in range(max_items)]


def _corpus_splits(corpus: Any) -> tuple[Any, Any, Any]:
    return corpus.train, corpus.select, corpus.report


def _translate_ids(ids: np.ndarray, old: Vocabulary, new: Vocabulary) -> np.ndarray:
    if old == new:
        return ids
    new_ids = {character: i for i, character in enumerate(new.characters)}
    table = np.array([new_ids.get(character, -1) for character in old.characters])
    translated = table[ids]
    if len(ids) and translated.min() < 0:
        missing = old.characters[int(ids[int(np.argmin(translated))])]
        raise VocabularyMismatch(f"the parent's vocabulary has no character {missing!r}")
    return translated.astype(new.dtype)
