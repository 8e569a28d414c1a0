"""Vocabulary: the ordered characters that a model reads and writes, one id each.

Drawings use three control characters of ASCII as delimiters, so that a vocabulary needs no ids
beside its characters: SOL (start of label), SEP (end of label, start of art), EOA (end of art).
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

SOL, SEP, EOA = "\x02", "\x03", "\x04"
FRAMING_CHARACTERS = (SOL, SEP, EOA)
VOCABULARY_KINDS = ("characters", "bytes")
CHUNK = 1 << 20  # characters encoded at a time, so that a long text needs little beside its ids


class VocabularyMismatch(ValueError):
    """A text holds a character that the vocabulary, an individual's, does not have."""


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary: `characters[i]` has id i; `kind` is "characters", or "bytes" for 256 bytes.

    Raises ValueError for no characters, repeated or longer ones, or more than uint16 can count.
    """

    characters: tuple[str, ...]
    kind: str = "characters"

    def __post_init__(self) -> None:
        """Check the characters, so that a damaged record is caught before any tensor."""
        if self.kind not in VOCABULARY_KINDS:
            raise ValueError(
                f"vocabulary kind {self.kind!r} is not one of {', '.join(VOCABULARY_KINDS)}"
            )
        if not 0 < len(self.characters) <= 2**16:
            raise ValueError(f"a vocabulary has 1 to 65536 characters, not {len(self.characters)}")
        for character in self.characters:
            if not isinstance(character, str) or len(character) != 1:
                raise ValueError(f"a vocabulary's entries are single characters, not {character!r}")
        if len(set(self.characters)) != len(self.characters):
            raise ValueError("a character occurs twice in the vocabulary")
        if self.kind == "bytes" and self.characters != tuple(map(chr, range(256))):
            raise ValueError(
                "a vocabulary of bytes has the 256 characters from chr(0) to chr(255), in order"
            )

    @classmethod
    def from_texts(cls, texts: Iterable[str], framed: bool = False) -> Vocabulary:
        """Return the sorted characters of `texts`; framed: SOL, SEP and EOA first (ids 0, 1, 2)."""
        characters: set[str] = set()
        for text in texts:
            characters.update(text)
        frame = FRAMING_CHARACTERS if framed else ()
        return cls(frame + tuple(sorted(characters - set(frame))))

    @classmethod
    def byte_level(cls) -> Vocabulary:
        """Return the 256 byte values, each id its byte."""
        return cls(tuple(map(chr, range(256))), kind="bytes")

    def __len__(self) -> int:
        """Return the number of ids."""
        return len(self.characters)

    @property
    def dtype(self) -> type[np.unsignedinteger[Any]]:
        """Return the smallest unsigned integer that holds every id."""
        return np.uint8 if len(self) <= 256 else np.uint16

    @cached_property
    def _ids(self) -> np.ndarray:
        """Return the id of each code point up to the highest known and one beyond, -1 for none."""
        points = [ord(character) for character in self.characters]
        ids = np.full(max(points) + 2, -1, dtype=np.int32)
        ids[points] = np.arange(len(self))
        return ids

    def encode(self, text: str | builtins.bytes) -> np.ndarray:
        """Return the ids of a text, one each character (kind "bytes": each byte of its UTF-8).

        Raises VocabularyMismatch naming the first character without an id, and its position.
        """
        if self.kind == "bytes":
            raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
            return np.frombuffer(raw, dtype=np.uint8).copy()
        string = text if isinstance(text, str) else text.decode("utf-8")
        ids = np.empty(len(string), dtype=self.dtype)
        for start in range(0, len(string), CHUNK):
            part = string[start : start + CHUNK].encode("utf-32-le", "surrogatepass")
            points = np.frombuffer(part, dtype=np.uint32)
            part_ids = self._ids[np.minimum(points, len(self._ids) - 1)]
            if part_ids.min() < 0:
                at = start + int(np.argmax(part_ids < 0))
                raise VocabularyMismatch(
                    f"character {string[at]!r} (U+{ord(string[at]):04X}) at position {at} "
                    f"is not among the {len(self)} of the vocabulary"
                )
            ids[start : start + CHUNK] = part_ids
        return ids

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Return the text of ids; bytes that are no UTF-8 become U+FFFD.

        Raises ValueError for an id outside the vocabulary.
        """
        numbers = np.asarray(ids).reshape(-1)
        if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < len(self):
            bad_id = int(numbers.min()) if int(numbers.min()) < 0 else int(numbers.max())
            raise ValueError(f"id {bad_id} is outside the vocabulary of {len(self)}")
        if self.kind == "bytes":
            return numbers.astype(np.uint8).tobytes().decode("utf-8", "replace")
        return "".join([self.characters[number] for number in numbers.tolist()])

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; from_dict gives back an equal vocabulary."""
        return {
            "kind": self.kind,
            "characters": "" if self.kind == "bytes" else "".join(self.characters),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Vocabulary:
        """Return the vocabulary that to_dict described. Raises ValueError where it is none."""
        if data.get("kind") == "bytes":
            return cls.byte_level()
        characters = data.get("characters")
        if not isinstance(characters, str | list | tuple):
            raise ValueError("a vocabulary's record needs its characters")
        return cls(tuple(characters), kind=data.get("kind", "characters"))
