"""Endings of a run by corpus kind: pieces without free-running scores, films with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lab.corpora.dataset import Dataset, build_dataset
from lab.corpora.drawing_corpus import drawings
from lab.corpora.film_corpus import frames
from lab.corpora.framing import conditional, row
from lab.films.frame_generator import FrameGenerator
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.workflows.run_ending import (
    FilmEnding,
    RunEnding,
    format_run_ending,
    make_run_ending,
)

CPU = torch.device("cpu")


def tiny(dataset: Dataset) -> Genotype:
    architecture = Architecture(len(dataset.vocabulary), 16, 1, 1, 16)
    return founder(architecture, torch.Generator().manual_seed(0))


@pytest.fixture
def film(tmp_path: Path) -> Dataset:
    """Thirty frames of two lines."""
    path = tmp_path / "film.txt"
    path.write_text(
        "".join(f"{'.@'[n % 2]}.@\n.{'.@'[n // 2 % 2]}.\nnekomark\n" for n in range(30))
    )
    return build_dataset(frames(path=path), row, 16, None)


@pytest.fixture
def bars(tmp_path: Path) -> Dataset:
    path = tmp_path / "art.jsonl"
    path.write_text("\n".join(f'{{"label": "bar", "art": "o{"-" * n}o"}}' for n in range(1, 60)))
    return build_dataset(drawings(path), conditional, 96, None)


def test_pieces_are_drawn_by_prompt_and_not_scored(bars: Dataset) -> None:
    ending = make_run_ending(bars, "conditional", 24, CPU, samples=3)
    assert type(ending) is RunEnding
    pieces = ending.draw(tiny(bars))
    assert len(pieces) == len(ending.prompts) == min(3, len(bars.prompts))
    assert all("bar" in piece for piece in pieces)
    assert ending.evaluate(tiny(bars)) == {}


@pytest.mark.parametrize(
    ("thorough", "names"), [(False, ["every 25th"]), (True, ["every 25th", "all"]), (None, None)]
)
def test_a_film_is_scored_frame_by_frame(
    film: Dataset, thorough: bool | None, names: list[str] | None
) -> None:
    ending = make_run_ending(film, "row", 16, CPU, thorough=thorough)
    scores = ending.evaluate(tiny(film))
    assert list(scores) == (names or ["every 25th", "all"])  # None: so short a film is affordable
    assert scores["every 25th"]["frames"] == 2
    assert all(entry["frames"] == 30 for name, entry in scores.items() if name == "all")


def test_a_film_that_takes_a_cpu_too_long_is_sampled(
    film: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.workflows.run_ending.MAX_CPU_OPERATIONS", 10.0)
    ending = make_run_ending(film, "row", 16, CPU)
    assert list(ending.evaluate(tiny(film))) == ["every 25th"]


def test_a_films_samples_are_frames(film: Dataset) -> None:
    ending = make_run_ending(film, "row", 16, CPU, samples=2)
    assert isinstance(ending, FilmEnding) and ending.prompts == film.prompts[::15]
    generator = FrameGenerator(tiny(film), film.vocabulary, "row", 17)
    assert ending.draw(tiny(film)) == list(generator.frames(film.prompts[::15]))


def test_only_a_films_result_is_described() -> None:
    scores = {"accuracy": 0.5, "perfect": 1, "frames": 2, "worst": 0.25, "worst_frame": 25}
    result: dict[str, Any] = {"corpus": {"kind": "frames"}, "freely": {"all": scores}}
    wanted = "freely, all        50.00 % right, 1 of 2 frames perfect, worst 25.00 % (frame 25)\n"
    assert format_run_ending(result) == wanted
    assert format_run_ending({"corpus": {"kind": "text"}}) == ""
