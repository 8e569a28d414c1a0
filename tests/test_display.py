"""The display's door: pictures, drawings, films and families, or one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import lab.attention_maps.transformers_models
import lab.display
from lab.attention_maps import image_metrics, images, resolve_inputs, shadow_film, split_pictures
from lab.attention_maps.interfaces import PlacedInput
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import founder

pytest.importorskip("PIL")


def display(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab.display", "size=48", *words])
    try:
        lab.display.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture
def family() -> None:
    """Two artists, A and B, and a gallery of theirs."""
    shape = Architecture(40, 64, 2, 4, 16, s_logit_init=10.0)
    for seed, name in enumerate("AB"):
        genotype = founder(shape, torch.Generator().manual_seed(seed))
        birth = {"name": name, "vocabulary": {}, "parents": [], "recipe": {"seed": seed}}
        individual.save_individual(Path("experiments") / name, genotype, birth)
    lines = [{"artist": "A", "text": "<\\/>"}, {"artist": "B", "text": " /\\_\n( o )"}]
    Path("both.samples.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))


def result(name: str) -> dict[str, Any]:
    return dict(json.loads((Path("experiments") / name / "result.json").read_text()))


def picture(name: str, number: int = 12) -> None:
    Path(name).write_bytes(
        images.encode_png(
            images.channels_to_bytes(shadow_film.render_shadow_frame(number, 48)[None])
        )
    )


def test_a_picture_in_an_individual(
    family: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture("apple.png")
    assert display(monkeypatch, "picture=apple.png", "model=A") == 0
    told = result("display-apple-A")
    shown = told["shown"]["A"]
    assert shown["psnr"] > 25 and shown["apart"] < 1e-5 and len(shown["heads"]) == 2
    assert set(told["contrast of heads"]["A"]) == {"0", "1", "2", "3"}
    folder = Path("experiments/display-apple-A")
    x = load_file(folder / "input.safetensors")["A"]
    assert x.shape == (48, 64) and torch.allclose(x.norm(dim=1), torch.ones(48), atol=1e-5)
    assert images.load_image_array(folder / "display.png").shape == (77, 176, 3)
    assert "of CPU" in capsys.readouterr().out
    assert display(monkeypatch, "picture=apple.png", "model=A") == 0
    assert "is finished" in capsys.readouterr().out


def test_every_artist_shows_its_own_drawing(family: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert display(monkeypatch, "picture=both.samples.jsonl", "model=A,B", "output=both") == 0
    told = result("both")
    assert set(told["shown"]) == set(told["contrast of heads"]) == {"A", "B"}
    assert images.load_image_array(Path("experiments/both/display.png")).shape == (146, 176, 3)


def test_several_pictures_and_colours(family: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (12, 60):
        picture(f"p{number}.png", number)
    words = ["picture=p12.png,p60.png", "model=A", "whole=false", "head=3,1", "output=two"]
    assert display(monkeypatch, *words) == 0
    assert result("two")["shown"]["A"]["heads"] == [3, 1]
    words = ["picture=p12.png", "model=A", "whole=false", "colour=true", "output=three"]
    assert display(monkeypatch, *words) == 2  # two heads a stream of 64 can serve, not three


def test_a_film_goes_on_where_it_was(
    family: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("film").mkdir()
    for number in range(3):
        picture(f"film/{number}.png", 12 + number)
    words = ["picture=film", "model=A", "sweeps=2"]
    stop = lab.workflows.display.present_channels
    calls = []

    def once(*told: Any) -> Any:
        calls.append(told)
        if len(calls) == 2:
            raise ValueError("enough")
        return stop(*told)

    monkeypatch.setattr(lab.workflows.display, "present_channels", once)
    assert display(monkeypatch, *words) == 2
    folder = Path("experiments/display-film-A")
    first = (folder / "frames/00001.png").stat().st_mtime_ns
    assert display(monkeypatch, *words) == 0
    assert (folder / "frames/00001.png").stat().st_mtime_ns == first
    assert len(calls) == 5  # the first frame again, to choose the heads
    told = result("display-film-A")
    assert told["frames"] == 3 and told["medians"]["psnr"] > 20
    assert (folder / "film.gif").stat().st_size > 100
    assert np.load(folder / "inputs.npy").shape == (3, 48, 64)
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(one)["step"] for one in lines] == [1, 2, 3]


def test_the_inputs_of_a_film_show_it_again(family: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept, through the real model and decoded, has the measures that were recorded."""
    words = ["picture=shadows", "model=A", "sweeps=2", "frames=2"]
    assert display(monkeypatch, *words) == 0
    folder = Path("experiments/display-shadows-A")
    kept, heads = np.load(folder / "inputs.npy"), result(folder.name)["heads"]
    assert kept.shape == (2, 48, 64) and kept.dtype == np.float32
    screen = resolve_inputs.load_probed_layer("A", "experiments", None, 0)
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    for number, line in enumerate(map(json.loads, lines)):
        x = torch.from_numpy(kept[number])
        shown = split_pictures.PlacedPictures(
            PlacedInput(x, line["contrast"], line["use"]), tuple(heads), True, True
        )
        image, target = (
            shown.decode_maps(screen.compute_maps(x)),
            shadow_film.render_shadow_frame(2 * number, 48)[None],
        )
        assert image_metrics.psnr(image, target, shown.visible) == pytest.approx(
            line["psnr"], abs=1e-3
        )
    assert display(monkeypatch, *words, "inputs=false", "output=without") == 0
    assert not Path("experiments/without/inputs.npy").exists()


