r"""Tokens: a vocabulary as llama.cpp spells it, one token a character, so that nothing merges.

Format: GGUF, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; the alphabet that gives
each byte a printable character is GPT-2's (Radford et al. 2019).

    SOL SEP EOA                <bos> <sep> <eos>      control: parsed in prompts, not printed
    number of a frame, a row   1350, <row 12>         user-defined: found before all else
    one byte                   GPT-2's alphabet       normal
    several bytes              itself                 user-defined, since no merge could build it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.corpora.film import FRAMES, ROWS, number_of
from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary

NORMAL, CONTROL, USER_DEFINED = 1, 3, 4  # llama.cpp's kinds
SPECIAL = {SOL: "<bos>", SEP: "<sep>", EOA: "<eos>"}


@dataclass(frozen=True)
class Tokens:
    """Spelling and kind of every id, and the ids that open and close a text."""

    texts: tuple[str, ...]
    kinds: tuple[int, ...]
    bos: int
    eos: int

    @property
    def added(self) -> bool:
        """Whether the last id is none of the vocabulary's, but an end that it did not have."""
        return SPECIAL[EOA] == self.texts[-1]


def tokens(vocabulary: Vocabulary) -> Tokens:
    """A vocabulary's tokens, in the order of its ids.

    Without EOA one more `<eos>` follows, since llama.cpp would take id 11 for the end; see
    `silent`.
    """
    framed = vocabulary.kind == "characters"
    plain = not any(one in vocabulary.characters for one in "0123456789")
    spelled = [spell(one, framed, plain) for one in vocabulary.characters]
    ids = {text: at for at, (text, kind) in enumerate(spelled) if kind == CONTROL}
    if SPECIAL[EOA] not in ids:
        ids[SPECIAL[EOA]] = len(spelled)
        spelled.append((SPECIAL[EOA], CONTROL))
    texts, kinds = zip(*spelled, strict=True)
    eos = ids[SPECIAL[EOA]]
    return Tokens(texts, kinds, ids.get(SPECIAL[SOL], eos), eos)


def spell(character: str, framed: bool, plain: bool) -> tuple[str, int]:
    """Spelling and kind of a character; framed: control characters are marks, plain: 12 is a frame.

    In a vocabulary of bytes (not framed) a character is the byte of its number.
    """
    if not framed:
        return alphabet()[ord(character)], NORMAL
    if character in SPECIAL:
        return SPECIAL[character], CONTROL
    if ord(character) >= ROWS:
        return f"<row {number_of(character)}>", USER_DEFINED
    if ord(character) >= FRAMES:
        number = str(number_of(character))
        return number if plain else f"<frame {number}>", USER_DEFINED
    if ord(character) < 128:
        return alphabet()[ord(character)], NORMAL
    return character, USER_DEFINED


def alphabet() -> Sequence[str]:
    """The character that stands for each byte: itself where it shows, else one from U+0100 on."""
    shown = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in shown else next(others)) for byte in range(256)]


def prompt(text: str, vocabulary: Vocabulary) -> str:
    """A text of the lab as llama.cpp's user types it: marks and numbers by their tokens' names."""
    named = dict(zip(vocabulary.characters, tokens(vocabulary).texts, strict=False))
    hidden = {one for one in vocabulary.characters if one in SPECIAL or ord(one) >= FRAMES}
    return "".join(named[one] if one in hidden else one for one in text)
