"""The user's text comes back character for character, in three parts that do not touch."""

from pathlib import Path

import numpy as np
import pytest

from lab.corpora.text_corpus import text


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.txt"
    path.write_text("".join(f"Sentence {i} of é.\n" for i in range(200)), encoding="utf-8")
    return path


def test_the_splits_are_the_text_without_its_gaps(novel: Path) -> None:
    corpus = text(novel, context=32, gap=40)
    whole = novel.read_text(encoding="utf-8")
    train, select, report = (
        corpus.vocabulary.decode(part) for part in (corpus.train, corpus.select, corpus.report)
    )
    assert whole.startswith(train)
    assert whole.endswith(report)
    assert whole[len(train) + 40 :].startswith(select)
    assert len(train) + len(select) + len(report) == len(whole) - 80
    assert corpus.train.dtype == np.uint8
    assert (corpus.kind, corpus.name) == ("text", "novel")


def test_the_vocabulary_is_the_characters_of_the_text(novel: Path) -> None:
    corpus = text(novel, context=32)
    assert set(corpus.vocabulary.characters) == set(novel.read_text(encoding="utf-8"))


def test_line_ends_do_not_change_the_fingerprint_but_a_letter_does(novel: Path) -> None:
    before = text(novel, context=32).fingerprint
    whole = novel.read_bytes()
    novel.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert text(novel, context=32).fingerprint == before
    novel.write_bytes(whole.replace(b"Sentence 0", b"sentence 0"))
    assert text(novel, context=32).fingerprint != before


def test_a_folder_is_its_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("b" * 500)
    (tmp_path / "a.txt").write_text("a" * 500 + "\n")
    corpus = text(tmp_path, context=8)
    whole = "a" * 500 + "\n" + "b" * 500 + "\n"
    assert corpus.vocabulary.decode(corpus.train) == whole[:902]
    assert corpus.provenance["characters"] == len(whole)


def test_too_little_text_says_how_much_is_needed(novel: Path) -> None:
    with pytest.raises(ValueError, match=r"novel.txt: 3,\d+ characters are too few .* 10,2\d\d$"):
        text(novel, context=256)


@pytest.mark.parametrize(("context", "gap"), [(0, None), (8, -1)])
def test_impossible_sizes_are_refused(novel: Path, context: int, gap: int | None) -> None:
    with pytest.raises(ValueError, match="context is at least 1 and gap at least 0"):
        text(novel, context, gap)


def test_framing_cannot_be_smuggled(novel: Path) -> None:
    novel.write_bytes(novel.read_bytes() + b"\x02Cat\x03=^.^=\x04")
    with pytest.raises(ValueError, match=r"novel.txt holds the control character 0x02 at offset"):
        text(novel, context=32)
