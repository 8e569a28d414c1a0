"""Display run: pictures or a film shown in attention heads, with a run folder of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch

from lab.attention_maps import frame_source
from lab.attention_maps.denormals import flush_denormals
from lab.attention_maps.model_layer import ProbedLayer
from lab.attention_maps.resolve_inputs import display_run_name, load_probed_layer
from lab.config.schemas.display import DisplayConfig
from lab.config.schemas.sample import as_list
from lab.records import environment
from lab.records.run import Run
from lab.training.precision import choose_arithmetic
from lab.workflows.display import show_film, show_pictures


@flush_denormals()
def display_run(config: DisplayConfig) -> str:
    """Display what the config names; return a line that says where the files are."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    device = choose_arithmetic(config.device, "fp32", False, "auto", 0).device
    files = [str(name) for name in as_list(config.picture)]
    models = [str(name) for name in as_list(config.screen)]
    probed_layers = load_layers(config, models, device)
    names = [layer.name for layer in probed_layers]
    probed_layers = distinguish_layers(probed_layers, models)
    settings = {key: value for key, value in asdict(config).items() if key != "again"}
    name = config.output or display_run_name(files, models)
    with Run(config.root, name, settings, config.again) as run:
        if run.is_finished:
            return f"{run.folder} is finished; again=true displays it anew"
        run.note_environment(environment(threads=torch.get_num_threads(), device=str(device)))
        if len(files) == 1 and frame_source.is_film(Path(files[0]).expanduser()):
            if len(probed_layers) > 1:
                raise ValueError("a film is shown by one model at a time: name one with model=NAME")
            result = show_film(config, probed_layers[0], Path(files[0]).expanduser(), run, device)
        else:
            result = show_pictures(config, probed_layers, names, files, run.folder, device)
        run.finish(result)
        return f"written to {run.folder}"


def load_layers(
    config: DisplayConfig, models: Sequence[str], device: torch.device
) -> list[ProbedLayer]:
    """Return the attention layer of each model; ValueError where a model is named twice."""
    where = (config.root, config.data, config.layer, str(device))
    layers = [load_probed_layer(model, *where) for model in models]
    if len(set(models)) < len(models):
        raise ValueError("model=... names one of them twice")
    return layers


def distinguish_layers(layers: Sequence[ProbedLayer], models: Sequence[str]) -> list[ProbedLayer]:
    """Return layers of different names: where two are the same, named as the models were typed."""
    if len({layer.name for layer in layers}) == len(layers):
        return list(layers)
    return [replace(layer, name=model) for layer, model in zip(layers, models, strict=True)]
