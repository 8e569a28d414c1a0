"""Gallery workflow: individuals draw pieces, and a gallery's pieces are drawn again."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.config.schemas.sample import Sample, several
from lab.galleries import gallery_file, page, sheet
from lab.galleries.artist import Artist
from lab.galleries.attribution import inherited
from lab.galleries.reference_corpora import School
from lab.galleries.reproduce import differences, drawable
from lab.genealogy.registry import parents
from lab.generation.sampler import Sampling
from lab.models.individual import Individual
from lab.records.config_hash import digest
from lab.records.wandb_mirror import mirror
from lab.training.precision import choose
from lab.workflows.training_corpora import find, taught

COUNT = 16


TRIES = 20  # draws a wanted piece, before giving up on `below` and `closed`


TOGETHER = 32  # pieces drawn in one batch


def heirs(rows: Sequence[Any], artists: Sequence[Artist], root: Path) -> list[dict[str, Any]]:
    """The pieces; those of a bred artist with what their characters owe to which parent."""
    judges = {one.individual.id: parents(one.individual, root) for one in artists}
    return [piece | inherited(piece, judges[piece["individual"]]) for row in rows for piece in row]


def keep(config: Sample, drawn: Sequence[gallery_file.Piece], names: Sequence[str]) -> list[Path]:
    """Write a gallery's lines, Markdown and page, and show it in the mirror; the files written."""
    name = config.gallery or re.sub(r"^\W+|[^\w.-]+", "_", "-".join(names), flags=re.A)[:64]
    command = shlex.join(["python", "-m", "lab.sample", *sys.argv[1:]])
    written = [*sheet.write(Path(config.galleries), name, drawn, command)]
    written.append(page.write(Path(config.galleries), name, drawn, command))
    told = asdict(config)
    shown = mirror(told["tracker"], Path(config.root), name, digest(told), told)
    shown.show(name, page.table(name, drawn), written[-1].read_text(encoding="utf-8"))
    shown.close()
    return written


def gathered(config: Sample) -> list[Artist]:
    """The individuals that are named, with what they learned; nothing is read twice."""
    root, schools, artists = Path(config.root), dict[tuple[str, ...], School](), []
    for name in map(str, several(config.artist)):
        one = find(name, root)
        corpora = taught(one, root, config.data)
        school = schools.setdefault(tuple(c.fingerprint for c in corpora), School(corpora))
        artists.append(Artist(called(one, name), one, config.weights, school))
    return artists


def called(one: Individual, name: str) -> str:
    """What an individual is called in a gallery: as its birth has it, else as it was asked for."""
    return str(one.birth.get("name") or Path(name).name)


def rows(config: Sample, artists: Sequence[Artist], count: int) -> Iterator[list[dict[str, Any]]]:
    """Pieces of one label and seed, by each artist at each temperature, as the config wants them.

    A row is kept where all of its pieces are as wanted.
    """
    settings = [
        Sampling(float(one), config.top_k, config.top_p, config.min_p)
        for one in several(config.temperature)
    ]
    asked, device = wishes(config, artists), choose(config.device, "fp32", False, "auto", 0).device
    closed = len(artists) * len(settings) == 1 if config.closed is None else config.closed
    tries = TRIES * count if closed or config.below is not None else count
    for first in range(0, tries, TOGETHER):
        turns = range(first, min(first + TOGETHER, tries))
        batch, seeds = (
            [asked[turn % len(asked)] for turn in turns],
            [config.seed + t for t in turns],
        )
        start = (config.prompt or "") if artists[0].framing else ""
        columns = [
            one.draw(batch, seeds, sampling, start, device=device)
            for one in artists
            for sampling in settings
        ]
        for row in zip(*columns, strict=True):
            if all(wanted(piece, closed, config.below) for piece in row):
                yield list(row)


def wanted(piece: dict[str, Any], closed: bool, below: float | None) -> bool:
    """Whether a drawing is finished and inked, where that is asked, and new enough."""
    if piece["framing"] and closed and not (piece["closed"] and piece["text"].strip()):
        return False
    return below is None or not piece["nearest"] or piece["nearest"]["similarity"] < below


def wishes(config: Sample, artists: Sequence[Artist]) -> list[str]:
    """What to draw in turn: labels, nothing, or the beginnings of unseen text."""
    if len({one.framing is None for one in artists}) > 1:
        raise ValueError("some of these draw and some write text: nothing can be asked of both")
    if artists[0].framing is None:
        return [artists[0].opening() if config.prompt is None else config.prompt]
    if all(one.framing == "unconditional" for one in artists):
        if config.labels is not None:
            raise ValueError(f"{artists[0].name} is not told what to draw: leave labels out")
        return [""]
    known = sorted({label for one in artists for label in one.school.labels})
    spoken = set[str].intersection(*(set(one.vocabulary.characters) for one in artists))
    asked = [str(label) for label in several(config.labels)]
    if known and (strange := [one for one in asked if one not in known and asked != ["all"]]):
        names = " nor ".join(one.name for one in artists)
        raise ValueError(f"{names} has never seen {', '.join(strange)}")
    if asked and asked != ["all"]:
        return asked
    if not known:
        raise ValueError(f"{artists[0].name} does not tell what it can draw: say labels=...")
    return [label for label in known if set(label) <= spoken]  # none that one of them cannot read


def lines_of(config: Sample) -> Path:
    """The lines of the gallery that is named."""
    return Path(config.galleries) / f"{config.gallery}.samples.jsonl"


def redraw(config: Sample) -> None:
    """Draw lines of a gallery again; exit code 1 where a byte of one comes out otherwise."""
    pieces = gallery_file.read(lines_of(config))
    numbers = range(1, len(pieces) + 1) if config.redraw == "all" else [int(config.redraw)]
    if numbers and numbers[-1] > len(pieces):
        raise ValueError(f"{lines_of(config)} has {len(pieces)} lines, and none is {numbers[-1]}")
    device = choose(config.device, "fp32", False, "auto", 0).device
    same, artists = 0, dict[tuple[str, str], Artist]()
    for number in numbers:
        old = drawable(pieces[number - 1], f"{lines_of(config)}, line {number}")
        key = (old["individual"], old["weights"])
        if key not in artists:
            name = str((several(config.artist) or [old["artist"] or ""])[0])
            one = find(name, Path(config.root), old["individual"])
            artists[key] = Artist(called(one, name), one, old["weights"], School([]))
        found = differences(old, artists[key].redraw(old, device))
        same += not found
        print(f"line {number}: {found or 'the same, byte for byte'}")
    if same < len(numbers):
        sys.exit(1)
