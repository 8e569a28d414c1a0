"""A vocabulary gives back what it was given, and says which character it does not know."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary

TEXT = st.text(st.characters(codec="utf-8"))


@given(TEXT, st.text(st.characters(codec="utf-8"), min_size=1))
def test_decode_undoes_encode(text: str, more: str) -> None:
    vocabulary = Vocabulary.from_texts([text, more])
    ids = vocabulary.encode(text)
    assert len(ids) == len(text)
    assert vocabulary.decode(ids) == text


@given(TEXT)
def test_bytes_decode_undoes_encode(text: str) -> None:
    ids = Vocabulary.byte_level().encode(text)
    assert ids.tobytes() == text.encode("utf-8")
    assert Vocabulary.byte_level().decode(ids) == text


def test_the_frame_has_the_first_ids_and_the_rest_is_sorted() -> None:
    vocabulary = Vocabulary.from_texts(["ba\n", "c\x01"], framed=True)
    assert vocabulary.characters == (SOL, SEP, EOA, "\x01", "\n", "a", "b", "c")
    assert vocabulary.encode(SOL + "b" + EOA).tolist() == [0, 6, 2]


def test_an_unknown_character_is_named_with_its_position() -> None:
    with pytest.raises(ValueError, match=r"'é' \(U\+00E9\) at position 2 is not among the 3"):
        Vocabulary.from_texts(["abc"]).encode("abé")


def test_a_long_text_is_encoded_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.corpora.vocabulary.CHUNK", 3)
    vocabulary = Vocabulary.from_texts(["abc"])
    assert vocabulary.decode(vocabulary.encode("abcabcab")) == "abcabcab"
    with pytest.raises(ValueError, match="'d' .* at position 7 "):
        vocabulary.encode("abcabcad")


def test_ids_are_as_small_as_they_can_be() -> None:
    letters = [chr(0x100 + i) for i in range(257)]
    assert Vocabulary(tuple(letters[:256])).encode(letters[255]).dtype == np.uint8
    assert Vocabulary(tuple(letters)).encode(letters[256]).tolist() == [256]


@pytest.mark.parametrize(
    "vocabulary", [Vocabulary.byte_level(), Vocabulary.from_texts(["xy"], framed=True)]
)
def test_a_vocabulary_survives_json(vocabulary: Vocabulary) -> None:
    assert Vocabulary.from_dict(json.loads(json.dumps(vocabulary.to_dict()))) == vocabulary


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({}, "needs its characters"),
        ({"characters": ""}, "1 to 65536"),
        ({"characters": "aba"}, "occurs twice"),
        ({"characters": ["ab"]}, "single characters"),
        ({"characters": [7]}, "single characters"),
        ({"characters": "ab", "kind": "words"}, "not one of"),
    ],
)
def test_a_record_that_is_no_vocabulary_is_refused(record: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Vocabulary.from_dict(record)


@pytest.mark.parametrize(("ids", "wrong"), [([0, 3], 3), ([-1, 0], -1)])
def test_an_id_outside_is_refused(ids: list[int], wrong: int) -> None:
    with pytest.raises(ValueError, match=f"id {wrong} is outside"):
        Vocabulary.from_texts(["abc"]).decode(ids)


def test_no_ids_are_no_text() -> None:
    assert Vocabulary.from_texts(["abc"]).decode([]) == ""
