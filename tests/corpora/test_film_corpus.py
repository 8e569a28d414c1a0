"""Films as corpora: what is read, how it is framed, and what is refused in one line."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest

from lab.corpora.dataset import build_dataset
from lab.corpora.embedded_film import COUNT, HEIGHT, WIDTH, draw_silhouettes
from lab.corpora.film import (
    frame_number,
    number_from_character,
    parse_film,
    resize_frames,
    row_number,
)
from lab.corpora.film_corpus import frames
from lab.corpora.framing import frame, row
from lab.corpora.vocabulary import EOA, SOL

SMALL = ("..@\n.@.", "@..\n.@.", "...\n@@@")


def written(folder: Path, text: str | bytes, name: str = "film.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_embedded_film_is_the_same_each_time_and_moves() -> None:
    film = draw_silhouettes()
    assert film == draw_silhouettes()
    assert (len(film.frames), film.height, film.width) == (COUNT, HEIGHT, WIDTH)
    assert len(set(film.frames)) == COUNT and set("".join(film.frames)) == set(".@\n")
    moved = [
        sum(a != b for a, b in zip(*two, strict=True))
        for two in zip(film.frames, film.frames[1:], strict=False)
    ]
    assert max(moved) < 0.5 * HEIGHT * WIDTH  # from frame to frame most stays as it was


@pytest.mark.parametrize("between", ["\nnekomark\n", "\nnekomark", "\r\nnekomark\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\nnekomark\n"])
def test_the_mark_stands_alone_or_before_a_line(between: str, end: str) -> None:
    assert parse_film(between.join(SMALL) + end) == SMALL


def test_separator_and_encoding_reach_the_film(tmp_path: Path) -> None:
    path = written(tmp_path, "\nSPLIT\n".join(SMALL).encode("utf-16"))
    corpus = frames(path=path, separator="SPLIT", encoding="utf-16")
    assert corpus.film.frames == SMALL
    assert corpus.fingerprint == frames(path=written(tmp_path, "nekomark".join(SMALL))).fingerprint
    for key, value in (("separator", ""), ("separator", 5), ("encoding", "ebcdic")):
        with pytest.raises(ValueError, match=rf"corpus.{key} is"):
            frames(path=path, **{key: value})  # type: ignore[arg-type]


def test_a_packed_file_a_plain_one_and_a_folder_are_one_film(tmp_path: Path) -> None:
    text = "\nnekomark".join(SMALL) + "\n"
    plain = frames(path=written(tmp_path, text))
    packed = frames(path=written(tmp_path, lzma.compress(text.encode()), "film.txt.xz"))
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, one in enumerate(SMALL):
        written(folder, one + "\n", f"{number:04}.txt")
    assert plain.film.frames == SMALL
    assert plain.fingerprint == packed.fingerprint == frames(path=folder).fingerprint
    written(tmp_path, text, "badapple.txt")
    assert frames(data=tmp_path).name == "badapple"


def test_frames_are_thinned_and_resized() -> None:
    assert (
        frames(path="embedded", every=10, most=3).film.frames == draw_silhouettes().frames[:30:10]
    )
    assert resize_frames(SMALL, 2, 3) == SMALL
    assert resize_frames(("ab\ncd",), 4, 4) == ("aabb\naabb\nccdd\nccdd",)
    assert resize_frames(("aabb\naabb\nccdd\nccdd",), 2, 2) == ("ab\ncd",)


def test_a_framed_film_is_one_text_a_frame_or_one_a_line(tmp_path: Path) -> None:
    film = frames(path=written(tmp_path, "\nnekomark\n".join(SMALL)))
    assert frame(film.train[1]) == SOL + frame_number(1) + SMALL[1] + EOA
    assert row(film.train[1])[1] == SOL + frame_number(1) + row_number(1) + ".@." + EOA
    assert [number_from_character(frame_number(7)), number_from_character(row_number(7))] == [7, 7]
    whole, lines = (build_dataset(film, one, 16, None) for one in (frame, row))
    assert (len(whole.train), len(lines.train)) == (3, 6)
    assert len(whole.vocabulary) == 3 + 3 + 3  # the frame's marks, numbers, and . @ newline
    assert len(lines.vocabulary) == 3 + 3 + 2 + 2  # rows' numbers, and no newline
    assert whole.vocabulary.decode(whole.train[2]) == frame(film.train[2])
    assert whole.report is whole.train and whole.film == list(SMALL)
    assert all(np.array_equal(a, b) for a, b in zip(lines.select, lines.train[:2], strict=True))


def test_a_context_too_short_says_how_long_it_must_be(tmp_path: Path) -> None:
    film = frames(path=written(tmp_path, "\nnekomark\n".join(SMALL)))
    with pytest.raises(ValueError, match="training.context=9"):
        build_dataset(film, frame, 8, None)
    assert len(build_dataset(film, frame, 9, None).train) == 3


HOSTILE = {
    "U\\+001B": "..\n.\x1b",
    "U\\+0007": "..\n.\x07",
    "U\\+4E00": "..\n.\u4e00",
    "U\\+F0000": "..\n.\U000f0000",
    "U\\+0002": "..\n.\x02",
    "frame 1, line 1 has 3 characters, not 2": "..\n..\nnekomark\n..\n...",
    "frame 1 has 1 lines, not 2": "..\n..\nnekomark\n..",
    "holds no frame": "",
    "not UTF-8": b"..\n.\xff",
    "too large": "." * 70000,
}


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        frames(path=written(tmp_path, HOSTILE[said]))
    assert "\n" not in str(caught.value)


def test_a_packed_file_that_is_damaged_or_cut_is_refused(tmp_path: Path) -> None:
    sound = lzma.compress(b"..\n..\n" * 100)
    for raw in (b"no xz at all", sound[:-20], sound + b"more"):
        with pytest.raises(ValueError, match="xz|ends too early"):
            frames(path=written(tmp_path, raw, "film.txt.xz"))


def test_a_film_packed_to_burst_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.corpora.film.MAX_FILM_BYTES", 10**6)
    with pytest.raises(ValueError, match="unpacks to more than 1,000,000"):
        frames(path=written(tmp_path, lzma.compress(b"." * 10**7), "film.txt.xz"))


@pytest.mark.parametrize(
    "told",
    [
        {"every": 0},
        {"most": 0},
        {"rate": -1.0},
        {"height": 0},
        {"height": 1001},
        {"width": 65000},
        {"width": 10**9},
    ],
)
def test_numbers_out_of_range_are_refused(told: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="corpus"):
        frames(path="embedded", **told)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match="corpus.path"):
        frames(path="/no/such/film.txt")


def test_frames_are_not_resized_beyond_the_limits() -> None:
    with pytest.raises(ValueError, match="resized by corpus.height and corpus.width has 20 lines"):
        frames(path="embedded", width=60_000)
    with pytest.raises(ValueError, match=r"make 1,280,000,000 characters; the most is"):
        resize_frames(["."] * 20_000, 640, 100)


def test_a_video_is_read_at_its_rate(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        for number in range(20):  # a white half that changes sides after a second
            picture = np.zeros((32, 64, 3), np.uint8)
            picture[:, slice(0, 32) if number < 10 else slice(32, 64)] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    film = frames(path=path, height=2, width=8, rate=2.0).film
    left, right = "@@@@....\n@@@@....", "....@@@@\n....@@@@"
    assert film.frames == (left, left, right, right) and film.rate == 2.0
    with pytest.raises(ValueError, match="no video"):
        frames(path=written(tmp_path, b"nonsense", "broken.mp4"))
