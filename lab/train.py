"""Train one individual: a character model on the hypersphere, from a corpus to a run folder.

    python -m lab.train +exp=styleA                         an artist of creatures and nature
    python -m lab.train +exp=styleA framing=unconditional   an artist without labels to draw by
    python -m lab.train +exp=ancestor                       a model of enwik8; then +exp=forkL
    python -m lab.train corpus=drawings corpus.path=FOLDER  your own drawings
    python -m lab.train +exp=bad_apple_rows                 a film, memorised line by line
    python -m lab.train +exp=styleA scale=debug             the same in seconds
    python -m lab.train -m +exp=styleA seed=0,1,2           three runs, one a seed

The same command resumes an interrupted run, or says that it is finished.
"""

from __future__ import annotations

from pathlib import Path

from lab.config import command
from lab.config.schemas.train import TrainConfig
from lab.terminal.safe_output import emit


@command("train", TrainConfig)
def main(config: TrainConfig) -> None:
    """Train the individual that the config describes and print its report."""
    from lab.corpora.framing import unframe
    from lab.terminal.safe_text import format_side_by_side
    from lab.training import distributed
    from lab.training.report import format_training_report
    from lab.workflows.next_scale import estimate_next_scale
    from lab.workflows.run_ending import format_run_ending
    from lab.workflows.train import train_run

    result = train_run(config)
    if distributed.rank() != 0:
        return
    drawings = format_side_by_side([unframe(text).art for text in result["drawings"]])
    emit(format_training_report(config.name, result, drawings, f"{Path(config.root, config.name)}"))
    emit(format_run_ending(result), end="")
    emit(estimate_next_scale(config, result), end="")


if __name__ == "__main__":
    main()
