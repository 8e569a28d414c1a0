"""What is not learned is said: how much, why, and which setting would take it."""

from pathlib import Path

import pytest

from lab.corpora.dataset import Dataset, build_dataset
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import build_drawing_corpus, drawings
from lab.corpora.filtering import Limits
from lab.corpora.framing import conditional
from lab.corpora.omissions import describe_omissions
from lab.corpora.text_corpus import text


def dataset_of(*arts: str, context: int = 20, **limits: int) -> Dataset:
    pieces = [Drawing("cat", art, source=f"{at}.txt") for at, art in enumerate(arts)]
    corpus = build_drawing_corpus("cats", pieces, Limits(**limits), {"licence": "mine"})
    return build_dataset(corpus, conditional, context, None)


def test_nothing_is_said_where_nothing_is_left_out() -> None:
    assert describe_omissions(dataset_of("<a>", "<b>", "<c>", "<d>"), 20) == []


def test_each_reason_has_its_number_and_its_key() -> None:
    arts = ["<a>", "<b>", "<c>", "<" + "-" * 20 + ">", "x" * 40, "y" * 41, "\x1b[2J", "é", "<a>"]
    (line,) = describe_omissions(dataset_of(*arts, "", max_width=30), 20)
    assert line == (
        "3 of 10 drawings are used; not used: 1 longer than the context of 20 "
        "(training.context=27 takes them all), 2 too wide (corpus.max_width=30), "
        "1 blank (the first: 9.txt), 1 duplicate (the first: 8.txt), "
        "1 not ASCII (corpus.ascii_only=true), 1 unprintable (the first: 6.txt, U+001B)"
    )


def test_the_context_that_is_named_takes_them_all() -> None:
    arts = ["<a>", "<b>", "<c>", "<" + "-" * 20 + ">"]
    assert "training.context=27" in describe_omissions(dataset_of(*arts), 20)[0]
    assert dataset_of(*arts, context=27).left_out == 0
    assert dataset_of(*arts, context=26).left_out == 1


def test_an_empty_split_is_a_warning() -> None:
    arts = [f"<{'-=' * n}>{'=' * n}" for n in range(3, 12)]
    dataset = dataset_of(*arts, context=16)
    empty = [name for name in ("select", "report") if not getattr(dataset, name)]
    assert empty and len(dataset.train)
    line = describe_omissions(dataset, 16)[-1]
    assert line.startswith(f"no drawing of {' or '.join(empty)} fits the context")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for at in range(5):
        (tmp_path / f"bad{at}.txt").write_bytes(b"caf\xe9")
        (tmp_path / f"good{at}.txt").write_text(f"<{at}>")
    dataset = build_dataset(drawings(tmp_path), conditional, 20, None)
    assert describe_omissions(dataset, 20) == [
        f"5 files of {tmp_path.name} are left out: "
        "bad0.txt is not UTF-8: byte 0xe9 at offset 3; "
        "bad1.txt is not UTF-8: byte 0xe9 at offset 3; "
        "bad2.txt is not UTF-8: byte 0xe9 at offset 3; 2 more "
        "(corpus.encoding=latin-1, cp437 or utf-16, or auto to guess)"
    ]
    (tmp_path / "good0.txt").write_text("words and " * 200)
    corpus = text(tmp_path, context=8)
    assert len(describe_omissions(build_dataset(corpus, None, 8, None), 8)) == 1


@pytest.mark.parametrize("half", ["A", "B"])
def test_a_half_that_was_chosen_is_no_omission(half: str) -> None:
    dataset = dataset_of("<a>", "<b>", "<c>")
    record = {"kept": 3, "left_out": {"another category": 9}, "half": half}
    provenance = {**dataset.provenance, "provenance": record}
    chosen = Dataset(**{**vars(dataset), "provenance": provenance})
    assert describe_omissions(chosen, 20) == []
    record["left_out"] = {"another category": 9, "sexual": 2}
    assert describe_omissions(chosen, 20) == [
        "3 of 5 drawings are used; not used: 2 sexual (corpus.include_sexual=false)"
    ]
