r"""GGUF tokenizer: a vocabulary as llama.cpp's tokens, one a character, so that nothing merges.

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

from lab.corpora.film import FRAME_PLANE, ROW_PLANE, number_from_character
from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary

NORMAL, CONTROL, USER_DEFINED = 1, 3, 4  # llama.cpp's kinds
SPECIAL_TOKENS = {SOL: "<bos>", SEP: "<sep>", EOA: "<eos>"}


@dataclass(frozen=True)
class GgufTokens:
    """Spelling and kind of every id, and the ids that open and close a text."""

    texts: tuple[str, ...]
    kinds: tuple[int, ...]
    bos: int
    eos: int

    @property
    def has_added_end(self) -> bool:
        """Whether the last id is none of the vocabulary's, but an end that it did not have."""
        return SPECIAL_TOKENS[EOA] == self.texts[-1]


def gguf_tokens(vocabulary: Vocabulary) -> GgufTokens:
    """A vocabulary's tokens, in the order of its ids.

    Without EOA one more `<eos>` follows, since llama.cpp would take id 11 for the end; see
    `silent`.
    """
    has_marks = vocabulary.kind == "characters"
    plain_numbers = not any(character in vocabulary.characters for character in "0123456789")
    spellings = [
        spell_token(character, has_marks, plain_numbers) for character in vocabulary.characters
    ]
    ids = {text: at for at, (text, kind) in enumerate(spellings) if kind == CONTROL}
    if SPECIAL_TOKENS[EOA] not in ids:
        ids[SPECIAL_TOKENS[EOA]] = len(spellings)
        spellings.append((SPECIAL_TOKENS[EOA], CONTROL))
    texts, kinds = zip(*spellings, strict=True)
    eos = ids[SPECIAL_TOKENS[EOA]]
    return GgufTokens(texts, kinds, ids.get(SPECIAL_TOKENS[SOL], eos), eos)


def spell_token(character: str, has_marks: bool, plain_numbers: bool) -> tuple[str, int]:
    """Spelling and kind of a character; framed: control characters are marks, plain: 12 is a frame.

    In a vocabulary of bytes (not framed) a character is the byte of its number.
    """
    if not has_marks:
        return gpt2_byte_alphabet()[ord(character)], NORMAL
    if character in SPECIAL_TOKENS:
        return SPECIAL_TOKENS[character], CONTROL
    if ord(character) >= ROW_PLANE:
        return f"<row {number_from_character(character)}>", USER_DEFINED
    if ord(character) >= FRAME_PLANE:
        number = str(number_from_character(character))
        return number if plain_numbers else f"<frame {number}>", USER_DEFINED
    if ord(character) < 128:
        return gpt2_byte_alphabet()[ord(character)], NORMAL
    return character, USER_DEFINED


def gpt2_byte_alphabet() -> Sequence[str]:
    """The character that stands for each byte: itself where it shows, else one from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    replacements = iter(range(256, 512))
    return [chr(byte if byte in printable else next(replacements)) for byte in range(256)]


def gguf_prompt(text: str, vocabulary: Vocabulary) -> str:
    """A text of the lab as llama.cpp's user types it: marks and numbers by their tokens' names."""
    spellings = dict(zip(vocabulary.characters, gguf_tokens(vocabulary).texts, strict=False))
    special_characters = {
        character
        for character in vocabulary.characters
        if character in SPECIAL_TOKENS or ord(character) >= FRAME_PLANE
    }
    return "".join(
        spellings[character] if character in special_characters else character for character in text
    )
