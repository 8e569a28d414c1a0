"""Show a picture in one frozen attention head: find an input under which it attends to it.

    python -m lab.display picture=cat.png model=styleA                 an individual of the lab
    python -m lab.display picture=galleries/styles.samples.jsonl:3 model=styleA
    python -m lab.display picture=cat.png model=gpt2-xl head=0 whole=false
    python -m lab.display picture=film.mp4 model=random-gpt2-xl        frame by frame, restartable
    python -m lab.display picture=galleries/styles.samples.jsonl model=styleA,styleB,child

Several pictures stand in several heads of one input. Several models show a drawing of their own
each, beside a table of their heads' contrast. To experiments/<to>/: display.png (the picture, the
attention in the original's look, ours), input.safetensors, result.json; of a film its frames, and
inputs.npy, [frames, T, D].
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import torch

from lab.attention_maps import (
    frame_source,
)
from lab.attention_maps.denormals import flush_denormals
from lab.attention_maps.resolve_inputs import display_run_name, load_probed_layer
from lab.config import command
from lab.config.schemas.display import DisplayConfig
from lab.config.schemas.sample import as_list
from lab.records import environment
from lab.records.run import Run
from lab.training.precision import choose_arithmetic
from lab.workflows.display import show_film, show_pictures


@command("display", DisplayConfig)
@flush_denormals()
def main(config: DisplayConfig) -> None:
    """Show what the config names, and say where it lies and how good it is."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    device = choose_arithmetic(config.device, "fp32", False, "auto", 0).device
    files, models = [str(name) for name in as_list(config.picture)], as_list(config.screen)
    where = (config.root, config.data, config.layer, str(device))
    probed_layers = [load_probed_layer(str(model), *where) for model in models]
    names = [screen.name for screen in probed_layers]
    if len(set(map(str, models))) < len(models):
        raise ValueError("model=... names one of them twice")
    if len(set(names)) < len(names):  # then by what was typed
        probed_layers = [
            replace(old, name=str(model)) for old, model in zip(probed_layers, models, strict=True)
        ]
    settings = {key: value for key, value in asdict(config).items() if key != "again"}
    with Run(
        config.root, config.output or display_run_name(files, models), settings, config.again
    ) as run:
        if run.is_finished:
            print(f"{run.folder} is done; again=true shows it anew")
            return
        run.note_environment(environment(threads=torch.get_num_threads(), device=str(device)))
        if len(files) == 1 and frame_source.is_film(Path(files[0]).expanduser()):
            if len(probed_layers) > 1:
                raise ValueError("a film is shown by one model at a time")
            result = show_film(config, probed_layers[0], Path(files[0]).expanduser(), run, device)
        else:
            result = show_pictures(config, probed_layers, names, files, run.folder, device)
        run.finish(result)
        print(f"written to {run.folder}")


if __name__ == "__main__":
    main()
