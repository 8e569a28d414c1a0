"""A sample of mrzjy's conversations is theirs without the talk, and grows without changing."""

import json
import sys
from pathlib import Path

import pytest

from lab.corpora.drawing_corpus import DrawingCorpus
from lab.corpora.mrzjy import mrzjy, parse_mrzjy_record, shorten_caption


def record(caption: str, answer: str) -> dict:
    asked = {"role": "user", "content": f"Draw {caption} in ASCII art with 20 lines"}
    return {"id": "1", "conversations": [asked, {"role": "assistant", "content": answer}]}


RECORDS = [record(f"a cat {i}", f"```\n  .+#\n{'@' * (i + 1)}\n```") for i in range(30)]


def as_jsonl(folder: Path) -> None:
    lines = "\n".join(map(json.dumps, RECORDS))
    (folder / "a.jsonl").write_text(lines)


def as_arrow(folder: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pylist(RECORDS)
    (folder / "train").mkdir()
    with (
        (folder / "train/data-00000-of-00001.arrow").open("wb") as file,
        arrow.ipc.new_stream(file, table.schema) as stream,
    ):
        stream.write_table(table, max_chunksize=7)


def as_parquet(folder: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(
        arrow.Table.from_pylist(RECORDS), folder / "a.parquet"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mrzjy").mkdir()
    return tmp_path / "mrzjy"


def arts(corpus: DrawingCorpus) -> set[str]:
    return {piece.art for piece in corpus.train + corpus.select + corpus.report}


@pytest.mark.parametrize("publish", [as_jsonl, as_arrow, as_parquet])
def test_every_form_gives_the_same_corpus(folder: Path, publish) -> None:
    publish(folder)
    corpus = mrzjy(folder.parent, sample=30)
    assert arts(corpus) == {"  .+#\n" + "@" * (i + 1) for i in range(30)}
    assert set(corpus.labels) == {f"a cat {i}" for i in range(30)}
    assert corpus.provenance["pieces"] == 30


def test_a_larger_sample_holds_a_smaller_one(folder: Path) -> None:
    as_jsonl(folder)
    small, large = mrzjy(folder.parent, sample=8), mrzjy(folder.parent, sample=16)
    assert len(arts(small)) == 8
    assert len(arts(large)) == 16
    assert arts(small) < arts(large)
    assert arts(mrzjy(folder.parent, sample=8, seed=1)) != arts(small)


@pytest.mark.parametrize(
    "answer",
    [
        "```\n .+#\n@\n```",
        "Here:\n```text\n .+#\n@\n```\nEnjoy",
        "```\\n .+#\\n@\\n```",
        "``` .+#\n@```",
    ],
)
def test_the_art_is_what_the_fence_holds(answer: str) -> None:
    piece = parse_mrzjy_record(record("a  cat", answer))
    assert piece is not None
    assert (piece.label, piece.art.strip("\n")) == ("a cat", " .+#\n@")


@pytest.mark.parametrize(
    "odd",
    [
        None,
        {},
        {"conversations": None},
        {"conversations": ["hello"]},
        {"conversations": 7},
        {"conversations": [{"role": [], "content": {}}]},
        {"conversations": [{"role": "user", "content": None}]},
        {"prompt": "a cat", "art": "=^.^="},
        record("a cat", "no fence"),
        {"conversations": [{"role": "user", "content": "Hi"}, RECORDS[0]["conversations"][1]]},
    ],
)
def test_an_odd_record_is_no_drawing(odd: object) -> None:
    assert parse_mrzjy_record(odd) is None


def test_an_unknown_layout_is_one_line(folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"prompt": "a cat", "art": "=^.^="}\n')
    with pytest.raises(ValueError, match=r"^.*a\.jsonl is not as documented: .*$"):
        mrzjy(folder.parent)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("[" * 100000 + "]" * 100000, "line 2: it is nested too deeply"),
        ("9" * 5000, "line 2: Exceeds the limit"),
        ("{", "line 2: Expecting"),
    ],
)
def test_a_damaged_line_is_named(folder: Path, line: str, complaint: str) -> None:
    (folder / "a.jsonl").write_text("{}\n" + line + "\n")
    with pytest.raises(ValueError, match=rf"a\.jsonl cannot be read: {complaint}"):
        mrzjy(folder.parent)


def test_records_that_are_not_as_documented_are_counted(folder: Path) -> None:
    lines = [json.dumps(entry) for entry in RECORDS]
    (folder / "a.jsonl").write_text("\n".join([*lines, "{}", "[7]"]))
    assert mrzjy(folder.parent).provenance["left_out"] == {"not as documented": 2}


def test_a_damaged_file_is_named(folder: Path) -> None:
    pytest.importorskip("pyarrow")
    (folder / "a.arrow").write_bytes(b"junk")
    with pytest.raises(ValueError, match=r"a\.arrow cannot be read"):
        mrzjy(folder.parent)


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        ("a cat", "a cat"),
        (" a \n cat", "a cat"),
        ("a" * 48, "a" * 48),
        ("a" * 60, "a" * 48),
        ("b" * 44 + " cats and dogs", "b" * 44),
        ("b" * 43 + " cats and dogs", "b" * 43 + " cats"),
    ],
)
def test_captions_are_shortened_by_words(caption: str, label: str) -> None:
    assert shorten_caption(caption) == label


def test_a_sample_of_nothing_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="sample must be at least 3, not 2"):
        mrzjy(folder.parent, sample=2)


def test_missing_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(FileNotFoundError, match=r"^mrzjy is not in .* corpus=bestiary .*$"):
        mrzjy(tmp_path)
