"""Sample drawings and text from individuals into a gallery; show a gallery, or redraw its pieces.

python -m lab.sample artist=styleA                       sixteen pieces, every label in turn
python -m lab.sample artist=styleA labels=Cats,Owls      these labels; labels=all: each once
python -m lab.sample artist=styleA,styleB,child          the same labels and seeds side by side
python -m lab.sample artist=styleA temperature=0.4,0.8   each piece at each temperature
python -m lab.sample artist=styleA max_similarity=0.8    only pieces unlike the training set
python -m lab.sample artist=ancestor prompt='The '       continue running text
python -m lab.sample gallery=styleA view=terminal        look at a gallery, page by page
python -m lab.sample gallery=styleA redraw=3             its third line again, byte for byte
"""

from __future__ import annotations

from lab.config import command
from lab.config.schemas.sample import SampleConfig


@command("sample", SampleConfig)
def main(config: SampleConfig) -> None:
    """Draw pieces and write their gallery; or show a gallery, or draw its pieces again."""
    from lab.workflows.sample import sample_run

    sample_run(config)


if __name__ == "__main__":
    main()
