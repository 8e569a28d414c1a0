"""The page of a gallery in a real browser: it filters, sorts, leads to a piece, and obeys none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lab.galleries import page
from lab.galleries.piece_view import build_piece_views
from tests.galleries.chromium import Chromium, found

PROGRAM = found()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no Chromium on this machine: install one, or name it in LAB_BROWSER"
)
ATTACKS = (
    "<script>document.title = 'owned'</script>",
    "</pre><img src=x onerror=\"document.title = 'owned'\">",
    "</script><script>document.title = 'owned'</script><style>*{display:none}</style>",
    '"><svg onload="document.title = \'owned\'"><iframe src=https://example.org></iframe>',
    "<a href=\"javascript:document.title = 'owned'\">x</a> <meta http-equiv=refresh content=0>",
    "' autofocus onfocus='document.title = 1 --> \u202e\u200b \x1b[31m",
)
ARTISTS = ("mother", "father", "child")


def piece(artist: str, seed: int, label: str, text: str, similarity: float) -> dict[str, Any]:
    """A line of a gallery; the child has an inheritance."""
    verdict = "memorised" if similarity >= 0.9 else "varied" if similarity >= 0.6 else "new"
    kin = {"parents": ["mother", "father"], "inheritance": [0.5, -0.5] * (len(text) // 2)}
    return {
        "artist": artist, "individual": artist * 8, "weights": "raw", "seed": seed,
        "sampling": {"temperature": 0.6, "top_k": 20}, "framing": "conditional", "wish": label,
        "label": label, "closed": True, "text": text,
        "nearest": {"similarity": similarity, "verdict": verdict, "label": "Cats"},
        **(kin if artist == "child" else {}),
    }  # fmt: skip


def drawn(count: int) -> list[dict[str, Any]]:
    """Rows of three: mother, father, child; every third label is Owls, similarity goes round."""
    labels = ("Cats", "Owls", "Dogs")
    return [
        piece(one, seed, labels[seed % 3], f"/\\_/\\ {one} {seed:04d}", (7 * seed % 10) / 10)
        for seed in range(count)
        for one in ARTISTS
    ]


class Counting(SimpleHTTPRequestHandler):
    """Serves a folder and keeps what was asked for."""

    asked: list[str] = []

    def log_message(self, format: str, *arguments: Any) -> None:
        self.asked.append(self.path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    page.write_page(made, "calm", drawn(8), "python -m lab.sample")
    hostile = [piece(f"child{text}", 1, text, text, 0.5) for text in ATTACKS]
    page.write_page(made, "hostile", hostile, ATTACKS[0])
    page.write_page(made, "many", drawn(167)[:500], "python -m lab.sample")
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    handler = partial(Counting, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    assert PROGRAM is not None
    one = Chromium(PROGRAM, tmp_path_factory.mktemp("browser"))
    one.screen(1200, 800)
    yield one
    one.close()


@pytest.fixture
def calm(browser: Chromium, folder: Path) -> Chromium:
    """A page of eight rows of mother, father and child, side by side."""
    browser.open((folder / "calm.html").as_uri())
    return browser


def choose(browser: Chromium, key: str, value: str) -> None:
    browser.ask(
        f"(e => {{ e.value = {value!r}; e.dispatchEvent(new Event('input')) }})"
        f"(document.getElementById({key!r}))"
    )


def shown(browser: Chromium, what: str = "dataset.number") -> list[Any]:
    """What each piece that is to be seen tells of itself, in order."""
    found = browser.ask(
        "[...document.querySelectorAll('main .piece')].filter(e => e.checkVisibility())"
        f".map(e => e.{what})"
    )
    return list(found)


def test_it_filters_by_text_label_artist_and_verdict(calm: Chromium) -> None:
    assert len(shown(calm)) == 24
    calm.ask("document.getElementById('rows').click()")
    for key, value, left in (
        ("words", "CHILD 0003", {"12"}),
        ("label", "Owls", {str(n) for n in (4, 5, 6, 13, 14, 15, 22, 23, 24)}),
        ("artist", "father", {str(n) for n in range(2, 25, 3)}),
        ("verdict", "memorised", {"22", "23", "24"}),
        ("words", "<", set()),
    ):
        choose(calm, key, value)
        assert set(shown(calm)) == left
        assert calm.ask("document.getElementById('count').textContent") == f"{len(left)} of 24"
        choose(calm, key, "")
    assert calm.ask("document.getElementById('none').hidden") and calm.flaws() == []


def test_a_row_stays_whole_where_one_of_it_fits(calm: Chromium) -> None:
    choose(calm, "words", "child 0003")
    assert shown(calm, "dataset.artist") == list(ARTISTS)
    tops = shown(calm, "getBoundingClientRect().top")
    assert len(set(tops)) == 1 and calm.ask("document.querySelectorAll('.row').length") == 1


def test_it_sorts(calm: Chromium) -> None:
    calm.ask("document.getElementById('rows').click()")
    for key, told in (("label", "label"), ("artist", "artist"), ("new", "similarity")):
        choose(calm, "sort", key)
        values = shown(calm, f"dataset.{told}")
        assert values == sorted(values) and len(values) == 24
    choose(calm, "sort", "alike")
    values = shown(calm, "dataset.similarity")
    assert values == sorted(values, reverse=True)


def test_a_permalink_leads_to_its_piece(browser: Chromium, folder: Path) -> None:
    anchor = build_piece_views(drawn(167)[:500], "many")[400].anchor
    browser.open(f"{(folder / 'many.html').as_uri()}#{anchor}")
    assert browser.ask("document.activeElement.id") == anchor
    top, bottom = browser.ask(
        "(b => [b.top, b.bottom])(document.activeElement.getBoundingClientRect())"
    )
    assert -1 <= top < bottom <= 801
    choose(browser, "words", "mother 0000")
    other = build_piece_views(drawn(1), "many")[2].anchor
    browser.ask("document.getElementById('rows').click()")
    browser.ask(f"location.hash = {other!r}")
    browser.wait(f"document.activeElement.id === {other!r}")  # though it was filtered away


def test_the_keyboard_leads_through_it(calm: Chromium) -> None:
    here = "(document.querySelector('.here') || {dataset: {}}).dataset.number"
    for keys, number in ((("j", "j", "j"), "3"), (("k",), "2"), (("ArrowRight",), "3"),
                         (("ArrowDown",), "6"), (("ArrowUp", "ArrowLeft"), "2")):  # fmt: skip
        calm.press(*keys)
        assert calm.ask(here) == number
    calm.press("Enter")
    assert calm.ask("document.getElementById('open').open")
    assert calm.ask("document.querySelector('#open pre').textContent") == "/\\_/\\ father 0000"
    calm.press("j")
    assert "child 0000" in calm.ask("document.querySelector('#open pre').textContent")
    calm.press("Escape")
    calm.wait("!document.getElementById('open').open")
    calm.press("?")
    assert calm.ask("document.getElementById('help').open")
    calm.press("Escape", "/")
    calm.press(*"dogs?")
    assert calm.ask("document.getElementById('words').value") == "dogs?"
    assert calm.flaws() == []


def test_inheritance_can_be_seen_and_put_away(calm: Chromium) -> None:
    colours = "[...document.querySelectorAll('.piece .p0, .piece .p1, .piece b')].map(e => "
    colours += "getComputedStyle(e).color)"
    assert len(set(calm.ask(colours))) == 3
    calm.ask("document.getElementById('colours').click()")
    assert len(set(calm.ask(colours))) < 3


def test_dark_and_light(browser: Chromium, folder: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        browser.screen(1200, 800, scheme)
        browser.open((folder / "calm.html").as_uri())
        for _ in range(2):
            grounds.append(browser.ask("getComputedStyle(document.body).backgroundColor"))
            browser.ask("document.getElementById('theme').click()")
        browser.ask("localStorage.clear()")
    browser.screen(1200, 800)
    assert grounds[0] == grounds[3] != grounds[1] == grounds[2]


@pytest.mark.parametrize("width", [320, 390, 1600])
def test_it_fits_its_screen(browser: Chromium, folder: Path, width: int) -> None:
    browser.screen(width, 800)
    for name in ("calm", "hostile"):
        browser.open((folder / f"{name}.html").as_uri())
        assert browser.ask("document.documentElement.scrollWidth") <= width
    browser.screen(1200, 800)


def test_no_piece_is_obeyed(browser: Chromium, folder: Path) -> None:
    browser.open((folder / "hostile.html").as_uri())
    browser.press("j", "Enter")
    browser.ask("new Promise(done => setTimeout(done, 200))")
    count = "document.querySelectorAll({!r}).length"
    assert browser.ask(count.format("script")) == 1
    assert browser.ask(count.format("img, svg, iframe, a[href^=javascript], [onfocus]")) == 0
    assert "owned" not in browser.ask("document.title.replace(/<.*>/, '')")
    assert browser.ask("document.title").endswith(": 6 pieces")
    assert browser.ask("[...document.querySelectorAll('main pre')][1].textContent") == ATTACKS[1]
    assert browser.flaws() == []


def test_a_script_that_got_in_would_not_run(browser: Chromium, folder: Path) -> None:
    text = (folder / "calm.html").read_text()
    planted = text.replace("<main", "<script>document.title = 'owned'</script><main")
    planted = planted.replace("<h1", "<h1 onclick=\"document.title = 'owned'\"")
    (folder / "planted.html").write_text(planted)
    browser.open((folder / "planted.html").as_uri())
    browser.ask("document.querySelector('h1').click()")
    assert browser.ask("document.title") == "calm: 24 pieces"
    assert any("Content Security Policy" in str(one) for one in browser.flaws())


def test_nothing_is_asked_for_but_the_page(browser: Chromium, server: str) -> None:
    Counting.asked.clear()
    browser.open(f"{server}/hostile.html")
    browser.press("j", "Enter", "Escape")
    browser.ask("new Promise(done => setTimeout(done, 300))")
    assert browser.requests() == [f"{server}/hostile.html"]
    assert Counting.asked == ["/hostile.html"] and browser.flaws() == []


def test_five_hundred_pieces_come_at_once(browser: Chromium, folder: Path) -> None:
    browser.open((folder / "many.html").as_uri())
    took = browser.ask("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert len(shown(browser)) == 500
    assert 0 < took < 10_000  # milliseconds; half a second on a busy laptop


def test_twenty_thousand_pieces_are_pages_that_lead_to_each_other(
    browser: Chromium, tmp_path: Path
) -> None:
    first = page.write_page(tmp_path, "large", drawn(6667), "python -m lab.sample")
    sizes = [path.stat().st_size for path in tmp_path.glob("large*.html")]
    assert len(sizes) == 41 and max(sizes) < 1_000_000  # bytes; one page of all took 22 MB
    browser.open(first.as_uri())
    assert browser.ask("document.title") == "large: 20001 pieces, page 1 of 41"
    assert len(shown(browser)) == 498
    browser.events.clear()
    links = "[...document.querySelectorAll('.pages a')]"
    browser.ask(f"{links}.find(e => e.textContent === '2').click()")
    browser.wait("document.title.endsWith('page 2 of 41') && document.readyState === 'complete'")
    assert shown(browser)[0] == "499" and shown(browser)[-1] == "996"
    assert browser.ask(f"{links}.length") == 14
    assert browser.flaws() == []
