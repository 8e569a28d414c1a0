"""The hub's folder: sealed, and an individual wherever it lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lab.exports import hub_folder
from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.storage.verified_folder import DamagedIndividual
from tests.exports.odd import ODD


@pytest.fixture(params=["ngpt", "llama", "sandwich"])
def one(
    make: Callable[..., Genotype], request: pytest.FixtureRequest, tmp_path: Path
) -> Individual:
    genotype = make(request.param)
    birth = {
        "name": "odd", "framing": None, "context": 64, "parents": [], "recipe": {"kind": "founder"},
        "vocabulary": ODD.to_dict(),
    }  # fmt: skip
    averages = {"ema.rows": genotype.rows, "ema.scales": genotype.scales}
    folder = tmp_path / "checkpoint" / "step-00000001"
    individual.save_individual(folder, genotype, birth, averages=averages, state={"step": 1})
    return individual.load_individual(folder)


def publish(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_the_folder_is_the_individual(one: Individual, tmp_path: Path) -> None:
    files = hub_folder.hub_files(one, "a card")
    assert set(files) == {
        "model.safetensors", "birth.json", "averages.safetensors", "config.json", "README.md",
        "manifest.json",
    }  # fmt: skip
    folder = publish(files, tmp_path / "hub")
    back = individual.find_individual(str(folder), tmp_path / "nowhere")
    assert back.id == one.id and torch.equal(back.genotype.rows, one.genotype.rows)
    assert json.loads(files["config.json"])["architecture"] == one.genotype.architecture.to_dict()
    (folder / "README.md").write_text("another card")
    with pytest.raises(DamagedIndividual, match="README.md"):
        individual.load_individual(folder)
