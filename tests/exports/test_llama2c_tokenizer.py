"""llama2.c's tokenizer: merged as run.c merges, printed as run.c prints."""

from __future__ import annotations

import pytest

from lab.exports.llama2c_tokenizer import BOS, Llama2cTokenizer, byte_piece, read_llama2c_tokenizer

BYTEWISE = (b"<unk>", b"\n<s>\n", b"\n</s>\n", *(byte_piece(byte) for byte in range(256)))
WORDS = Llama2cTokenizer(
    (*BYTEWISE, b" ", b"a", b"b", b"ab", b"ba", b" a", b"aba", b"\x07"),
    (*[0.0] * 259, -1.0, -1.0, -1.0, -2.0, -1.5, -9.0, -0.5, 0.0),
)
SPACE, A, B, AB, BA, SPACE_A, ABA, BELL = range(259, 267)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [BOS]),
        ("b", [BOS, SPACE, B]),
        ("bab", [BOS, SPACE, BA, B]),  # the better of two overlapping pairs
        ("aba", [BOS, SPACE, ABA]),  # b + a first, then a + ba
        ("é", [BOS, SPACE, 3 + 0xC3, 3 + 0xA9]),
    ],
)
def test_the_best_pair_is_merged_first(text: str, ids: list[int]) -> None:
    assert WORDS.encode(text) == ids


def test_a_blank_after_bos_and_single_bytes_that_do_not_show_are_not_printed() -> None:
    assert WORDS.decode([BOS, SPACE_A, SPACE, B]) == "a b"
    assert WORDS.decode([BOS, B, 3 + 0xC3, 3 + 0xA9, BELL, 3 + 10, A]) == "b\na"


def test_a_file_reads_back() -> None:
    data = WORDS.to_bytes()
    assert data[:4] == b"\6\0\0\0" and read_llama2c_tokenizer(data, 267) == WORDS
    for wrong, vocab in ((data, 266), (data, 268), (data[:-1], 267), (b"", 1)):
        with pytest.raises(ValueError, match="tokenizer"):
            read_llama2c_tokenizer(wrong, vocab)


def test_what_run_c_would_look_up_outside_is_refused() -> None:
    few = Llama2cTokenizer((b"<unk>", b"<s>", b"</s>", b" ", b"a"), (0.0,) * 5)
    assert few.encode("a") == [BOS, 3, 4]
    with pytest.raises(ValueError, match="'b' is not in the vocabulary"):
        few.encode("b")
    with pytest.raises(ValueError, match="no piece for the space"):
        Llama2cTokenizer((b"<unk>", b"<s>", b"</s>", b"a"), (0.0,) * 4).encode("a")
