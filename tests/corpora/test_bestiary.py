"""The bestiary's laws: how many, how large, how clean, how varied, and the same everywhere."""

from difflib import SequenceMatcher
from hashlib import sha256
from itertools import combinations
from statistics import median

import pytest

from lab.corpora.bestiary import LABELS_A, LABELS_B, Piece, draw_bestiary
from lab.corpora.bestiary.canvas import (
    add_ground,
    beside,
    fill_slots,
    hang_beside,
    mirror_art,
    orient_art,
    pad_rows,
    parse_template,
    paste,
    repeat_columns,
    stack,
    tile_slot,
    trim_art,
)
from lab.corpora.bestiary.subject import Subject

LABELS = sorted(LABELS_A + LABELS_B)
CORPUS = "479813d60c89ab91eb98d2eb4ebf253e4dc62464aed3aaa237cf25bd97aefff9"


@pytest.fixture(scope="module")
def bestiary() -> list[Piece]:
    return draw_bestiary()


@pytest.fixture(scope="module")
def classes(bestiary: list[Piece]) -> dict[str, list[str]]:
    return {label: [p.art for p in bestiary if p.label == label] for label in LABELS}


def size(art: str) -> tuple[int, int]:
    rows = art.split("\n")
    return max(map(len, rows)), len(rows)


# --- the corpus ---------------------------------------------------------------------------------


def test_the_labels_are_half_nature_half_objects(bestiary: list[Piece]) -> None:
    assert len(LABELS_A) == len(LABELS_B) >= 12
    assert set(LABELS_A).isdisjoint(LABELS_B)
    assert {piece.label for piece in bestiary} == set(LABELS)


def test_there_are_enough_pieces_and_none_twice(bestiary: list[Piece]) -> None:
    assert 2_000 <= len(bestiary) <= 2_600
    assert len({piece.art for piece in bestiary}) == len(bestiary)
    assert 350_000 <= sum(len(piece.art) for piece in bestiary) <= 500_000


def test_the_corpus_is_the_pinned_one(bestiary: list[Piece]) -> None:
    text = "\x00".join(f"{piece.label}\x01{piece.art}" for piece in bestiary)
    assert sha256(text.encode()).hexdigest() == CORPUS
    assert draw_bestiary() == bestiary


def test_every_piece_is_printable_ascii_with_clean_edges(bestiary: list[Piece]) -> None:
    for art in (piece.art for piece in bestiary):
        rows = art.split("\n")
        assert all(" " <= character <= "~" for row in rows for character in row), art
        assert all(row == row.rstrip() for row in rows), art
        assert rows[0] and rows[-1], art
        assert any(row[:1].strip() for row in rows), art


def test_every_piece_is_small(bestiary: list[Piece]) -> None:
    for art in (piece.art for piece in bestiary):
        columns, rows = size(art)
        assert columns <= 40 and rows <= 16 and len(art) <= 420, art
    middle = [piece for piece in bestiary if 60 <= len(piece.art) <= 320]
    assert len(middle) > 0.95 * len(bestiary)


@pytest.mark.parametrize("label", LABELS)
def test_a_class_is_full_and_comes_in_many_sizes(classes: dict[str, list[str]], label: str) -> None:
    assert 60 <= len(classes[label]) <= 120
    assert len({size(art) for art in classes[label]}) >= 15


@pytest.mark.parametrize("label", LABELS)
def test_a_class_is_varied(classes: dict[str, list[str]], label: str) -> None:
    arts = classes[label]
    pairs = zip(arts[:12], arts[40:52], strict=True)
    likeness = [SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairs]
    assert median(likeness) < 0.75


# --- the choice of combinations -----------------------------------------------------------------


def test_any_two_pieces_differ_in_three_parameters() -> None:
    digits = tuple("01234")
    grid = Subject("Grid", lambda a, b, c, d: [a + b + c + d], dict.fromkeys("abcd", digits))
    arts = [piece.art for piece in grid.pieces()]
    assert len(arts) > 8
    for one, other in combinations(arts, 2):
        assert sum(x != y for x, y in zip(one, other, strict=True)) >= 3


def test_equal_values_count_as_one() -> None:
    same = dict.fromkeys("abc", "xx")
    assert len(list(Subject("Same", lambda a, b, c: [a + b + c], same).pieces())) == 1


def test_a_count_is_a_prefix() -> None:
    digits = tuple("0123456789")
    grid = Subject("Grid", lambda a, b, c: [a + b + c], dict.fromkeys("abc", digits))
    assert len(list(grid.pieces(6))) == 6
    assert list(grid.pieces(3)) == list(grid.pieces(6))[:3]


# --- the canvas ---------------------------------------------------------------------------------


def test_mirroring_swaps_sides_and_brackets() -> None:
    assert mirror_art(["/(o<", "[b"]) == [">o)\\", "  d]"]


def test_mirroring_twice_changes_nothing(bestiary: list[Piece]) -> None:
    for piece in bestiary[::7]:
        art = piece.art.split("\n")
        assert mirror_art(mirror_art(art)) == pad_rows(art)
    assert orient_art(["<o"], "left") == ["<o"] and orient_art(["<o"], "right") == ["o>"]


def test_widening_repeats_the_columns_under_the_ruler() -> None:
    template = parse_template(r"""
         + +
        /_^_\
        """)
    assert [repeat_columns(template, times) for times in (0, 1, 3)] == [
        ["/^\\"],
        ["/_^_\\"],
        ["/___^___\\"],
    ]


def test_filling_keeps_the_alignment() -> None:
    assert fill_slots(["(E MMM E)"], E="o", MMM="=v=") == ["(o =v= o)"]
    with pytest.raises(ValueError, match="MMM holds 3 characters"):
        fill_slots(["(MMM)"], MMM="w")


def test_covering_lays_tiles_like_bricks() -> None:
    assert tile_slot(["SSSS", "SSSS"], "S", "_|") == ["_|_|", "|_|_"]


def test_a_row_pasted_hides_what_is_behind_it() -> None:
    assert paste(["......", "......"], ["/ \\"], top_row=1, left_column=2) == ["......", "../ \\."]


def test_drawings_are_put_together() -> None:
    assert stack(["^"], ["/_\\"]) == [" ^", "/_\\"]
    assert beside(["a"], ["b", "b"]) == ["  b", "a b"]
    assert hang_beside(["a"], ["b", "b"]) == ["a b", "  b"]
    assert add_ground(["o"], "~-") == [" o", "~-~"]
    assert trim_art(["", "  o ", "   / ", ""]) == "o\n /"
