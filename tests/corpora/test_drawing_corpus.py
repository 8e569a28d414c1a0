"""A corpus of drawings: the user's files come in as documented, and the bestiary is whole."""

import json
from pathlib import Path

import pytest

from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import DrawingCorpus, bestiary, build_drawing_corpus, drawings
from lab.corpora.filtering import Limits
from lab.corpora.framing import conditional
from lab.corpora.vocabulary import EOA, SEP, SOL

CATS = ["=^.^=", "=^o^=\n ( )", "=^-^= z"]


def everything(corpus: DrawingCorpus) -> list[tuple[str, str]]:
    pieces = corpus.train + corpus.select + corpus.report
    return sorted((piece.label, piece.art) for piece in pieces)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", ["\n%%\n", "\n%% \n", "\n%\n", "\n\f\n"])
def test_a_text_file_holds_pieces_with_separators(tmp_path: Path, separator: str) -> None:
    corpus = drawings(write(tmp_path / "cats.txt", separator.join(CATS)))
    assert everything(corpus) == sorted(("cats", art) for art in CATS)
    assert (corpus.kind, corpus.name, corpus.labels) == ("drawings", "cats", ("cats",))


def test_a_percent_sign_in_the_art_separates_nothing(tmp_path: Path) -> None:
    art = ["%%%", " %%\n%%x", "a"]
    corpus = drawings(write(tmp_path / "signs.txt", "\n%%\n".join(art)))
    assert len(everything(corpus)) == 3


def test_a_folder_labels_by_folder_or_by_name_without_number(tmp_path: Path) -> None:
    root = tmp_path / "zoo"
    for name in ("cat-07.txt", "big_dog2.txt", "birds/01.txt", "birds/owl.txt", "12.txt"):
        write(root / name, f"<{name}>")
    corpus = drawings(root)
    assert corpus.name == "zoo"
    assert corpus.labels == ("big dog", "birds", "cat", "zoo")


def test_json_lines_give_art_and_label(tmp_path: Path) -> None:
    keys = [("label", "art"), ("label", "text"), ("caption", "content")]
    lines = [json.dumps({label: f"Cat {i}", art: CATS[i]}) for i, (label, art) in enumerate(keys)]
    corpus = drawings(write(tmp_path / "cats.jsonl", "\n".join([*lines, "", '{"art": "(o)"}'])))
    expected = [("Cat 0", CATS[0]), ("Cat 1", CATS[1]), ("Cat 2", CATS[2]), ("cats", "(o)")]
    assert everything(corpus) == sorted(expected)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"art": "x"', "no JSON"),
        ('["x"]', "expected an object with label and art"),
        ('{"label": "x"}', "art and label must be text"),
        ('{"art": 5, "label": "x"}', "art and label must be text"),
        ('{"art": "x", "label": null}', "art and label must be text"),
        ('{"art": "x", "label": ["a", "b"]}', "art and label must be text"),
        ("[" * 100000 + "]" * 100000, "it is nested too deeply"),
        ('{"art": "x", "label": ' + "9" * 5000 + "}", "a number in it has too many digits"),
        (r'{"art": "x\u0004y", "label": "Cat"}', r"the art 'x\\x04y' holds the framing character"),
        (r'{"art": "x", "label": "Cat\u0003"}', r"the label .* holds the framing character"),
    ],
)
def test_a_bad_json_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    good = json.dumps({"label": "Cat", "art": "=^.^="})
    with pytest.raises(ValueError, match=rf"cats.jsonl, line 2: {complaint}"):
        drawings(write(tmp_path / "cats.jsonl", f"{good}\n{line}\n"))


