"""What a corpus sets as its standard, and drawings held against it."""

from __future__ import annotations

from lab.corpora.drawing import Drawing
from lab.galleries.validity import ValidityRules, signature_candidates

ARTS = ["  /\\\n (oo)\n  jgs", " __\n|__|  jgs", "/_\\\njgs", "(oo)\n hjw", "~~~~~~~"]
STANDARD = ValidityRules.from_drawings([Drawing("x", art) for art in ARTS])


def test_the_standard_is_what_the_pieces_have() -> None:
    assert (STANDARD.width, STANDARD.signatures) == (9, {"jgs"})
    assert STANDARD.characters == set("".join(ARTS)) | {"\n"}
    assert ValidityRules.from_drawings([], 80).width == 80


def test_a_valid_drawing() -> None:
    assert STANDARD.measure(" (oo)\n  jgs", closed=True) == {
        "valid": True, "width": 5, "fits": True, "strange": "", "signature": "jgs"
    }  # fmt: skip


def test_each_fault_makes_it_invalid() -> None:
    assert not STANDARD.measure("(oo)", closed=False)["valid"]
    wide = STANDARD.measure("/" * 10, closed=True)
    assert (wide["valid"], wide["fits"], wide["width"]) == (False, False, 10)
    odd = STANDARD.measure("\x1b[2J #", closed=True)
    assert (odd["valid"], odd["strange"]) == (False, "\x1b#2J[")


def test_a_signature_stands_alone_at_the_end() -> None:
    assert signature_candidates("ab\n\n cd |x|\n  efg  xyzzy  hi \n\n") == ["cd", "efg", "hi"]
    assert signature_candidates("") == []
    assert STANDARD.measure("jgs\n/\n\\", closed=True)["signature"] is None
