"""Combining marks: a letter and its marks as one character, where Unicode has one.

Unicode Standard Annex 15, "Unicode normalization forms": NFC of a base and its marks. Only pairs
that become a single character are changed, so that everything else stays as it was written.
"""

from __future__ import annotations

import unicodedata


def compose_marks(text: str) -> str:
    r"""Return the text with each base and its marks replaced by the one character that they make.

    >>> compose_marks("e\u0301 x\u0301")
    'é x́'
    """
    if text.isascii() or not any(map(unicodedata.combining, set(text))):
        return text
    composed: list[str] = []
    base = ""
    for character in text:
        if base and unicodedata.combining(character):
            base += character
            continue
        composed.append(_compose(base))
        base = character
    composed.append(_compose(base))
    return "".join(composed)


def _compose(cluster: str) -> str:
    """The one character of a base and its marks, else as it is."""
    one = unicodedata.normalize("NFC", cluster) if len(cluster) > 1 else cluster
    return one if len(one) == 1 else cluster
