"""The hand-drawn corpus is read as it is published, JSON or parquet, without what is sexual."""

import json
import sys
from pathlib import Path

import pytest

from lab.corpora.apehex import CATEGORIES, apehex, choose_label, rejection_reason


def record(labels: str, content: str, caption: str = "") -> dict[str, str]:
    return {
        "caption": caption,
        "content": content,
        "labels": labels,
        "charsets": "ASCII C0",
        "chartypes": "Symbols",
    }


RECORDS = [
    record("Animals,Cats", "  =^.^=\r\n  (_)\r"),
    record("Animals,Cats", "=^o^="),
    record("Plants,Flowers", "@-,-'-", "by jgs"),
    record("Vehicles,Cars", "o--o"),
    record("Weapons,Swords", "o==>---"),
    record("Toys,Other", "[#]"),
    record("People,Other", "\\o/"),
    record("People,Sexual,Women", "(.)(.)"),
    record("Miscellaneous,Other", "(Y)", "Nude beach"),
    record("Animals,Cats", "µ"),
]


def as_json(data: Path) -> None:
    folder = data / "apehex" / "asciiart"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(RECORDS[:4]))
    (folder / "b.json").write_text(json.dumps(RECORDS[4:]))


def as_parquet(data: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    folder = data / "apehex" / "asciiart" / "train"
    folder.mkdir(parents=True)
    pytest.importorskip("pyarrow.parquet").write_table(
        arrow.Table.from_pylist(RECORDS), folder / "0000.parquet"
    )


@pytest.mark.parametrize("publish", [as_json, as_parquet])
def test_both_forms_give_the_same_corpus(tmp_path: Path, publish) -> None:
    publish(tmp_path)
    corpus = apehex(tmp_path)
    assert corpus.labels == ("Cars", "Cats", "Flowers", "People", "Swords", "Toys")
    assert corpus.provenance["left_out"] == {"sexual": 2}
    assert corpus.provenance["dropped"] == {"not ASCII": 1}
    arts = {piece.art: piece for piece in corpus.train + corpus.select + corpus.report}
    assert set(arts) == {"=^.^=\n(_)", "=^o^=", "@-,-'-", "o--o", "o==>---", "[#]", "\\o/"}
    assert arts["@-,-'-"].caption == "by jgs"
    assert arts["@-,-'-"].source == "Plants,Flowers"


def test_the_fingerprint_does_not_depend_on_the_form(tmp_path: Path) -> None:
    as_json(tmp_path / "one")
    as_parquet(tmp_path / "two")
    assert apehex(tmp_path / "one").fingerprint == apehex(tmp_path / "two").fingerprint


def test_halves_are_creatures_and_objects(tmp_path: Path) -> None:
    as_json(tmp_path)
    assert apehex(tmp_path, half="A").labels == ("Cats", "Flowers")
    assert apehex(tmp_path, half="B").labels == ("Cars", "Swords", "Toys")
    assert not CATEGORIES["A"] & CATEGORIES["B"]


def test_sexual_content_comes_only_when_wished_for(tmp_path: Path) -> None:
    as_json(tmp_path)
    assert "Sexual women" in apehex(tmp_path, include_sexual=True).labels


@pytest.mark.parametrize(
    ("labels", "caption", "reason"),
    [
        ("People,Sexual,Other", "", "sexual"),
        ("People,Sexual", "", "sexual"),
        ("Logos,Playboy", "", "sexual"),
        ("Animals,Cats", "A naked cat", "sexual"),
        ("Animals,Cats", "A cat in Essex, by Mr Nudelman", ""),
        ("People,Women", "", ""),
    ],
)
def test_labels_and_captions_decide(labels: str, caption: str, reason: str) -> None:
    assert rejection_reason(record(labels, "x", caption), "all", include_sexual=False) == reason


@pytest.mark.parametrize(
    ("labels", "heard"),
    [
        ("Animals,Aardvarks", "Aardvarks"),
        ("Animals,Insects,Ants", "Ants"),
        ("Animals,Insects,Other", "Insects"),
        ("People,Other", "People"),
        ("Animals,Other land", "Land animals"),
        ("Cartoons,Mushroom", "Mushroom people"),
        ("Plants,Mushroom", "Mushroom"),
        ("People,Sexual,Men", "Sexual men"),
        ("Other", "Other"),
    ],
)
def test_the_spoken_label(labels: str, heard: str) -> None:
    assert choose_label(labels) == heard


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[{", r"bad\.json cannot be read: "),
        ('{"a": 1}', r"bad\.json is not as documented: it holds no list of records"),
        ("5", r"bad\.json is not as documented: it holds no list of records"),
        ('[{"content": "x"}]', r"bad\.json, record 1: a record without content and labels"),
        ('[{"content": 5, "labels": "A"}]', r"bad\.json, record 1: content must be text"),
        ('[{"content": "x", "labels": null}]', r"bad\.json, record 1: labels must be text"),
        ("[" * 100000 + "]" * 100000, r"bad\.json cannot be read: it is nested too deeply"),
        ("[" + "9" * 5000 + "]", r"bad\.json cannot be read: Exceeds the limit"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    as_json(tmp_path)
    (tmp_path / "apehex/asciiart/bad.json").write_text(text)
    with pytest.raises(ValueError, match=complaint):
        apehex(tmp_path)


def test_a_damaged_parquet_is_named(tmp_path: Path) -> None:
    as_parquet(tmp_path)
    (tmp_path / "apehex/asciiart/train/0000.parquet").write_bytes(b"PAR1junk")
    with pytest.raises(ValueError, match=r"0000.parquet cannot be read"):
        apehex(tmp_path)


def test_missing_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(FileNotFoundError, match=r"^apehex is not in .* corpus=bestiary .*$"):
        apehex(tmp_path)


def test_an_unknown_half_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half is one of"):
        apehex(tmp_path, half="left")
