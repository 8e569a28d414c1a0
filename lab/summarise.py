"""Summarise many runs in one table: verdicts of crosses over seeds, or arms of an ablation.

    python -m lab.breed -m parents=shared_ancestor,same_data seed=0,1,2,3,4
    python -m lab.summarise                        every effect of every arm, with tests over seeds
    python -m lab.summarise study='independent*'   the runs of these names only
    python -m lab.summarise root=experiments/vigor-laptop pack=true    many files become two

    python -m lab.train -m +exp=standard_g1,smith seed=0,1,2
    python -m lab.summarise "study='*_g1*,smith*'" held-out loss over seeds, and speed

Arms with one seed each stand side by side. The numbers go to <root>/summary-<what>.json.
"""

from __future__ import annotations

from lab.config import command
from lab.config.schemas.summarise import SummariseConfig
from lab.terminal.safe_output import emit


@command("summarise", SummariseConfig)
def main(config: SummariseConfig) -> None:
    """Print a table for each corpus and scale that was studied."""
    from lab.workflows.summarise import pack_study, summarise_root

    if config.pack:
        emit(pack_study(config.root))
    for name, table, path in summarise_root(config):
        note = f"written to {path}" if path else f"not written: {config.root} is read-only"
        emit(f"{name}\n{table}\n{note}")


if __name__ == "__main__":
    main()
