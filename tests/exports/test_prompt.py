"""Openings: framed as the artist learned them, and quoted so that bash says the same."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from lab.corpora.film import frame_number, row_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary
from lab.exports.prompt import build_prompt, quote_for_bash
from tests.exports.odd import ODD

FILM = Vocabulary(
    (*FRAMING_CHARACTERS, ".", *map(frame_number, range(7, 12)), *map(row_number, range(3)))
)
LETTERS = Vocabulary((*FRAMING_CHARACTERS, *" abcdehnt"))


@pytest.mark.parametrize(
    ("frame", "vocabulary", "wish", "text"),
    [
        ("unconditional", ODD, "cat", "\x02"),
        ("conditional", LETTERS, None, "\x02cat\x03"),
        ("conditional", ODD, "b", "\x02b\x03"),
        ("frame", FILM, None, "\x02" + frame_number(7)),
        ("frame", FILM, "11", "\x02" + frame_number(11)),
        ("row", FILM, "8 2", "\x02" + frame_number(8) + row_number(2)),
        ("row", FILM, "8", "\x02" + frame_number(8) + row_number(0)),
        (None, Vocabulary.byte_level(), "é", "é"),
        (None, Vocabulary(tuple("xyz")), None, "z"),
    ],
)
def test_it_is_framed(
    frame: str | None, vocabulary: Vocabulary, wish: str | None, text: str
) -> None:
    assert build_prompt(frame, vocabulary, wish) == text


@pytest.mark.parametrize(
    ("frame", "vocabulary", "wish", "said"),
    [
        ("conditional", ODD, "dog", "character 'd'"),
        ("frame", FILM, "12", "not among the 12"),
        ("frame", FILM, "last", "must be a frame's number"),
        ("row", FILM, "8 9", "not among the 12"),
        (None, ODD, "", "how the text begins"),
    ],
)
def test_what_cannot_be_read_is_refused(
    frame: str | None, vocabulary: Vocabulary, wish: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        build_prompt(frame, vocabulary, wish)


def test_the_prompt_is_a_label_that_was_learned() -> None:
    labels = ["bäd", "bat", "ten", *map(str, range(8))]
    letters = Vocabulary((*FRAMING_CHARACTERS, *" abcdehnt"))
    assert build_prompt("conditional", letters, None, labels) == "\x02bat\x03"  # the first readable
    assert build_prompt("conditional", letters, "ten", labels) == "\x02ten\x03"
    with pytest.raises(ValueError, match="never seen cat: its labels are bäd, bat, .* and 3 more"):
        build_prompt("conditional", letters, "cat", labels)


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
@pytest.mark.parametrize("text", ["cat", "it's", "\x02it's \\ é\x03", "\x02" + frame_number(1350)])
def test_bash_reads_it_back(text: str) -> None:
    script = f"printf %s {quote_for_bash(text)}"
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.decode() == text
