"""Gallery workflow: artists draw a gallery's pieces, and a gallery's pieces are drawn again."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.config.schemas.sample import SampleConfig, as_list
from lab.galleries import gallery_file, page, sheet
from lab.galleries.artist import Artist
from lab.galleries.attribution import attribute_piece
from lab.galleries.reference_corpora import ReferenceCorpora
from lab.galleries.reproduce import check_reproducible, format_piece_differences
from lab.genealogy.recorded_parents import load_parents
from lab.generation.sampler import Sampling
from lab.models.individual import Individual
from lab.records.config_hash import hash_config
from lab.records.wandb_mirror import open_mirror
from lab.storage.atomic_file import write_files_atomic
from lab.terminal.safe_output import emit
from lab.training.precision import choose_arithmetic
from lab.workflows.training_corpora import find_artist, read_training_corpora

DEFAULT_COUNT = 16
TRIES_PER_PIECE = 20  # draws for an acceptable piece (max_similarity, closed) before giving up
PIECES_PER_BATCH = 32


def attribute_pieces(
    rows: Sequence[Any], artists: Sequence[Artist], root: Path
) -> list[dict[str, Any]]:
    """Return the pieces; those of a bred artist with the attribution of their characters."""
    parents_by_id = {
        artist.individual.id: load_parents(artist.individual, root) for artist in artists
    }
    return [
        piece | attribute_piece(piece, parents_by_id[piece["individual"]])
        for row in rows
        for piece in row
    ]


def save_gallery(
    config: SampleConfig, pieces: Sequence[gallery_file.GalleryPiece], names: Sequence[str]
) -> list[Path]:
    """Write a gallery's lines, Markdown and page, mirror it, and return the files written."""
    name = config.gallery or re.sub(r"^\W+|[^\w.-]+", "_", "-".join(names), flags=re.A)[:64]
    command = shlex.join(["python", "-m", "lab.sample", *sys.argv[1:]])
    folder = Path(config.galleries)
    files = sheet.sheet_files(folder, name, pieces, command)
    pages = page.page_files(folder, name, pieces, command)
    write_files_atomic(files | pages)
    page.remove_stale_pages(folder, name, len(pages))
    paths = [*files, next(iter(pages))]
    settings = asdict(config)
    gallery_mirror = open_mirror(
        settings["tracker"], Path(config.root), name, hash_config(settings), settings
    )
    gallery_mirror.log_table(
        name, page.gallery_table(name, pieces), paths[-1].read_text(encoding="utf-8")
    )
    gallery_mirror.close()
    return paths


def gather_artists(config: SampleConfig) -> list[Artist]:
    """Load the configured artists with their training corpora, each corpus once."""
    root, references, artists = Path(config.root), dict[tuple[str, ...], ReferenceCorpora](), []
    for name in map(str, as_list(config.artist)):
        individual = find_artist(name, root)
        corpora = read_training_corpora(individual, root, config.data, config.corpus.path)
        reference = references.setdefault(
            tuple(c.fingerprint for c in corpora), ReferenceCorpora(corpora)
        )
        artists.append(Artist(artist_name(individual, name), individual, config.weights, reference))
    return artists


def artist_name(individual: Individual, name: str) -> str:
    """Return the name of an artist: from its birth certificate, else as configured."""
    return str(individual.birth.get("name") or Path(name).name)


