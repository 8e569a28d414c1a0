"""llama.cpp's tokens: one a character, names that cannot be mistaken, an end that is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.corpora.film import frame_number, row_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary
from lab.exports.gguf_tokenizer import (
    CONTROL,
    NORMAL,
    USER_DEFINED,
    add_gguf_tokens,
    gguf_prompt,
    gguf_tokens,
    gpt2_byte_alphabet,
)
from tests.exports.odd import CONTROLS, MALTESE, ODD

FILM = Vocabulary(
    (*FRAMING_CHARACTERS, "\n", ".", "@", *map(frame_number, range(1745)), row_number(57))
)


def test_every_character_has_a_token_of_its_kind() -> None:
    found = gguf_tokens(ODD)
    texts = ("<bos>", "<sep>", "<eos>", "Ċ", "Ġ", "a", "b", "|", "Ã©", "âĸĪ", "0", "<row 0>")
    assert found.texts == texts
    assert found.kinds == (*[CONTROL] * 3, *[NORMAL] * 7, *[USER_DEFINED] * 2)
    assert found.merges == ("Ã ©", "â ĸ", "âĸ Ī")
    assert (found.bos, found.eos) == (0, 2)


@pytest.mark.parametrize("vocabulary", [ODD, MALTESE, CONTROLS, FILM, Vocabulary.byte_level()])
def test_no_two_tokens_have_one_name(vocabulary: Vocabulary) -> None:
    """Two of one name end llama.cpp with an assertion as it loads the file."""
    texts = gguf_tokens(vocabulary).texts
    assert len(set(texts)) == len(texts)


def test_a_name_that_occurs_twice_is_refused_at_writing() -> None:
    tokens = replace(gguf_tokens(MALTESE), texts=("Ġ", "Ġ"))
    with pytest.raises(ValueError, match="two tokens have the name 'Ġ'"):
        add_gguf_tokens(None, tokens)


def test_all_1745_frames_are_single_tokens() -> None:
    texts = gguf_tokens(FILM).texts
    assert texts[6 : 6 + 1745] == tuple(map(str, range(1745))) and len(set(texts)) == len(texts)


def test_a_frame_is_not_mistaken_for_a_digit_that_is_drawn() -> None:
    found = gguf_tokens(Vocabulary((*FRAMING_CHARACTERS, "1", frame_number(1))))
    assert found.texts[-2:] == ("1", "<frame 1>")


def test_bytes_are_the_alphabet_of_gpt_2_and_get_an_end() -> None:
    found = gguf_tokens(Vocabulary.byte_level())
    assert found.texts[:256] == tuple(gpt2_byte_alphabet()) and len(set(found.texts)) == 257
    assert (found.texts[256], found.kinds[256], found.eos, found.bos) == ("<eos>", 3, 256, 256)
    assert found.texts[32] == "Ġ" and found.texts[10] == "Ċ" and found.texts[255] == "ÿ"


def test_a_prompt_is_typed_by_names() -> None:
    assert gguf_prompt("\x02" + frame_number(1350) + row_number(57), FILM) == "<bos>1350<row 57>"
    assert gguf_prompt("\x02a b\x03é\n", ODD) == "<bos>a b<sep>é\n"
