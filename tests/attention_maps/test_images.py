"""Pictures in and out: squares, letters, sheets, films."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.attention_maps import frame_source, images, resolve_inputs, shadow_film
from lab.corpora import video_writer

pytest.importorskip("PIL")


def saved(path: Path, array: np.ndarray) -> Path:
    path.write_bytes(images.encode_png(array.astype(np.uint8)))
    return path


def test_a_wide_picture_is_padded_with_its_border_or_stretched(tmp_path: Path) -> None:
    array = np.full((20, 40), 200)
    array[5:15, 10:30] = 0
    path = saved(tmp_path / "wide.png", array)
    padded = images.read_image(path, 40)
    assert padded.shape == (1, 40, 40)
    assert torch.allclose(padded[0, :8], torch.tensor(200 / 255)) and padded[0, 20, 20] == 0
    assert images.read_image(path, 40, fit="stretch")[0, 12, 20] < 0.1
    assert images.read_image(path, 16, colour=True).shape == (3, 16, 16)
    inside = images.read_image(path, 40, fit="inside")[0]
    assert torch.equal(inside[20:, :20], images.read_image(path, 20)[0])
    assert bool((inside[:20] == 200 / 255).all()) and bool((inside[:, 20:] == 200 / 255).all())


def test_colours_stay(tmp_path: Path) -> None:
    array = np.zeros((8, 8, 3))
    array[..., 1] = 255
    channels = images.read_image(saved(tmp_path / "green.png", array), 8, colour=True)
    assert channels.mean((1, 2)).tolist() == [0, 1, 0]
    assert np.array_equal(images.channels_to_bytes(channels), array)


def test_letters_are_light_on_dark_and_as_large_as_they_fit() -> None:
    small, large = images.render_text_image("#\n", 64), images.render_text_image("#" * 40, 64)
    assert small.shape == (1, 64, 64)
    assert float(small.max()) > 0.9 and small[0, 0, 0] == 0
    assert float(small.mean()) > float(large.mean()) > 0
    assert torch.equal(
        images.render_text_image("    /\\\n   /  \\", 64),
        images.render_text_image(" /\\\n/  \\", 64),
    )
    assert float(images.render_text_image("", 16).max()) == 0
    assert float(images.render_text_image("\x1b[2J☃", 64).max()) > 0.5


def test_a_drawing_of_a_gallery_by_number_or_artist(tmp_path: Path) -> None:
    lines = [{"artist": "A", "text": "aaa"}, {"artist": "B", "text": "WWW"}]
    path = tmp_path / "x.samples.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    second = images.render_text_image("WWW", 32)
    assert torch.equal(resolve_inputs.load_bitmaps([f"{path}:2"], 32, False, "pad")[0], second)
    assert torch.equal(resolve_inputs.load_bitmaps([str(path)], 32, False, "pad", "B")[0], second)
    assert resolve_inputs.load_bitmaps([f"{path}:1"], 32, True, "pad")[0].shape == (3, 32, 32)
    with pytest.raises(ValueError, match="has no piece 3"):
        resolve_inputs.load_bitmaps([f"{path}:3"], 32, False, "pad")


def test_what_is_no_picture_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "it.png").write_bytes(b"no")
    with pytest.raises(ValueError, match="no picture that can be read"):
        images.read_image(tmp_path / "it.png", 8)
    with pytest.raises(ValueError, match="is no picture"):
        resolve_inputs.load_bitmaps(["it.xyz"], 8, False, "pad")
    with pytest.raises(ValueError, match="there is no it.npz"):
        resolve_inputs.locate_file("it.npz", None)


@pytest.mark.parametrize("name", ["grey.png", "grey.tif", "grey.pgm"])
def test_sixteen_bits_are_as_bright_as_eight(tmp_path: Path, name: str) -> None:
    levels = np.linspace(0, 65535, 32 * 32).astype(np.uint16).reshape(32, 32)
    images.import_pillow().Image.fromarray(levels).save(tmp_path / name)
    read = images.read_image(tmp_path / name, 32)[0]
    assert float((read - torch.from_numpy(levels / 65535)).abs().max()) <= 1.001 / 255


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_as_its_exif_says(tmp_path: Path, turn: int) -> None:
    pillow = images.import_pillow()
    upright = pillow.Image.new("L", (16, 16), 0)
    upright.paste(255, (0, 0, 8, 4))
    back = {
        2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
        6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270",
    }  # fmt: skip
    stored = upright.transpose(getattr(pillow.Image.Transpose, back[turn])) if turn > 1 else upright
    exif = pillow.Image.Exif()
    exif[0x0112] = turn
    stored.save(tmp_path / "phone.png", exif=exif)
    expected = torch.from_numpy(np.asarray(upright) / 255).float()
    assert torch.equal(images.read_image(tmp_path / "phone.png", 16)[0], expected)


def test_a_picture_is_no_program_and_bounded_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pillow = images.import_pillow()
    (tmp_path / "x.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\nshowpage\n")
    with pytest.raises(ValueError, match=r"x\.png is no picture that can be read: cannot identify"):
        images.read_image(tmp_path / "x.png", 8)
    for side, name in ((8100, "large.png"), (14000, "bomb.png")):
        pillow.Image.new("1", (side, side)).save(tmp_path / name)
        with monkeypatch.context() as patch:
            patch.setattr(pillow.Image.Image, "load", lambda _: pytest.fail("it was decoded"))
            with pytest.raises(ValueError, match=rf"{name} .*more than 64,000,000 pixels"):
                images.read_image(tmp_path / name, 8)
    whole = saved(tmp_path / "whole.png", np.random.default_rng(0).integers(0, 255, (64, 64)))
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:900])
    with pytest.raises(ValueError, match=r"cut\.png is no picture that can be read"):
        images.read_image(tmp_path / "cut.png", 8)
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        images.read_image(tmp_path / "missing.png", 8)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ValueError, match=r"pipe\.png is no file"):
        images.read_image(tmp_path / "pipe.png", 8)


def test_a_sheet_holds_all_pictures() -> None:
    part = torch.ones(1, 16, 16)
    board = images.compose_image_sheet(
        [[("one", part), ("two", part)], [("three", part.expand(3, 16, 16))]]
    )
    assert board.shape == (8 + 2 * 37, 8 + 2 * 24, 3)


def test_shadows_are_the_same_every_time_and_move() -> None:
    film = shadow_film.render_shadow_film(6 * shadow_film.SCENE_FRAMES, 32)
    assert torch.equal(film[7], shadow_film.render_shadow_frame(7, 32)) and not torch.equal(
        film[7], film[8]
    )
    assert float(film.min()) == 0 and float(film.max()) == 1
    assert all(0.02 < float(one.mean()) < 0.98 for one in film)


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_a_film_comes_back_as_it_was_written(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("av")
    frames = [
        images.channels_to_bytes(one[None]) for one in shadow_film.render_shadow_film(60, 64)[::12]
    ]
    path = tmp_path / f"it.{kind}"
    video_writer.write_video(path, frames, 10.0)
    back = list(frame_source.read_frames(path, 64, 10.0))
    assert frame_source.is_film(path) and len(back) == 5
    for one, other in zip(back, frames, strict=False):
        assert float((one[0] - torch.from_numpy(other / 255)).abs().mean()) < 0.05


def test_a_folder_of_pictures_is_a_film(tmp_path: Path) -> None:
    for number in (2, 1):
        saved(tmp_path / f"{number}.png", np.full((4, 4), 100 * number))
    levels = [float(one.mean()) * 255 for one in frame_source.read_frames(tmp_path, 8, 1.0)]
    assert levels == pytest.approx([100, 200])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no pictures"):
        list(frame_source.read_frames(tmp_path / "empty", 8, 1.0))
