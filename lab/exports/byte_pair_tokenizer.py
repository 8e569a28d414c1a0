"""Byte-pair tokenizer: a GGUF's tokens, by their names in the file, read as llama.cpp reads them.

Gerganov et al., llama.cpp, https://github.com/ggml-org/llama.cpp (src/llama-vocab.cpp): control and
user-defined names are cut out of a text, the longest name first; the bytes of what lies between,
each a character of GPT-2's alphabet (Radford et al. 2019), are merged pair by pair, the first merge
of the list first, and looked up by name. What no token names is left out.

It knows names and kinds only, not the vocabulary that they came from, so that `check_typed_tokens`
finds a file whose names mean something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from lab.corpora.vocabulary import Vocabulary
from lab.exports.gguf_tokenizer import NORMAL, GgufTokens, typed_names

FIRST_REPLACEMENT = 0x100  # of the bytes that do not show, in their order


@dataclass(frozen=True)
class BytePairTokenizer:
    """The tokens of a file. ValueError for two of one name, which llama.cpp aborts on."""

    tokens: GgufTokens

    def __post_init__(self) -> None:
        """Check that every name is one token's."""
        if len(self.ids) != len(self.tokens.texts):
            raise ValueError(f"{len(self.tokens.texts)} tokens have {len(self.ids)} names")

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of every name."""
        return {text: at for at, text in enumerate(self.tokens.texts)}

    @cached_property
    def specials(self) -> list[str]:
        """Names that are cut out of a text, the longest first."""
        pairs = zip(self.tokens.texts, self.tokens.kinds, strict=True)
        return sorted((text for text, kind in pairs if kind != NORMAL), key=len, reverse=True)

    @cached_property
    def ranks(self) -> dict[tuple[str, ...], int]:
        """The place of every merge in the list."""
        return {tuple(merge.split(" ")): at for at, merge in enumerate(self.tokens.merges)}

    def encode(self, text: str) -> list[int]:
        """The ids of a text, names of marks and numbers in it understood."""
        fragments: list[str | int] = [text]
        for name in self.specials:
            if name in text:
                fragments = [
                    piece
                    for fragment in fragments
                    for piece in (
                        _cut_out(fragment, name, self.ids[name])
                        if isinstance(fragment, str)
                        else [fragment]
                    )
                ]
        return [
            token
            for fragment in fragments
            for token in ([fragment] if isinstance(fragment, int) else self._merge(fragment))
        ]

    def decode(self, ids: Sequence[int]) -> bytes:
        """The bytes that are printed for ids."""
        printed = bytearray()
        for token in ids:
            text = self.tokens.texts[token]
            if self.tokens.kinds[token] == NORMAL:
                printed += bytes(BYTE_OF_CHARACTER[character] for character in text)
            else:
                printed += text.encode()
        return bytes(printed)

    def _merge(self, text: str) -> list[int]:
        symbols = [CHARACTER_OF_BYTE[byte] for byte in text.encode("utf-8", "surrogatepass")]
        while pairs := [
            (self.ranks[pair], at)
            for at, pair in enumerate(pairwise(symbols))
            if pair in self.ranks
        ]:
            _, at = min(pairs)
            symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
        return [self.ids[symbol] for symbol in symbols if symbol in self.ids]


def check_typed_tokens(tokens: GgufTokens, vocabulary: Vocabulary) -> None:
    """Check that each character, typed, is its own id, and its id prints it; ValueError names one.

    A mark or number is typed and printed by its name. Of a vocabulary of bytes printing is checked.
    """
    tokenizer, names = BytePairTokenizer(tokens), typed_names(vocabulary)
    for at, character in enumerate(vocabulary.characters):
        typed = names.get(character, character)
        as_bytes = vocabulary.kind == "bytes"
        expected = bytes([at]) if as_bytes else typed.encode("utf-8", "surrogatepass")
        read = [at] if as_bytes else tokenizer.encode(typed)
        if read != [at] or tokenizer.decode([at]) != expected:
            raise ValueError(f"llama.cpp would read {typed!r} as the ids {read}, not as {at}")


def _cut_out(text: str, name: str, token: int) -> list[str | int]:
    """What lies between the occurrences of a name, and its id for each of them."""
    pieces: list[str | int] = []
    for between in text.split(name):
        pieces += [token, between]
    return [piece for piece in pieces[1:] if piece != ""]


def _byte_table() -> list[str]:
    """GPT-2's alphabet, after its `bytes_to_unicode`."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1)]
    shown += range(ord("®"), ord("ÿ") + 1)
    hidden = [byte for byte in range(256) if byte not in shown]
    return [
        chr(byte) if byte in shown else chr(FIRST_REPLACEMENT + hidden.index(byte))
        for byte in range(256)
    ]


CHARACTER_OF_BYTE = _byte_table()
BYTE_OF_CHARACTER = {character: byte for byte, character in enumerate(CHARACTER_OF_BYTE)}
