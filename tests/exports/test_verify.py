"""Checks: a file that is not the artist is noticed, a rounded one is told about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lab.exports import verify
from lab.exports.formats import ExportBundle, ExportSource
from lab.exports.gguf_bundle import gguf_bundle
from lab.exports.llama2c_bundle import llama2c_bundle
from lab.models import individual
from lab.models.genotype import Genotype
from tests.exports.odd import ODD


@pytest.fixture
def subject(make: Callable[..., Genotype], tmp_path: Path) -> ExportSource:
    birth = {
        "framing": "unconditional", "context": 40, "parents": [], "recipe": {"kind": "founder"},
        "vocabulary": ODD.to_dict(),
    }  # fmt: skip
    genotype = make(seed=2, tied=False, neurons=96)
    individual.save_individual(tmp_path / "one", genotype, birth)
    return ExportSource("one", individual.load_individual(tmp_path / "one"), genotype, "\x02")


def write(made: ExportBundle, folder: Path) -> None:
    for name, data in made.files.items():
        (folder / name).write_bytes(data)


def test_what_is_drawn_ends_with_the_end(subject: ExportSource) -> None:
    ids = verify.greedy_ids(subject, 400)
    assert ids[0] == 0 and 1 < len(ids) <= 40
    assert 2 not in ids[:-1] and (ids[-1] == 2 or len(ids) == 40)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_file_is_compared_with_the_lab(
    subject: ExportSource, version: int, tmp_path: Path
) -> None:
    made = llama2c_bundle(subject, version)
    write(made, tmp_path)
    told = verify.check_read_back(subject, made, tmp_path, 30)
    far = told["max_logit_difference"]
    assert 1e-4 < far < 1 if version == 2 else far < 1e-5


def test_another_model_in_the_folder_is_noticed(
    subject: ExportSource, make: Callable[..., Genotype], tmp_path: Path
) -> None:
    other = replace(subject, genotype=make(seed=3, tied=False))
    made = llama2c_bundle(subject, 0)
    write(llama2c_bundle(other, 0), tmp_path)
    with pytest.raises(ValueError, match="reads back wrongly: logits differ by"):
        verify.check_read_back(subject, made, tmp_path, 30)


def test_tokens_of_other_names_are_noticed(
    subject: ExportSource, make: Callable[..., Genotype], tmp_path: Path
) -> None:
    pytest.importorskip("gguf")
    made = gguf_bundle(subject)
    data = made.files["model.gguf"].replace(b"<row 0>", b"<row 1>")
    (tmp_path / "model.gguf").write_bytes(data)
    with pytest.raises(ValueError, match="does not name its tokens"):
        verify.check_read_back(subject, made, tmp_path, 30)
