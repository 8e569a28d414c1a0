"""The page of a gallery: nothing in a piece becomes markup, nothing but its own script may run."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lab.galleries import page, sheet
from lab.galleries.piece_view import build_piece_views

PIECE: dict[str, Any] = {
    "artist": "styleA",
    "individual": "ab" * 32,
    "weights": "raw",
    "seed": 3,
    "sampling": {"temperature": 0.6, "top_k": 20, "top_p": 1.0, "min_p": 0.0},
    "length": 64,
    "framing": "conditional",
    "wish": "Cats",
    "start": "",
    "label": "Cats",
    "closed": True,
    "text": "\n /\\_/\\\n( o.o )",
    "nearest": {"similarity": 0.713, "verdict": "varied", "label": "Owls", "text": "(o,o)"},
    "validity": {
        "valid": False,
        "width": 7,
        "fits": False,
        "strange": "\u202e",
        "signature": "hjw",
    },
}
HOSTILE = (
    "<script>alert(1)</script>",
    "</pre></article><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "--> <!-- ]]> <![CDATA[",
    "\" onmouseover=\"alert(1)\" ' onfocus='alert(1)' autofocus",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "```\n<script>alert(1)</script>\n````\n~~~",
    "\u202egnp.exe\u202c\u2066\u2069\u200b\u200d\ufeff\u2028\u2029\u00ad",
    "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\x00\x7f\r\x08",
    "javascript:alert(1) [x](javascript:alert(1)) <https://example.org>",
    "e\u0301\u0336 \ud800 \U000e0041",
)
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800]"
)


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of its drawings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.drawings: list[str] = []
        self.raw: dict[str, str] = {}
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside = tag if tag in ("pre", "style", "script") else self.inside
        if tag == "pre":
            self.drawings.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside == "pre":
            self.drawings[-1] += data
        elif self.inside:
            self.raw[self.inside] = self.raw.get(self.inside, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def hostile(text: str) -> dict[str, Any]:
    """A piece with that text wherever text can stand."""
    told = {
        key: text
        for key in ("artist", "individual", "weights", "wish", "start", "label", "text", "seed")
    }
    nearest = {"similarity": 0.5, "verdict": text, "label": text, "text": text}
    validity = {"width": text, "fits": False, "strange": text, "signature": text}
    kin = {"parents": [text, text + "2"], "inheritance": [0.5, -0.5, 0] * len(text)}
    kin["inheritance"] = kin["inheritance"][: len(text)]
    sampling = {"temperature": 0.5, "top_k": text, "top_p": text, "min_p": text}
    return {**PIECE, **told, **kin, "nearest": nearest, "validity": validity, "sampling": sampling}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    calm = hostile("calm")
    shown, wanted = (
        page.render_page(one, [piece], one)
        for one, piece in ((text, hostile(text)), ("calm", calm))
    )
    assert not UNSEEN.search(shown)
    found, expected = Elements(shown), Elements(wanted)
    spans = {"span"}  # one a run of colour, so their number depends on the text
    assert [one for one, _ in found.found if one not in spans] == [
        one for one, _ in expected.found if one not in spans
    ]
    names = {name for _, attributes in found.found for name in attributes}
    assert names == {name for _, attributes in expected.found for name in attributes}
    assert found.raw["script"] == expected.raw["script"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_fenced_in_markdown(text: str) -> None:
    shown = sheet.render_markdown(text, [hostile(text)], text)
    assert not UNSEEN.search(shown)
    fence = max(re.findall("^`{3,}(?=text$)", shown, re.M), key=len)
    assert shown.count(f"\n{fence}\n") == 1 and f"\n{fence}text\n" in shown
    title, empty, command, *rest = shown.split("\n")
    assert (title[:2], empty, command[:4]) == ("# ", "", "    ")  # the command is a block of code
    outside = "\n".join([title, *rest])
    outside = re.sub(f"^{fence}text\n.*?^{fence}$", "", outside, flags=re.M | re.S)
    assert not re.search(r"(?<!\\)[<>`\[\]]", outside)


def test_a_drawing_is_shown_as_it_was_drawn() -> None:
    shown = Elements(page.render_page("mine", [PIECE], "c")).drawings
    assert [one.removeprefix("\n") for one in shown] == [PIECE["text"], "(o,o)"]


def test_nothing_may_load_and_only_the_own_script_may_run() -> None:
    found = Elements(page.render_page("mine", [PIECE], "c"))
    (policy,) = [one["content"] for one in found.all("meta") if one.get("http-equiv")]
    hashes = {kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
              for kind, text in found.raw.items()}  # fmt: skip
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; "
        f"script-src 'sha256-{hashes['script']}'; base-uri 'none'; form-action 'none'"
    )
    attributes = {name for _, some in found.found for name in some}
    assert not {"src", "style", "action", "srcset", "data"} & attributes
    assert not [name for name in attributes if name.startswith("on")]
    assert all(str(one["href"]).startswith("#") for one in found.all("a"))
    assert not re.search(r"url\(|@import|https?:", "".join(found.raw.values()))


def test_permalinks_are_stable_and_unique() -> None:
    other = {**PIECE, "sampling": {**PIECE["sampling"], "temperature": 0.8}}
    pieces = [PIECE, {**PIECE, "seed": 4}, {**PIECE, "label": "Owls"}, other,
              {**PIECE, "individual": "cd" * 32}, PIECE]  # fmt: skip
    anchors = [one.anchor for one in build_piece_views(pieces, "mine")]
    assert len(set(anchors)) == 6
    assert anchors[0] == "p-085111ce7db6" and anchors[5] == "p-085111ce7db6-2"
    assert [one.anchor for one in build_piece_views(pieces[::-1], "mine")][1:5] == anchors[4:0:-1]
    shown = Elements(page.render_page("mine", pieces, "c"))
    assert [one["id"] for one in shown.all("article")] == anchors


def test_a_card_tells_all_that_its_line_holds() -> None:
    (one,) = build_piece_views([PIECE], "mine")
    assert (one.label, one.artist, one.seed) == ("Cats", "styleA", "3")
    assert one.settings == "temperature 0.6, top-k 20, raw weights"
    assert (one.similarity, one.verdict, one.nearest_label) == ("0.71", "varied", "Owls")
    assert one.marks == (
        ("finished", True),
        ("7 columns, too wide", False),
        ("strange characters <U+202E>", False),
        ("signed hjw", True),
    )
    assert one.command == "python -m lab.sample gallery=mine redraw=1"


@pytest.mark.parametrize(
    "piece",
    [
        {"text": ""},
        {"text": "x", "label": None, "nearest": None, "validity": None, "sampling": None},
        {"text": "x", "parents": "mother", "inheritance": 3, "validity": [], "sampling": {}},
        {"text": "xy", "parents": ["a", "b"], "inheritance": [0.1]},
        {"text": "xy", "parents": ["a", "b"], "inheritance": ["<", None]},
    ],
)
def test_an_older_or_odd_line_is_shown_all_the_same(piece: dict[str, Any]) -> None:
    assert page.render_page("mine", [piece], "c").count("<article") == 1
    assert build_piece_views([piece], "mine")[0].parents == ()


def test_characters_have_the_colour_of_who_expected_them() -> None:
    kin = {"parents": ["mother", "father"], "inheritance": [-1, 2.0, 0, 0.5, 0.05]}
    (one,) = build_piece_views([{**PIECE, "text": "ab cd", **kin}], "mine")
    assert one.runs == (("p0", "a"), ("p1", "b c"), ("even", "d"))
    assert one.parents == (("p0", "mother", 25), ("p1", "father", 50), ("even", "either", 25))
    shown = page.render_page("mine", [{**PIECE, **kin, "text": "ab cd"}], "c")
    assert '<span class="p0">a</span><span class="p1">b c</span>' in shown
    three = {"parents": ["a", "b", "c"], "inheritance": [0, 0], "closest": [2, -1]}
    assert build_piece_views([{**PIECE, "text": "xy", **three}], "mine")[0].runs == (
        ("p2", "x"),
        ("even", "y"),
    )


def test_the_same_lines_make_the_same_bytes(tmp_path: Path) -> None:
    first, second = (page.write_page(tmp_path / one, "mine", [PIECE] * 3, "c") for one in "ab")
    assert first.name == "mine.html" and first.read_bytes() == second.read_bytes()


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb: W3C, "Web Content Accessibility Guidelines 2.2"."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("ink", ["ink", "soft", "link", "odd", "p0", "p1", "p2", "p3", "even"])
def test_every_colour_is_readable_on_both_grounds(ink: str, mode: int) -> None:
    told = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", page.read_asset("page.css"))
    colours = {name: both[mode] for name, *both in told}
    for ground in ("paper", "sheet"):
        low, high = sorted((luminance(colours[ink]), luminance(colours[ground])))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_long_gallery_is_pages_of_whole_rows(tmp_path: Path) -> None:
    pieces = [{**PIECE, "seed": number // 3} for number in range(1000)]
    page.write_page(tmp_path, "mine", pieces, "c")
    (tmp_path / "mine.page-notes.html").touch()
    (tmp_path / "mine-too.page-2.html").touch()
    texts = [
        (tmp_path / name).read_text()
        for name in ("mine.html", "mine.page-2.html", "mine.page-3.html")
    ]
    assert [text.count("<article") for text in texts] == [498, 498, 4]
    assert 'href="mine.page-2.html"' in texts[0] and 'href="mine.html"' in texts[1]
    assert all(text.startswith("<!doctype html>") for text in texts)
    page.write_page(tmp_path, "mine", pieces[:600], "c")
    names = {path.name for path in tmp_path.glob("*.html")}
    assert names == {
        "mine.html", "mine.page-2.html", "mine.page-notes.html", "mine-too.page-2.html",
    }  # fmt: skip
    page.write_page(tmp_path, "mine", pieces[:3], "c")
    assert not (tmp_path / "mine.page-2.html").exists()


def test_far_pages_are_left_out_of_the_links() -> None:
    assert [number for number, _ in page.page_links("a b", 20, 41)] == [1, *range(15, 26), 41]
    assert page.page_links("a b", 1, 2) == [(1, "a%20b.html"), (2, "a%20b.page-2.html")]
