"""Display run: one folder a display, layers told apart, and what cannot be shown together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.attention_maps.resolve_inputs import load_probed_layer
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import save_individual
from lab.workflows.display_run import display_run, distinguish_layers, load_layers

Config = Callable[..., Any]
pytest.importorskip("PIL")
CPU = torch.device("cpu")


@pytest.fixture
def configured(command_config: Config) -> Config:
    """configured("screen=A", ...): a display of the shadow film's 12th frame, 24 wide; models A, B.

    Both were saved under the name twin, in the folders A and B.
    """
    shape = Architecture(26, 48, 1, 4, 12, s_logit_init=10.0)
    for seed, name in enumerate("AB"):
        birth = {"name": "twin", "vocabulary": {}, "parents": [], "recipe": {"seed": seed}}
        genotype = founder(shape, torch.Generator().manual_seed(seed))
        save_individual(Path("experiments") / name, genotype, birth)
    words = ("picture=shadows:12", "size=24", "sweeps=2", "threads=1")
    return lambda *more: command_config("display", *words, *more)


def test_layers_of_one_name_are_told_apart_by_what_was_typed(configured: Config) -> None:
    layers = load_layers(configured("screen=[A,B]"), ["A", "B"], CPU)
    assert [layer.name for layer in layers] == ["twin", "twin"]
    assert [layer.name for layer in distinguish_layers(layers, ["A", "B"])] == ["A", "B"]
    other = [layers[0], replace(layers[1], name="other")]
    assert [layer.name for layer in distinguish_layers(other, ["A", "B"])] == ["twin", "other"]


def test_a_display_is_a_finished_run_of_its_own_folder(
    configured: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("experiments/display-shadows-12-A").absolute()
    assert display_run(configured("screen=A")) == f"written to {folder}"
    result = folder / "result.json"
    assert json.loads(result.read_text())["shown"]["twin"]["layer"] == 0
    before = result.stat().st_mtime_ns
    said = display_run(configured("screen=A"))
    assert said == f"{folder} is finished; again=true displays it anew"
    assert result.stat().st_mtime_ns == before
    with pytest.raises(ValueError, match="holds a run of another config"):
        display_run(configured("screen=A", "invert=true"))
    assert display_run(configured("screen=A", "again=true")) == f"written to {folder}"
    assert len(list(folder.parent.glob("display-shadows-12-A*"))) == 2  # the first is set aside


def test_what_cannot_be_shown_is_refused(configured: Config) -> None:
    for words, said in {
        ("screen=[A,A]",): r"model=\.\.\. names one of them twice",
        ("screen=[A,B]", "picture=shadows"): "a film is shown by one model at a time",
        ("screen=nobody",): "no individual called nobody",
        ("screen=A", "layer=1"): "layer",
        ("screen=A", "picture=x.exe"): "x.exe is no picture",
    }.items():
        with pytest.raises(ValueError, match=said):
            display_run(configured(*words))
    assert not list(Path("experiments").glob("*/result.json"))


def test_a_layer_is_found_where_the_config_looks(configured: Config) -> None:
    Path("experiments").rename("elsewhere")
    config = configured("screen=B", "root=elsewhere")
    [layer] = load_layers(config, ["B"], CPU)
    x = torch.nn.functional.normalize(torch.randn(5, 48, generator=torch.Generator()), dim=1)
    expected = load_probed_layer("B", "elsewhere", None, 0).compute_maps(x)
    assert torch.equal(layer.compute_maps(x), expected)
    assert torch.allclose(expected.sum(-1), torch.ones(4, 5), atol=1e-5)
