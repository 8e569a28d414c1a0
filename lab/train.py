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
from lab.config.schemas.train import Train
from lab.corpora.framing import unframe
from lab.films.accuracy import verdict
from lab.terminal.safe_text import side_by_side
from lab.training import distributed
from lab.training.report import card
from lab.workflows.train import (
    judged,
    next_scale,
    rear_run,
)


@command("train", Train)
def main(config: Train) -> None:
    """Rear what the config describes and print what became of it."""
    result = rear_run(config)
    if distributed.index() == 0:
        drawn = side_by_side([unframe(text).art for text in result["drawings"]])
        print(card(config.name, result, drawn, str(Path(config.root) / config.name)))
        print("".join(f"freely, {verdict(*one)}\n" for one in judged(result)), end="")
        print(next_scale(config, result), end="")


if __name__ == "__main__":
    main()
