"""Rear one individual: a character model on the hypersphere, from a corpus to a folder.

    python -m lab.train +exp=styleA                         an artist of creatures and nature
    python -m lab.train +exp=styleA framing=unconditional   one that is not told what to draw
    python -m lab.train +exp=ancestor                       a model of enwik8; then +exp=forkL
    python -m lab.train corpus=drawings corpus.path=FOLDER  your own drawings
    python -m lab.train +exp=bad_apple_rows                 a film, learned by heart line by line
    python -m lab.train +exp=styleA scale=debug             the same in seconds
    python -m lab.train -m +exp=styleA seed=0,1,2           three of them

The same command again goes on where it was stopped, or says that it is done.
"""

from __future__ import annotations

from pathlib import Path

from lab.config import command
from lab.config.schemas.train import TrainConfig
from lab.corpora.framing import unframe
from lab.terminal.safe_text import format_side_by_side
from lab.training import distributed
from lab.training.report import format_training_report
from lab.workflows.next_scale import estimate_next_scale
from lab.workflows.run_ending import format_run_ending
from lab.workflows.train import train_run


@command("train", TrainConfig)
def main(config: TrainConfig) -> None:
    """Rear what the config describes and print what became of it."""
    result = train_run(config)
    if distributed.rank() == 0:
        drawings = format_side_by_side([unframe(text).art for text in result["drawings"]])
        print(
            format_training_report(
                config.name, result, drawings, str(Path(config.root) / config.name)
            )
        )
        print(format_run_ending(result), end="")
        print(estimate_next_scale(config, result), end="")


if __name__ == "__main__":
    main()
