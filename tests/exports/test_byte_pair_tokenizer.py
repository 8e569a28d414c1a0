"""llama.cpp's rules, by hand-made names: what a file says is read, not what was meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.corpora.film import frame_number, row_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary
from lab.exports.byte_pair_tokenizer import BytePairTokenizer, check_typed_tokens
from lab.exports.gguf_tokenizer import CONTROL, NORMAL, USER_DEFINED, GgufTokens, gguf_tokens
from tests.exports.odd import CONTROLS, MALTESE, ODD

BY_HAND = GgufTokens(
    ("<s>", "12", "1", "a", "Ġ", "Ã©", "Ċ"),
    (CONTROL, USER_DEFINED, *[NORMAL] * 5),
    bos=0,
    eos=0,
    merges=("Ã ©",),
)


def test_names_are_cut_out_bytes_merged_and_the_unknown_left_out() -> None:
    tokenizer = BytePairTokenizer(BY_HAND)
    assert tokenizer.encode("<s>a é121\n?è") == [0, 3, 4, 5, 1, 2, 6]
    assert tokenizer.decode([0, 3, 4, 5, 1, 2, 6]) == "<s>a é121\n".encode()


def test_two_tokens_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="7 tokens have 6 names"):
        BytePairTokenizer(replace(BY_HAND, texts=("<s>", "12", "1", "Ġ", "Ġ", "Ã©", "Ċ")))


@pytest.mark.parametrize("vocabulary", [
    ODD, MALTESE, CONTROLS, Vocabulary.byte_level(), Vocabulary(tuple("0123456789éĠ")),
    Vocabulary((*FRAMING_CHARACTERS, *"<row 3>", *map(frame_number, range(120)), row_number(3))),
    Vocabulary((*FRAMING_CHARACTERS, *"0123", frame_number(3), row_number(3))),
])  # fmt: skip
def test_every_character_that_we_spell_is_read_as_itself(vocabulary: Vocabulary) -> None:
    check_typed_tokens(gguf_tokens(vocabulary), vocabulary)


@pytest.mark.parametrize(
    "changes",
    [
        {"merges": ("Ã ©",)},  # ċ falls into two bytes
        {"texts": ("<bos>", "<sep>", "<eos>", "a", "Ċ", "Ġ", "Äĭ", "ċ", "Ċ,")},  # of the old kind
        {"kinds": (*[CONTROL] * 3, *[USER_DEFINED] * 6)},  # printed by their names
    ],
)
def test_names_that_mean_something_else_are_found(changes: dict[str, tuple[object, ...]]) -> None:
    vocabulary = Vocabulary((*FRAMING_CHARACTERS, *"a\n ċĊĠ"))
    check_typed_tokens(gguf_tokens(vocabulary), vocabulary)
    with pytest.raises(ValueError, match="llama.cpp would read"):
        check_typed_tokens(replace(gguf_tokens(vocabulary), **changes), vocabulary)
