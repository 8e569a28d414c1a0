"""Playback workflow: which frames are shown, what they are compared with, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.corpora.film import frame_number
from lab.corpora.film_corpus import frames
from lab.films.accuracy import format_film_scores, score_frames
from lab.films.frame_generator import build_frame_generator
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual, find_individual, save_individual
from lab.workflows.play import play_run, print_frames, read_true_film, select_frame_numbers
from lab.workflows.training_corpora import _read_corpus
from tests.workflows.conftest import write_config

Config = Callable[..., Any]
FILM = "..@\n.@.\nnekomark\n@..\n.@.\nnekomark\n...\n@@@\n"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    _read_corpus.cache_clear()  # a process reads a corpus once
    path = tmp_path / "film.txt"
    path.write_text(FILM)
    return path


@pytest.fixture
def artist(film: Path) -> Individual:
    """An untrained artist of the film, whose name is not its folder's."""
    corpus = frames(path=film)
    config = {"corpus._target_": "lab.corpora.film_corpus.frames", "corpus.path": str(film)}
    birth = {
        "name": "an_artist", "framing": "frame", "context": 16, "parents": [],
        "vocabulary": corpus.vocabulary.to_dict(), 
        "recipe": {"kind": "trained", "config": config, "corpus": corpus.fingerprint},
        "corpus": {"fingerprint": corpus.fingerprint},
    }  # fmt: skip
    genotype = founder(Architecture(len(corpus.vocabulary), 16, 1, 1, 16), torch.Generator())
    save_individual(Path("experiments/a/checkpoint/step-00000000"), genotype, birth)
    write_config(Path("experiments/a"), {"corpus": {"path": str(film)}})
    return find_individual("a", Path("experiments"))


def test_frames_are_chosen_by_first_last_and_every(
    artist: Individual, command_config: Config
) -> None:
    generator = build_frame_generator(artist.genotype, artist.birth, torch.device("cpu"))
    config = command_config("play", "artist=a")
    for keys, indices in (
        ({}, [0, 1, 2]), ({"first": 1}, [1, 2]), ({"every": 2}, [0, 2]), ({"last": 0}, [0]),
    ):  # fmt: skip
        chosen = select_frame_numbers(replace(config, **keys), generator)
        assert chosen == [frame_number(index) for index in indices]
    for beyond in ({"first": 3}, {"last": 3}):
        with pytest.raises(ValueError, match="the film's frames are 0 to 2: see first and last"):
            select_frame_numbers(replace(config, **beyond), generator)


def test_the_film_is_compared_only_while_it_is_the_one_that_was_learned(
    artist: Individual, film: Path, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    config = command_config("play", "artist=a")
    strict = command_config("play", "artist=a", "truth=true")
    found = read_true_film(strict, artist)
    assert found is not None and found.film.frames[2] == "...\n@@@"
    _read_corpus.cache_clear()
    film.write_text(FILM.replace("@@@", "@@."))
    assert read_true_film(config, artist) is None
    with pytest.raises(ValueError, match="no longer what was learned: leave out truth=true"):
        read_true_film(strict, artist)
    _read_corpus.cache_clear()
    film.unlink()
    capsys.readouterr()
    assert read_true_film(config, artist) is None
    assert "so nothing is compared" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError):
        read_true_film(strict, artist)


def test_frames_are_printed_and_scored(
    artist: Individual, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = build_frame_generator(artist.genotype, artist.birth, torch.device("cpu"))
    written = list(generator.frames([frame_number(index) for index in (0, 2)]))
    play_run(command_config("play", "artist=a", "view=print", "every=2", "threads=1"))
    scores = score_frames(written, ["..@\n.@.", "@..\n.@.", "...\n@@@"], [0, 2])
    assert capsys.readouterr().out.endswith(format_film_scores("an_artist", scores) + "\n")
    play_run(command_config("play", "artist=a", "threads=1"))
    assert "the last of 3 frames: there is no terminal here" in capsys.readouterr().out


def test_frames_are_printed_one_below_the_other_or_the_last_alone(
    command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    written = ["..@\n.@.", "@@@@\n...."]
    print_frames(command_config("play", "artist=a", "view=print"), written, None)
    assert capsys.readouterr().out == "..@\n.@.\n---\n@@@@\n....\n----\n"
    print_frames(command_config("play", "artist=a"), written, None)
    out = capsys.readouterr().out
    assert out.startswith("@@@@\n....\nthe last of 2 frames") and "..@" not in out


def test_a_file_has_the_name_of_its_artist(
    artist: Individual, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("PIL")
    play_run(command_config("play", "artist=a", "view=gif", "truth=true", "threads=1"))
    assert Path("galleries/an_artist.gif").read_bytes().startswith(b"GIF89a")
    assert "written to galleries/an_artist.gif" in capsys.readouterr().out
