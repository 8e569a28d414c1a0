"""What an export format declares is true of it, for every choice of conf/format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.config.instantiate import find_function
from lab.exports.formats import ExportBundle, ExportSource, format_traits
from lab.exports.llama2c import read_llama2c_header
from lab.models import individual
from lab.models.genotype import Genotype
from tests.exports.odd import ODD

CHOICES = sorted((Path(__file__).parents[2] / "conf" / "format").glob("*.yaml"))
SETTINGS: dict[str, dict[str, Any]] = {"llama2c": {"version": 0}}


@pytest.fixture(params=CHOICES, ids=lambda path: path.stem)
def choice(request: pytest.FixtureRequest) -> Path:
    if request.param.stem == "gguf":
        pytest.importorskip("gguf")
    path: Path = request.param
    return path


@pytest.fixture
def source(make: Callable[..., Genotype], tmp_path: Path) -> ExportSource:
    birth = {
        "framing": "unconditional", "context": 40, "parents": [], "recipe": {"kind": "founder"},
        "vocabulary": ODD.to_dict(),
    }  # fmt: skip
    genotype = make(seed=2, tied=False, neurons=96)
    individual.save_individual(tmp_path / "artist", genotype, birth)
    return ExportSource("artist", individual.load_individual(tmp_path / "artist"), genotype, "\x02")


def function_of(choice: Path) -> Callable[..., ExportBundle]:
    return find_function("format", yaml.safe_load(choice.read_text())["_target_"])


def test_a_format_is_named_as_it_is_typed(choice: Path) -> None:
    assert format_traits(function_of(choice)).name == choice.stem


def test_the_files_that_are_declared_are_written(choice: Path, source: ExportSource) -> None:
    function = function_of(choice)
    traits = format_traits(function)
    cards: list[list[str]] = []

    def format_card(sentences: list[str]) -> str:
        cards.append(sentences)
        return "a card"

    needs = {"format_card": format_card} if traits.needs_card else {}
    bundle = function(source, **needs, **SETTINGS.get(choice.stem, {}))
    assert set(traits.files) <= set(bundle.files)
    assert len(cards) == traits.needs_card
    assert traits.llama_cpp == ("model.gguf" in bundle.files)
    if choice.stem == "llama2c":
        assert read_llama2c_header(bundle.files["model.bin"])[0] == 0


def test_what_declares_nothing_is_no_format() -> None:
    with pytest.raises(ValueError, match="function_of is no export format"):
        format_traits(function_of)
