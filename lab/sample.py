"""Let individuals draw, keep what they draw in a gallery, look at it again, draw it again.

python -m lab.sample artist=styleA                       sixteen pieces, every label in turn
python -m lab.sample artist=styleA labels=Cats,Owls      these; labels=all is each once
python -m lab.sample artist=styleA,styleB,child          the same labels and seeds side by side
python -m lab.sample artist=styleA temperature=0.4,0.8   each piece at each temperature
python -m lab.sample artist=styleA below=0.8             only such as are no copies
python -m lab.sample artist=ancestor prompt='The '       running text goes on
python -m lab.sample gallery=styleA view=terminal        look at a gallery, page by page
python -m lab.sample gallery=styleA redraw=3             its third line again, byte for byte
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from lab.config import command
from lab.config.schemas.sample import Sample, several
from lab.galleries import gallery_file, sheet, text_wrap
from lab.records import warn
from lab.terminal import pager
from lab.terminal.safe_text import side_by_side, visible
from lab.workflows.draw_gallery import COUNT, gathered, heirs, keep, lines_of, redraw, rows, wishes


@command("sample", Sample)
def main(config: Sample) -> None:
    """Draw and write the gallery; or show one, or draw pieces of one again."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    if config.redraw is not None:
        redraw(config)
    elif not several(config.artist):
        view(config, gallery_file.read(lines_of(config)))
    else:
        artists = gathered(config)
        count = config.count or (len(wishes(config, artists)) if config.labels == "all" else COUNT)
        kept = [row for row, _ in zip(rows(config, artists, count), range(count), strict=False)]
        if len(kept) < count:
            warn(f"only {len(kept)} of {count} came out as asked")
        drawn = heirs(kept, artists, Path(config.root))
        written = keep(config, drawn, [one.name for one in artists])
        view(config, drawn)
        print("\nwritten to " + " and ".join(map(str, written)))


def view(config: Sample, pieces: Sequence[gallery_file.Piece]) -> None:
    """Print the pieces, or page through them; what stands in one row stays together."""
    found, width = gallery_file.rows(pieces), pager.width()
    pages = [f"{visible(sheet.heading(row))}\n\n{sheet.drawn(row, width)}" for row in found]
    if config.view == "terminal":
        pager.show(pages)
    elif all(len(row) == 1 and not text_wrap.prose(row[0]) for row in found):
        print(side_by_side([str(piece["text"]) for piece in pieces], width))
    else:
        print("\n\n".join(pages))


if __name__ == "__main__":
    main()