def draw_rows(
    config: SampleConfig, artists: Sequence[Artist], count: int
) -> Iterator[list[dict[str, Any]]]:
    """Yield rows of pieces of one label and seed, by each artist at each temperature.

    A row is kept if all of its pieces are acceptable.
    """
    settings = [
        Sampling(float(temperature), config.top_k, config.top_p, config.min_p)
        for temperature in as_list(config.temperature)
    ]
    prompts, device = (
        list_prompts(config, artists),
        choose_arithmetic(config.device, "fp32", False, "auto", 0).device,
    )
    closed = len(artists) * len(settings) == 1 if config.closed is None else config.closed
    tries = TRIES_PER_PIECE * count if closed or config.max_similarity is not None else count
    for offset in range(0, tries, PIECES_PER_BATCH):
        turns = range(offset, min(offset + PIECES_PER_BATCH, tries))
        batch, seeds = (
            [prompts[turn % len(prompts)] for turn in turns],
            [config.seed + t for t in turns],
        )
        start = (config.prompt or "") if artists[0].framing else ""
        columns = [
            artist.draw(batch, seeds, sampling, start, device=device)
            for artist in artists
            for sampling in settings
        ]
        for row in zip(*columns, strict=True):
            if all(is_acceptable_piece(piece, closed, config.max_similarity) for piece in row):
                yield list(row)


def is_acceptable_piece(piece: dict[str, Any], closed: bool, below: float | None) -> bool:
    """Whether a drawing is finished and not blank, where required, and novel enough."""
    if piece["framing"] and closed and not (piece["closed"] and piece["text"].strip()):
        return False
    return below is None or not piece["nearest"] or piece["nearest"]["similarity"] < below


def list_prompts(config: SampleConfig, artists: Sequence[Artist]) -> list[str]:
    """List the prompts: labels, "" or the starts of held-out texts."""
    if len({artist.framing is None for artist in artists}) > 1:
        raise ValueError(
            "some of these artists draw and some write text: sample them in separate commands"
        )
    if artists[0].framing is None:
        return [artists[0].held_out_prompt() if config.prompt is None else config.prompt]
    if all(artist.framing == "unconditional" for artist in artists):
        if config.labels is not None:
            raise ValueError(f"{artists[0].name} draws without labels: leave labels out")
        return [""]
    known_labels = sorted({label for artist in artists for label in artist.reference.labels})
    common_characters = set[str].intersection(
        *(set(artist.vocabulary.characters) for artist in artists)
    )
    labels = [str(label) for label in as_list(config.labels)]
    if known_labels and (
        unknown_labels := [
            label for label in labels if label not in known_labels and labels != ["all"]
        ]
    ):
        names = " nor ".join(artist.name for artist in artists)
        raise ValueError(f"{names} has never seen {', '.join(unknown_labels)}")
    if labels and labels != ["all"]:
        return labels
    if not known_labels:
        raise ValueError(f"{artists[0].name} has no recorded labels: set labels=[...]")
    return [
        label for label in known_labels if set(label) <= common_characters
    ]  # labels that all vocabularies can encode


def gallery_path(config: SampleConfig) -> Path:
    """Return the path of the configured gallery's lines."""
    return Path(config.galleries) / f"{config.gallery}.samples.jsonl"


def redraw_pieces(config: SampleConfig) -> None:
    """Draw lines of a gallery again; return exit code 1 where one differs."""
    pieces = gallery_file.read_gallery(gallery_path(config))
    numbers = range(1, len(pieces) + 1) if config.redraw == "all" else [int(config.redraw)]
    if numbers and numbers[-1] > len(pieces):
        raise ValueError(f"{gallery_path(config)} has {len(pieces)} lines, no line {numbers[-1]}")
    device = choose_arithmetic(config.device, "fp32", False, "auto", 0).device
    same_count, artists = 0, dict[tuple[str, str], Artist]()
    for number in numbers:
        piece = check_reproducible(pieces[number - 1], f"{gallery_path(config)}, line {number}")
        key = (piece["individual"], piece["weights"])
        if key not in artists:
            name = str((as_list(config.artist) or [piece["artist"] or ""])[0])
            individual = find_artist(name, Path(config.root), piece["individual"])
            artists[key] = Artist(
                artist_name(individual, name), individual, piece["weights"], ReferenceCorpora([])
            )
        mismatch = format_piece_differences(piece, artists[key].redraw(piece, device))
        same_count += not mismatch
        emit(f"line {number}: {mismatch or 'the same, byte for byte'}")
    if same_count < len(numbers):
        sys.exit(1)
