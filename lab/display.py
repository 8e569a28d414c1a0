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
from lab.attention_maps.denormals import flushed
from lab.attention_maps.resolve_inputs import screen_of, titled
from lab.config import command
from lab.config.schemas.display import Display
from lab.config.schemas.sample import several
from lab.records import environment
from lab.records.run import Run
from lab.training.precision import choose
from lab.workflows.display import film, still


@command("display", Display)
@flushed()
def main(config: Display) -> None:
    """Show what the config names, and say where it lies and how good it is."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    device = choose(config.device, "fp32", False, "auto", 0).device
    files, models = [str(one) for one in several(config.picture)], several(config.screen)
    screens = [screen_of(str(one), config.root, config.data, config.layer, str(device))
               for one in models]  # fmt: skip
    names = [screen.name for screen in screens]
    if len(set(map(str, models))) < len(models):
        raise ValueError("model=... names one of them twice")
    if len(set(names)) < len(names):  # then by what was typed
        screens = [replace(old, name=str(one)) for old, one in zip(screens, models, strict=True)]
    told = {key: value for key, value in asdict(config).items() if key != "again"}
    with Run(config.root, config.to or titled(files, models), told, config.again) as run:
        if run.finished:
            print(f"{run.folder} is done; again=true shows it anew")
            return
        run.note_environment(environment(threads=torch.get_num_threads(), device=str(device)))
        if len(files) == 1 and frame_source.is_film(Path(files[0]).expanduser()):
            if len(screens) > 1:
                raise ValueError("a film is shown by one model at a time")
            result = film(config, screens[0], Path(files[0]).expanduser(), run, device)
        else:
            result = still(config, screens, names, files, run.folder, device)
        run.finish(result)
        print(f"written to {run.folder}")


if __name__ == "__main__":
    main()
