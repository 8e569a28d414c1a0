"""Small vocabularies: everything odd in one, letters that look like byte names, controls."""

from __future__ import annotations

from lab.corpora.film import frame_number, row_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary

ODD = Vocabulary(
    (*FRAMING_CHARACTERS, "\n", " ", "a", "b", "|", "é", "█", frame_number(0), row_number(0))
)
# GPT-2's alphabet writes a line end as Ċ, a blank as Ġ, a tab as ĉ, a form feed as Č, NUL as Ā.
MALTESE = Vocabulary(tuple("\t\n\f abgiĀĉĊċČčĠġħżâĸ█Ã©é"))
CONTROLS = Vocabulary(
    (*FRAMING_CHARACTERS, *(chr(code) for code in range(32) if code not in (2, 3, 4)), *"\x7f\xad")
)
