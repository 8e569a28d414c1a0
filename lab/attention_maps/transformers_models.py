"""Transformers models: GPT-2, BERT and LLaMA loaded from Hugging Face, and their attention.

Wolf et al. 2020, "Transformers: state-of-the-art natural language processing", arXiv 1910.03771.
The extra `hf` brings transformers; weights come from safetensors only, no pickle is read.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lab.attention_maps.model_layer import ProbedLayer
from lab.attention_maps.transformers_layers import (
    BERT,
    GPT2,
    LLAMA,
    build_hf_bert_layer,
    build_hf_gpt2_layer,
    build_hf_llama_layer,
)

INSTALL = "pip install 'model-breeding-lab[hf]'"
GPT2_SHAPES: dict[str, tuple[int, int]] = {  # width and heads of GPT-2's sizes
    "gpt2": (768, 12),
    "gpt2-medium": (1024, 16),
    "gpt2-large": (1280, 20),
    "gpt2-xl": (1600, 25),
}


def import_transformers() -> Any:
    """Import transformers; ValueError says what to install where it is missing."""
    try:
        import transformers
    except ImportError:
        raise ValueError(f"models of Hugging Face need transformers: {INSTALL}") from None
    return transformers


def load_hf_layer(name: str, number: int = 0, device: str = "cpu") -> ProbedLayer:
    """Load a layer of a model by hub name or folder; ValueError where there is none."""
    transformers, folder = import_transformers(), Path(name).expanduser()
    transformers.utils.logging.disable_progress_bar()
    try:
        model = transformers.AutoModel.from_pretrained(
            str(folder) if folder.is_dir() else name,
            attn_implementation="eager", use_safetensors=True, dtype=torch.float32,
        )  # fmt: skip
    except Exception as error:  # an odd config or odd weights end in one of many kinds
        line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(f"no model {name} on the hub or in a folder: {line}") from None
    label = folder.resolve().name if folder.is_dir() else name
    try:
        return probe_hf_model(label, model.to(device), number)
    except ValueError:
        raise
    except Exception as error:  # sizes of a config that contradict the weights
        line = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{label} cannot be displayed: {line}") from None


def random_gpt2_layer(
    size: str, number: int = 0, seed: int = 0, device: str = "cpu"
) -> ProbedLayer:
    """Return a layer of a GPT-2 with random weights, no deeper than necessary."""
    if size not in GPT2_SHAPES:
        raise ValueError(f"there is no random {size}: choose one of {', '.join(GPT2_SHAPES)}")
    transformers = import_transformers()
    width, heads = GPT2_SHAPES[size]
    config = transformers.GPT2Config(
        vocab_size=1,
        bos_token_id=None,
        eos_token_id=None,
        n_embd=width,
        n_head=heads,
        n_layer=number + 1,
        attn_implementation="eager",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.GPT2Model(config)
    return probe_hf_model(f"random-{size}", model.to(device), number)


def probe_hf_model(name: str, model: Any, number: int = 0) -> ProbedLayer:
    """Return a layer of a loaded model, whose later layers are removed.

    ValueError for an unsupported kind or a missing layer.
    """
    kind, depth = model.config.model_type, model.config.num_hidden_layers
    if not 0 <= number < depth:
        raise ValueError(f"{name} has layers 0 to {depth - 1}, not {number}")
    if kind in GPT2:
        layer, blocks = build_hf_gpt2_layer(model, number), model.h
    elif kind in BERT:
        layer, blocks = build_hf_bert_layer(model, number), model.encoder.layer
    elif kind in LLAMA:
        layer, blocks = build_hf_llama_layer(model, number), model.layers
    else:
        supported = ", ".join((*GPT2, *BERT, *LLAMA))
        raise ValueError(f"{name} is a {kind}: the display supports {supported}")
    del blocks[number + 1 :]
    model = model.eval().requires_grad_(False)
    return ProbedLayer(name, layer, lambda x: hf_attention_maps(model, kind, number, x))


def hf_attention_maps(model: Any, kind: str, number: int, x: Tensor) -> Tensor:
    """Compute the attention maps [H, T, T] of a layer in the model's forward pass, input x [T, D].

    x replaces the input embeddings at the first layer, the residual stream at others.
    """

    def inject(_: nn.Module, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return (x[None].to(arguments[0]), *arguments[1:])

    with ExitStack() as stack, torch.no_grad():
        if number:
            if kind in BERT:  # its norm is part of the layer before
                module = model.encoder.layer[number - 1].output.LayerNorm
            else:
                module = (model.h if kind in GPT2 else model.layers)[number]
            stack.enter_context(hook_before_forward(module, inject))
        output = model(inputs_embeds=x[None], output_attentions=True, use_cache=False)
    maps: Tensor = output.attentions[number][0]
    return maps


def hook_before_forward(module: nn.Module, hook: Any) -> Any:
    """Register a forward pre-hook; the handle is a context manager that removes it."""
    return module.register_forward_pre_hook(hook)
