"""Real forward passes of transformers, built from configurations: no network, random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from lab.attention_maps import transformers_models
from lab.attention_maps.image_metrics import psnr
from lab.attention_maps.interfaces import compute_attention
from lab.attention_maps.split_pictures import place_channels
from tests.attention_maps.conftest import SIZE

transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


GEMMA = ["full_attention", "sliding_attention", "full_attention"]


def model(kind: str, **more: Any) -> Any:
    """A model of two or three layers whose norms and biases are not what they are at birth."""
    torch.manual_seed(0)
    common = {"vocab_size": 3, "attn_implementation": "eager"}
    none = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": 0}
    if kind == "gpt2":
        told = {"n_embd": 192, "n_head": 6, "n_layer": 3, "n_positions": 128, **none}
        made = transformers.GPT2Model(transformers.GPT2Config(**common, **told))
    else:
        told = {"hidden_size": 192, "num_attention_heads": 4, "num_hidden_layers": 3}
        told |= {"intermediate_size": 32, "max_position_embeddings": 128, **none}
        if kind == "bert":
            made = transformers.BertModel(transformers.BertConfig(**common, **told))
        else:
            told |= {"num_key_value_heads": 2, "head_dim": 48}
            if kind == "Gemma3Text":  # its second layer slides, and turns otherwise
                told |= {"sliding_window": 100, "query_pre_attn_scalar": 30, "layer_types": GEMMA}
            config = getattr(transformers, f"{kind}Config")(**common, **told, **more)
            made = getattr(transformers, f"{kind}Model")(config)
    with torch.no_grad():
        for name, weight in made.named_parameters():
            if name.endswith("bias"):
                weight.normal_(0, 0.2)
            elif "norm" in name.lower() or "ln_" in name:
                weight.uniform_(0.5, 1.5)
    return made


@pytest.mark.parametrize("kind", ["gpt2", "bert", "Llama", "Qwen3", "Gemma3Text"])
@pytest.mark.parametrize("number", [0, 1])
def test_a_real_model_attends_to_the_picture(kind: str, number: int, picture: Tensor) -> None:
    screen = transformers_models.probe_hf_model(kind, model(kind), number)
    shown = place_channels(screen.layer, picture[None])
    maps = screen.compute_maps(shown.placed.x)
    ours = torch.stack(
        [compute_attention(screen.layer, shown.placed.x, head) for head in range(len(maps))]
    )
    assert maps.shape == (screen.layer.heads, SIZE, SIZE)
    assert torch.allclose(maps, ours, atol=1e-5)
    seen, image = shown.visible, shown.decode_maps(maps)
    assert psnr(image, picture[None], seen) > 45


def test_a_whole_picture_and_two_pictures_in_a_real_model(picture: Tensor) -> None:
    screen = transformers_models.probe_hf_model("gpt2", model("gpt2"))
    shown = place_channels(screen.layer, picture[None], whole=True)
    image = shown.decode_maps(screen.compute_maps(shown.placed.x))
    assert psnr(image, picture[None], shown.visible) > 45
    both = torch.stack([picture, 1 - picture])
    shown = place_channels(screen.layer, both, [1, 3])
    assert psnr(shown.decode_maps(screen.compute_maps(shown.placed.x)), both, shown.visible) > 45


def test_a_window_ends_what_a_layer_can_show() -> None:
    """Beyond it the first column, which all is decoded by, would be hidden."""
    made = model("Gemma3Text")
    assert [
        transformers_models.probe_hf_model("it", made, number).layer.max_positions
        for number in (1, 0)
    ] == [100, 128]


def test_a_folder_is_a_model_too(tmp_path: Any, picture: Tensor) -> None:
    model("gpt2").save_pretrained(tmp_path)
    screen = transformers_models.load_hf_layer(str(tmp_path))
    assert screen.name == tmp_path.name
    shown = place_channels(screen.layer, picture[None], [0])
    image = shown.decode_maps(screen.compute_maps(shown.placed.x))
    assert psnr(image, picture[None], shown.visible) > 45


def test_what_is_not_there_is_one_line(tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="layers 0 to 2, not 3"):
        transformers_models.probe_hf_model("it", model("gpt2"), 3)
    with pytest.raises(ValueError, match="normalises biased queries"):
        transformers_models.probe_hf_model("it", model("Qwen3", attention_bias=True))
    with pytest.raises(ValueError, match="no random gpt9: choose one of gpt2"):
        transformers_models.random_gpt2_layer("gpt9")
    with pytest.raises(ValueError, match="on the hub or in a folder") as line:
        transformers_models.load_hf_layer(str(tmp_path / "nothing"))
    assert "\n" not in str(line.value)


@pytest.mark.parametrize(
    ("changes", "junk"),
    [({"n_layer": "many"}, False), ({"n_head": 0}, False), ({"n_embd": -1}, False), ({}, True)],
)
def test_an_odd_folder_is_one_line(tmp_path: Path, changes: dict[str, Any], junk: bool) -> None:
    model("gpt2").save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **changes}))
    if junk:
        (tmp_path / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(ValueError, match=f"no model {tmp_path}|cannot be displayed") as raised:
        transformers_models.load_hf_layer(str(tmp_path))
    assert "\n" not in str(raised.value)
