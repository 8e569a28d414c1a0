"""Only what becomes one character is composed; everything else stays as it was written."""

import pytest

from lab.terminal.combining_marks import compose_marks


@pytest.mark.parametrize(
    ("text", "composed"),
    [
        ("plain é", "plain é"),
        ("e\u0301", "é"),
        ("u\u0308\u0304 a\u030ab", "ǖ åb"),
        ("x\u0301", "x\u0301"),  # there is no such character
        ("\u0301a", "\u0301a"),
        ("\u212b \u2126 \ufb01", "\u212b \u2126 \ufb01"),  # NFC would change the first two
        ("", ""),
    ],
)
def test_marks_are_composed_where_unicode_has_the_character(text: str, composed: str) -> None:
    assert compose_marks(text) == composed
    assert compose_marks(composed) == composed
