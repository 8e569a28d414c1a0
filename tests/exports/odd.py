"""A small vocabulary with everything odd in it: marks, blanks, many bytes, numbers."""

from __future__ import annotations

from lab.corpora.film import frame_number, row_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary

ODD = Vocabulary(
    (*FRAMING_CHARACTERS, "\n", " ", "a", "b", "|", "é", "█", frame_number(0), row_number(0))
)