def test_a_head_out_of_the_folder_of_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tests.attention_maps.test_bert_npz import arrays

    (tmp_path / "heads").mkdir()
    np.savez(tmp_path / "heads" / "some.npz", **arrays())
    picture("apple.png")
    words = ["picture=apple.png", "model=some.npz", f"data={tmp_path}", "head=4"]
    assert display(monkeypatch, *words) == 0
    assert result("display-apple-some")["shown"]["some"]["psnr"] > 30
    colours = np.zeros((48, 48, 3), np.uint8)
    colours[:24, :, 0] = colours[:, 24:, 2] = 255
    Path("flag.png").write_bytes(images.encode_png(colours))
    words = ["picture=flag.png", "model=some.npz", f"data={tmp_path}", "colour=true"]
    assert display(monkeypatch, *words) == 0
    told = result("display-flag-some")["shown"]["some"]
    assert told["psnr"] > 30 and len(told["heads"]) == 3


BAD = {  # what the line says: what is typed
    "say which picture: picture=FILE": ["model=A"],
    "say which model: model=NAME": ["picture=a.png"],
    "no individual called C": ["picture=apple.png", "model=C"],
    "head must be auto or numbers": ["picture=apple.png", "model=A", "head=x"],
    "layers 0 to 1, not 7": ["picture=apple.png", "model=A", "layer=7"],
    "takes 2 different heads, not 1": ["picture=apple.png", "model=A", "head=0", "whole=true"],
    "size must be at least 8": ["picture=apple.png", "model=A", "size=2"],
    "is no picture": ["picture=apple.xyz", "model=A"],
    "no random gpt3": ["picture=apple.png", "model=random-gpt3"],
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, family: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture("apple.png")
    assert display(monkeypatch, *BAD[line]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and line in said[0], said


def test_full_colours_take_six_heads_of_one_input(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    colours = np.zeros((48, 48, 3), np.uint8)
    colours[:24, :, 0] = colours[:, 24:, 2] = 255
    colours[8:40, 8:40, 1] = np.linspace(0, 255, 32, dtype=np.uint8)
    Path("flag.png").write_bytes(images.encode_png(colours))
    monkeypatch.setitem(lab.attention_maps.transformers_models.GPT2_SHAPES, "tiny", (312, 13))
    assert display(monkeypatch, "picture=flag.png", "model=random-tiny", "colour=true") == 0
    told = result("display-flag-random-tiny")["shown"]["random-tiny"]
    assert len(set(told["heads"])) == 6 and told["psnr"] > 30 and told["apart"] < 1e-5
    sheet = images.load_image_array(Path("experiments/display-flag-random-tiny/display.png"))
    target, ours = (sheet[21:69, x : x + 48].astype(int) for x in (8, 8 + 2 * 56))
    assert np.array_equal(target, colours) and np.abs(target - ours).mean() < 4


def test_models_of_one_name_stand_apart(family: None, monkeypatch: pytest.MonkeyPatch) -> None:
    picture("apple.png")
    again = individual.find_individual("A", Path("experiments"))
    birth = {"name": "A", "vocabulary": {}, "parents": [], "recipe": {"seed": 7}}
    individual.save_individual(Path("experiments/twin"), again.genotype, birth)
    assert display(monkeypatch, "picture=apple.png", "model=A,twin", "output=twins") == 0
    assert set(result("twins")["shown"]) == {"A", "twin"}


def test_the_original_method_stands_beside_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    picture("apple.png")
    monkeypatch.setitem(lab.attention_maps.transformers_models.GPT2_SHAPES, "tiny", (96, 3))
    words = ["picture=apple.png", "model=random-tiny", "head=1", "whole=false", "adam=20"]
    assert display(monkeypatch, *words) == 0
    told = result("display-apple-random-tiny")["shown"]["random-tiny"]
    assert told["psnr"] > told["original"][0]["psnr"] + 10
    assert told["original"][0]["loss"] > 0 and told["apart"] < 1e-5
