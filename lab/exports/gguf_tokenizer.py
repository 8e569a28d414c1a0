r"""GGUF tokenizer: a vocabulary as llama.cpp's tokens, one a character, no two of one name.

Format: GGUF, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; the alphabet that gives
each byte a printable character is GPT-2's (Radford et al. 2019).

    SOL SEP EOA                <bos> <sep> <eos>      control: parsed in prompts, not printed
    number of a frame, a row   1350, <row 12>         user-defined: found before all else
    any other character        its bytes in UTF-8,    normal; those of several bytes are built by
                               in GPT-2's alphabet    merges that never cross characters

UTF-8 and the alphabet are injective, so that names differ; names of several characters in the
alphabet begin with a byte above 127, names of marks and numbers with "<" or a digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lab.corpora.film import FRAME_PLANE, ROW_PLANE, number_from_character
from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary

NORMAL, CONTROL, USER_DEFINED = 1, 3, 4  # llama.cpp's kinds
NO_MERGE = "ÿ ÿ"  # of two bytes 255, which no text has: llama.cpp wants a list that is not empty
SPECIAL_TOKENS = {SOL: "<bos>", SEP: "<sep>", EOA: "<eos>"}


@dataclass(frozen=True)
class GgufTokens:
    """Spelling and kind of every id, the ids that open and close a text, merges "left right"."""

    texts: tuple[str, ...]
    kinds: tuple[int, ...]
    bos: int
    eos: int
    merges: tuple[str, ...]

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
    merges = dict.fromkeys(
        f"{text[:end]} {text[end]}"
        for text, kind in spellings
        if kind == NORMAL
        for end in range(1, len(text))
    )
    bos = ids.get(SPECIAL_TOKENS[SOL], eos)
    return GgufTokens(texts, kinds, bos, eos, tuple(merges) or (NO_MERGE,))


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
    alphabet = gpt2_byte_alphabet()
    return "".join(alphabet[byte] for byte in character.encode("utf-8", "surrogatepass")), NORMAL


@cache
def gpt2_byte_alphabet() -> Sequence[str]:
    """The character that stands for each byte: itself where it shows, else one from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    replacements = iter(range(256, 512))
    return [chr(byte if byte in printable else next(replacements)) for byte in range(256)]


def gguf_prompt(text: str, vocabulary: Vocabulary) -> str:
    """A text of the lab as llama.cpp's user types it: marks and numbers by their tokens' names."""
    names = typed_names(vocabulary)
    return "".join(names.get(character, character) for character in text)


def typed_names(vocabulary: Vocabulary) -> dict[str, str]:
    """What is typed, and printed, for each mark and number of a vocabulary; empty for bytes."""
    if vocabulary.kind == "bytes":
        return {}
    spellings = zip(vocabulary.characters, gguf_tokens(vocabulary).texts, strict=False)
    return {
        character: text
        for character, text in spellings
        if character in SPECIAL_TOKENS or ord(character) >= FRAME_PLANE
    }


def add_gguf_tokens(writer: Any, tokens: GgufTokens) -> None:
    """Write the tokenizer; ValueError where two tokens have one name, which llama.cpp refuses."""
    if len(set(tokens.texts)) != len(tokens.texts):
        repeated = Counter(tokens.texts).most_common(1)[0][0]
        raise ValueError(
            f"two tokens have the name {repeated!r}: llama.cpp cannot load such a file"
        )
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(tokens.texts))
    writer.add_token_types(list(tokens.kinds))
    writer.add_token_merges(list(tokens.merges))
    writer.add_bos_token_id(tokens.bos)
    writer.add_eos_token_id(tokens.eos)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)


def read_gguf_tokens(fields: Mapping[str, Any]) -> GgufTokens:
    """The tokens in a file's fields."""
    key = "tokenizer.ggml."
    return GgufTokens(
        tuple(fields[key + "tokens"]),
        tuple(fields[key + "token_type"]),
        int(fields[key + "bos_token_id"]),
        int(fields[key + "eos_token_id"]),
        tuple(fields[key + "merges"]),
    )