def test_files_of_other_encodings_and_kinds_are_read_or_left_out(tmp_path: Path) -> None:
    root = tmp_path / "zoo"
    arts = {
        "cat.txt": b"=^.^=\x1b[31m!\x1b[0m", "box.nfo": "╔══╗".encode("cp437"),
        "owl.asc": "¯\\_(\u00b7)_/".encode("latin-1"), "dog.ans": "U・ᴥ・U".encode("utf-16"),
        "cow.cow": b"$the_cow = <<EOC;\n  ^__^\nEOC\n", "no.md": b"# no drawing",
        "Cafe\u0301/1.diz": b"c|_|", "fly.flf": b"flf2a$ 1 1 9 -1 0\n$@@\n|@@\n",
    }  # fmt: skip
    for name, raw in arts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(raw)
    expected = [("Café", "c|_|"), ("cow", "^__^"), ("cat", "=^.^=!"), ("!", "|")]
    more = [("box", "╔══╗"), ("dog", "U・ᴥ・U"), ("owl", "¯\\_(·)_/")]
    assert everything(drawings(root)) == sorted(expected)
    assert list(drawings(root).provenance["skipped"]) == ["box.nfo", "dog.ans", "owl.asc"]
    assert everything(drawings(root, encoding="auto")) == sorted(expected + more)
    assert "skipped" not in drawings(root, encoding="auto").provenance


def test_the_first_that_is_dropped_is_named_with_its_character(tmp_path: Path) -> None:
    for name, art in (("a.txt", "x\x1b[2J"), *((f"{n}.txt", f"<{n}>") for n in range(4))):
        write(tmp_path / "zoo" / name, art)
    provenance = drawings(tmp_path / "zoo").provenance
    assert provenance["dropped"] == {"unprintable": 1}
    assert provenance["first_dropped"] == {"unprintable": "a.txt, U+001B"}


def test_the_drops_are_told_where_too_few_are_left(tmp_path: Path) -> None:
    path = write(tmp_path / "cats.txt", "\n%%\n".join(["x" * 81, "x", "x", "y"]))
    with pytest.raises(ValueError, match=r"cats: .* not 2 \(dropped: 1 duplicate, 1 too wide\)"):
        drawings(path)


def test_a_corpus_knows_its_characters_and_its_history() -> None:
    pieces = [Drawing("Cat", art) for art in [*CATS, CATS[0], "é"]]
    corpus = build_drawing_corpus("cats", pieces, Limits(), {"licence": "mine"})
    signs = sorted(set("Cat" + "".join(CATS)))
    assert corpus.vocabulary.characters == (SOL, SEP, EOA, *signs)
    assert corpus.provenance["licence"] == "mine"
    assert corpus.provenance["kept"] == 3
    assert corpus.provenance["dropped"] == {"duplicate": 1, "not ASCII": 1}
    for piece in corpus.train + corpus.select + corpus.report:
        framed = conditional(piece)
        assert corpus.vocabulary.decode(corpus.vocabulary.encode(framed)) == framed


def test_the_fingerprint_is_of_the_exact_characters() -> None:
    def print_of(*pieces: Drawing) -> str:
        return build_drawing_corpus("cats", pieces, Limits(), {}).fingerprint

    cats = [Drawing("Cat", art) for art in CATS]
    messy = [Drawing("Cat ", art.replace("\n", " \r\n") + "\t\r\n", "seen") for art in CATS]
    assert print_of(*cats) == print_of(*messy)
    assert print_of(*cats) != print_of(*cats[:2], Drawing("Puss", CATS[2]))


def test_the_order_of_the_files_does_not_matter() -> None:
    cats = [Drawing("Cat", f"=^{i}^=") for i in range(100)]
    there, back = (build_drawing_corpus("cats", cats[::step], Limits(), {}) for step in (1, -1))
    assert len(there.train) > 80
    assert there == back


def test_an_unknown_half_is_refused() -> None:
    with pytest.raises(ValueError, match="half is one of all, A, B, not 'C'"):
        bestiary("C")


def test_the_bestiary_halves_share_no_label_and_make_the_whole() -> None:
    whole, left, right = bestiary(), bestiary("A"), bestiary("B")
    assert not set(left.labels) & set(right.labels)
    assert everything(whole) == sorted(everything(left) + everything(right))
    assert min(len(whole.select), len(whole.report)) >= 50
    assert whole.fingerprint == bestiary().fingerprint
