"""Display a picture in one frozen attention head: find an input whose attention map shows it.

    python -m lab.display picture=cat.png model=styleA                 an individual of the lab
    python -m lab.display picture=galleries/styles.samples.jsonl:3 model=styleA
    python -m lab.display picture=cat.png model=gpt2-xl head=0 whole=false
    python -m lab.display picture=film.mp4 model=random-gpt2-xl        frame by frame, restartable
    python -m lab.display picture=galleries/styles.samples.jsonl model=styleA,styleB,child

Several pictures stand in several heads of one input. Several models show one drawing each, with a
table of their heads' contrast. Files go to experiments/<output>/: display.png (the picture, the
attention in the original's look, ours), input.safetensors, result.json; of a film its frames, and
inputs.npy, [frames, T, D].
"""

from __future__ import annotations

from lab.config import command
from lab.config.schemas.display import DisplayConfig
from lab.terminal.safe_output import emit


@command("display", DisplayConfig)
def main(config: DisplayConfig) -> None:
    """Display the pictures that the config names and print where the files are."""
    from lab.workflows.display_run import display_run

    emit(display_run(config))


if __name__ == "__main__":
    main()
