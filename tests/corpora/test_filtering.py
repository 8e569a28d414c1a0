"""Every piece that is dropped is counted under the reason that dropped it."""

import pytest

from lab.corpora.drawing import Drawing
from lab.corpora.filtering import Limits, filter_drawings
from lab.corpora.framing import conditional

LIMITS = Limits(max_width=5, max_height=3, max_length=12)


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (Drawing("Cat", " \r\n\t"), "blank"),
        (Drawing(" ", "x"), "no label"),
        (Drawing("Cat", "x\x1b[2Jx"), "unprintable"),
        (Drawing("Cat", "x\x02x"), "unprintable"),
        (Drawing("C\x03at", "x"), "unprintable"),
        (Drawing("Cat", "x\u202ex"), "unprintable"),
        (Drawing("Cat", "é"), "not ASCII"),
        (Drawing("Cät", "x"), "not ASCII"),
        (Drawing("Cat", "123456"), "too wide"),
        (Drawing("Cat", "1\n2\n3\n4"), "too high"),
        (Drawing("Cat", "12345\n1"), "too long"),
    ],
)
def test_a_dropped_piece_is_counted_by_reason(piece: Drawing, reason: str) -> None:
    assert filter_drawings([piece], LIMITS)[:2] == ([], {reason: 1})


def test_length_counts_the_frame_so_that_it_fits_a_context() -> None:
    piece = Drawing("Cat", "123\n12")
    assert len(conditional(piece)) == LIMITS.max_length
    assert filter_drawings([piece], LIMITS) == ([piece], {}, {})


@pytest.mark.parametrize("order", [1, -1])
def test_of_equal_pieces_the_first_label_stays(order: int) -> None:
    pieces = [Drawing("Cat", "=^.^="), Drawing("Dog", "  =^.^=\r\n")]
    kept, dropped, _ = filter_drawings(pieces[::order], LIMITS)
    assert kept == [Drawing("Cat", "=^.^=")]
    assert dropped == {"duplicate": 1}


def test_signatures_stay() -> None:
    kept, *_ = filter_drawings([Drawing("Cat", "^.^\njgs")], Limits())
    assert kept[0].art.endswith("jgs")


def test_other_scripts_are_kept_where_they_are_wished_for() -> None:
    kept, *_ = filter_drawings([Drawing("Katze", "╔═╗")], Limits(ascii_only=False))
    assert len(kept) == 1


def test_reading_stops_when_enough_are_kept() -> None:
    pieces = iter([Drawing("Cat", sign) for sign in "abcd"])
    kept, *_ = filter_drawings(pieces, LIMITS, max_pieces=2)
    assert len(kept) == 2
    assert next(pieces).art == "c"


@pytest.mark.parametrize("name", ["max_width", "max_height", "max_length"])
def test_a_limit_below_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1, not 0"):
        Limits(**{name: 0})
