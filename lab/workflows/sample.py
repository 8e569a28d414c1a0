"""Sampling workflow: individuals draw into a gallery; a gallery is shown, or drawn again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from lab.config.schemas.sample import SampleConfig, as_list
from lab.galleries import gallery_file, sheet, text_wrap
from lab.records import warn
from lab.terminal import pager
from lab.terminal.safe_output import emit
from lab.terminal.safe_text import escape_unsafe, format_side_by_side
from lab.workflows.draw_gallery import (
    DEFAULT_COUNT,
    attribute_pieces,
    draw_rows,
    gallery_path,
    gather_artists,
    list_prompts,
    redraw_pieces,
    save_gallery,
)


def sample_run(config: SampleConfig) -> None:
    """Draw pieces and write the gallery; or show a gallery, or draw its pieces again."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    if config.redraw is not None:
        redraw_pieces(config)
    elif not as_list(config.artist):
        show_pieces(config, gallery_file.read_gallery(gallery_path(config)))
    else:
        sample_gallery(config)


def sample_gallery(config: SampleConfig) -> None:
    """Draw as many pieces as the config asks for, write them, show them."""
    artists = gather_artists(config)
    count = config.count or (
        len(list_prompts(config, artists)) if config.labels == "all" else DEFAULT_COUNT
    )
    kept_rows = [
        row for row, _ in zip(draw_rows(config, artists, count), range(count), strict=False)
    ]
    if len(kept_rows) < count:
        warn(f"only {len(kept_rows)} of {count} came out as asked")
    pieces = attribute_pieces(kept_rows, artists, Path(config.root))
    paths = save_gallery(config, pieces, [artist.name for artist in artists])
    show_pieces(config, pieces)
    emit("\nwritten to " + " and ".join(map(str, paths)))


def show_pieces(config: SampleConfig, pieces: Sequence[gallery_file.GalleryPiece]) -> None:
    """Print the pieces, or page through them; pieces of one seed stay together.

    In a terminal each drawing has its number, label and novelty above it; elsewhere none, so that
    a file holds the drawings alone.
    """
    rows, width = gallery_file.group_by_seed(pieces), pager.terminal_width()
    pages = [
        f"{escape_unsafe(sheet.row_heading(row))}\n\n{sheet.render_row(row, width)}" for row in rows
    ]
    if config.view == "terminal":
        pager.show_pages(pages)
    elif all(len(row) == 1 and not text_wrap.is_running_text(row[0]) for row in rows):
        titles = sheet.number_titles(pieces, width) if sys.stdout.isatty() else ()
        emit(format_side_by_side([str(piece["text"]) for piece in pieces], width, titles=titles))
    else:
        emit("\n\n".join(pages))
