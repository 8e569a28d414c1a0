"""Playback workflow: an individual generates frames of a film; a player or a file shows them."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from lab.config.schemas.play import PlayConfig
from lab.corpora.film import number_from_character
from lab.corpora.film_corpus import DEFAULT_RATE, FilmCorpus
from lab.exports.llama_cpp_decoder import LlamaCppDecoder
from lab.films.accuracy import format_film_scores, score_frames
from lab.films.frame_generator import FrameGenerator, build_frame_generator
from lab.films.frame_view import cross_out, frame_size, render_frame
from lab.films.player import FrameBuffer, can_play, play_film
from lab.films.render import write_animation
from lab.galleries.artist import Artist
from lab.galleries.reference_corpora import ReferenceCorpora
from lab.models import individual
from lab.models.individual import Individual
from lab.records import warn
from lab.storage.contained_names import portable_file_name
from lab.terminal.progress import format_time_left
from lab.terminal.safe_output import emit
from lab.training.precision import choose_arithmetic
from lab.workflows.training_corpora import read_training_corpora

UNLIMITED_SIZE = (10**6, 10**6)  # rows and columns, for plain text


def play_run(config: PlayConfig) -> None:
    """Generate the frames that the config asks for, show them, print how many are right."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    artist = individual.find_individual(config.artist, Path(config.root), warn)
    name = str(artist.birth.get("name") or Path(config.artist).name)
    device = choose_arithmetic(config.device, "fp32", False, "auto", 0.0).device
    genotype = Artist(name, artist, config.weights, ReferenceCorpora([])).genotype
    generator = build_frame_generator(genotype, artist.birth, device)
    if not config.engine:
        return show_artist_frames(config, name, artist, generator)
    with tempfile.TemporaryDirectory(prefix="lab-play-") as folder:
        decoder = LlamaCppDecoder(genotype, generator.vocabulary, generator.length, Path(folder))
        show_artist_frames(
            config, name, artist, replace(generator, drafting=False, decoder=decoder)
        )
        emit(f"written by {decoder.name}, {decoder.seconds:.1f} CPU seconds without its starts")


def show_artist_frames(
    config: PlayConfig, name: str, artist: Individual, generator: FrameGenerator
) -> None:
    """Generate the frames, show them, and print how many of them are right."""
    numbers = select_frame_numbers(config, generator)
    film = read_true_film(config, artist)
    indices = [number_from_character(number) for number in numbers]
    truth = [film.train[index].art for index in indices] if film else None
    rate = config.rate or (film.rate / config.every if film else DEFAULT_RATE)
    frame_buffer = FrameBuffer(generator.frames(numbers), len(numbers))
    interactive = config.view == "terminal" and can_play(sys.stdin, sys.stdout)
    if not (interactive and config.live):
        generate_all_frames(frame_buffer, config.view != "print")
    beside = truth if config.truth else None
    if interactive:
        play_film(frame_buffer, rate, truth, beside=config.truth)
    elif config.view in ("gif", "mp4"):
        path = Path(config.galleries) / f"{portable_file_name(name)}.{config.view}"
        emit(f"written to {write_animation(path, frame_buffer.frames, rate, beside)}")
    else:
        print_frames(config, frame_buffer.frames, beside)
    if film and len(frame_buffer.frames) == len(indices):
        all_frames = [piece.art for piece in film.train]
        emit(format_film_scores(name, score_frames(frame_buffer.frames, all_frames, indices)))


def select_frame_numbers(config: PlayConfig, generator: FrameGenerator) -> list[str]:
    """Return the characters that number the frames to show; ValueError where there are none."""
    numbers = generator.numbers
    last = len(numbers) - 1 if config.last is None else config.last
    if max(config.first, last) >= len(numbers):
        raise ValueError(f"the film's frames are 0 to {len(numbers) - 1}: see first and last")
    return numbers[config.first : last + 1 : config.every]


def read_true_film(config: PlayConfig, artist: Individual) -> FilmCorpus | None:
    """Return the film of the training set; None where it is absent and truth=true is not set."""
    try:
        root, path = Path(config.root), config.corpus.path
        films = list(read_training_corpora(artist, root, config.data, path))
    except (ValueError, OSError) as error:
        if config.truth:
            raise
        warn(f"the film itself cannot be read, so nothing is compared: {error}")
        return None
    fingerprint = artist.birth.get("corpus", {}).get("fingerprint")
    matching = [
        candidate
        for candidate in films
        if isinstance(candidate, FilmCorpus) and candidate.fingerprint == fingerprint
    ]
    if not matching and config.truth:
        raise ValueError("the film is no longer what was learned: leave out truth=true")
    return matching[0] if matching else None


def generate_all_frames(frame_buffer: FrameBuffer, show_progress: bool) -> None:
    """Generate all frames, with progress on stderr."""
    started_at = time.monotonic()
    while frame_buffer.read_next():
        done, elapsed = len(frame_buffer.frames), time.monotonic() - started_at
        remaining = elapsed / done * (frame_buffer.count - done)
        if show_progress and sys.stderr.isatty():
            progress = f"frame {done} of {frame_buffer.count}, {elapsed / done:.2f} s each"
            text = f"{progress}, {format_time_left(remaining)}"
            end = "\n" if done == frame_buffer.count else " \r"
            emit(text, end=end, file=sys.stderr, flush=True)


def print_frames(config: PlayConfig, frames: Sequence[str], truth: Sequence[str] | None) -> None:
    """Print every frame; with view=terminal and no terminal, the last one."""
    for index in range(len(frames)) if config.view == "print" else [len(frames) - 1]:
        right = truth[index] if truth else None
        emit("\n".join(render_frame(frames[index], right, UNLIMITED_SIZE, cross_out)))
        if config.view == "print":
            emit("-" * frame_size(frames[index])[1])
    if config.view == "terminal":
        emit(f"the last of {len(frames)} frames: there is no terminal here; view=gif or view=mp4")
