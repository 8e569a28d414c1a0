"""Evaluate an individual on a split of a corpus: its loss in bits per character (bpc).

    python -m lab.evaluate artist=styleA                    on select, the split to choose by
    python -m lab.evaluate artist=styleA split=report       on report: every evaluation is logged
    python -m lab.evaluate artist=oldA corpus=apehex half=A where the corpus is not on its record

The model reads with the context and framing of its training. The scores of every window go to
experiments/<name>/evaluations/, so that two individuals can be compared window by window. A film's
frames are also generated from their numbers alone: every 25th on select, else all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.config import command
from lab.config.schemas.evaluate import EvaluateConfig
from lab.terminal.safe_output import emit


@command("evaluate", EvaluateConfig)
def main(config: EvaluateConfig) -> None:
    """Score the individual, write the scores, print their means."""
    from lab.workflows.evaluate_individual import evaluate_individual

    emit(format_evaluation_card(*evaluate_individual(config)))


def format_evaluation_card(result: dict[str, Any], stem: Path | None) -> str:
    """Return the means as text, and where the scores of the windows lie."""
    from lab.films.accuracy import format_film_scores

    film = "".join(
        f"freely, {format_film_scores(*entry)}\n" for entry in result.get("freely", {}).items()
    )
    return (
        f"{result['name']} on {result['split']} of {result['corpus']['name']}\n"
        f"loss {result['loss']:.4f} nats, {result['bpc']:.4f} bits per character, "
        f"next character right {100 * result['accuracy']:.2f} %\n"
        f"{result['characters']:,} characters in {result['windows']:,} windows, "
        f"context {result['context']}, stride {result['stride']}\n{film}"
        + (f"written to {stem}.json and .npz" if stem else "not written: the root is read-only")
    )


if __name__ == "__main__":
    main()
