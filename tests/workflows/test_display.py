"""Display workflow: heads, inversion and the range of a film; pictures with their measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from lab.attention_maps import images, shadow_film
from lab.attention_maps.resolve_inputs import load_bitmaps, load_probed_layer
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import save_individual
from lab.records.run import Run
from lab.workflows.display import (
    compute_median,
    iterate_frames,
    maybe_invert,
    parse_heads,
    show_film,
    show_pictures,
)

Config = Callable[..., Any]
pytest.importorskip("PIL")
CPU = torch.device("cpu")
WORDS = ("picture=shadows:12", "screen=A", "size=24", "sweeps=2", "film=gif")


@pytest.fixture
def layer() -> Any:
    """The first layer of an untrained individual, A."""
    shape = Architecture(26, 48, 1, 4, 12, s_logit_init=10.0)
    birth: dict[str, Any] = {"name": "A", "vocabulary": {}, "parents": [], "recipe": {}}
    genotype = founder(shape, torch.Generator().manual_seed(0))
    save_individual(Path("experiments/A"), genotype, birth)
    return load_probed_layer("A", "experiments", None, 0)


def test_keys_are_parsed() -> None:
    assert parse_heads("auto") is None
    assert parse_heads("3,1") == (3, 1) and parse_heads([0, 2]) == (0, 2) and parse_heads(2) == (2,)
    grey = torch.tensor([0.0, 0.25])
    assert maybe_invert(grey, True).tolist() == [1.0, 0.75] and maybe_invert(grey, False) is grey
    assert compute_median([{"psnr": value} for value in (9, 1, 5)], "psnr") == 5.0


def test_a_film_ends_at_the_frames_that_were_asked_for(command_config: Config) -> None:
    def frames(*words: str) -> list[torch.Tensor]:
        return list(iterate_frames(command_config("display", *WORDS, *words), Path("shadows")))

    two = frames("frames=2")
    assert [frame.tolist() for frame in two] == [
        shadow_film.render_shadow_frame(number, 24)[None].tolist() for number in (0, 2)
    ]
    assert len(frames()) > 2


def test_a_picture_is_written_with_its_input_and_its_measures(
    layer: Any, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    config = command_config("display", *WORDS)
    result = show_pictures(config, [layer], ["A"], ["shadows:12"], Path(), CPU)
    shown = result["shown"]["A"]
    assert shown["apart"] < 1e-5 and len(shown["heads"]) == 2 and 0 <= shown["iou"] <= 1
    assert set(result["contrast of heads"]["A"]) == {0, 1, 2, 3}
    x = load_file("input.safetensors")["A"]
    assert x.shape == (24, 48) and torch.allclose(x.norm(dim=1), torch.ones(24), atol=1e-5)
    assert images.load_image_array(Path("display.png")).ndim == 3
    assert capsys.readouterr().out.startswith("A")


def test_an_inverted_picture_is_the_display_of_its_negative(
    layer: Any, command_config: Config
) -> None:
    [picture] = load_bitmaps(["shadows:12"], 24, False, "pad")
    negative = images.channels_to_bytes(1 - picture)
    Path("negative.png").write_bytes(images.encode_png(negative))
    panes = []
    for file, words in (("shadows:12", ["invert=true"]), ("negative.png", []), ("shadows:12", [])):
        config = command_config("display", *WORDS, *words)
        show_pictures(config, [layer], ["A"], [file], Path(), CPU)
        sheet = images.load_image_array(Path("display.png"))
        panes.append(sheet[:, : sheet.shape[1] // 3].tolist())  # the picture, left of its display
    assert panes[0] == panes[1] != panes[2]


def test_only_missing_frames_are_written(layer: Any, command_config: Config) -> None:
    config = command_config("display", *WORDS, "frames=2")
    with Run("experiments", "film", {"x": 1}) as run:
        first = show_film(config, layer, Path("shadows"), run, CPU)
        kept = run.folder / "frames" / "00001.png"
        written = kept.stat().st_mtime_ns
        (run.folder / "frames" / "00002.png").unlink()
        again = show_film(config, layer, Path("shadows"), run, CPU)
    assert first["frames"] == again["frames"] == 2 and first["heads"] == again["heads"]
    assert kept.stat().st_mtime_ns == written
    assert (run.folder / "frames" / "00002.png").is_file()
    assert (run.folder / "film.gif").read_bytes().startswith(b"GIF89a")
