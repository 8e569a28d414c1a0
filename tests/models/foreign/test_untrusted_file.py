"""Untrusted file: what a small checkpoint claims to hold is bounded before it is computed."""

from __future__ import annotations

import os
import resource
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.models.foreign.checkpoint import import_foreign_checkpoint
from lab.models.foreign.ngpt_pytorch import to_library
from lab.models.foreign.untrusted_file import require_stored_zip, sha256_of_file
from lab.models.genotype import founder
from tests.models.foreign.test_checkpoint import SHAPE, checkpoint


def state(**changed: Any) -> dict[str, Any]:
    """The tensors of a sound checkpoint, some of them replaced."""
    model = to_library(founder(SHAPE, torch.Generator().manual_seed(3)), False)
    return {**model, **{key.replace("__", "."): value for key, value in changed.items()}}


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


HOSTILE = {
    "view": (lambda: torch.zeros(1).expand(20000, 20000), "repeats its storage"),
    "huge": (lambda: torch.zeros(1).expand(2**20, 2**20), "repeats its storage"),
    "sparse": (lambda: torch.eye(4).to_sparse(), "is not a tensor of weights"),
    "meta": (lambda: torch.empty(2**20, 2**20, device="meta"), "not a tensor of weights.*meta"),
    "float8": (lambda: torch.zeros(4, 4).to(torch.float8_e4m3fn), "not a tensor of weights"),
    "empty": (lambda: torch.zeros(4, 0), r"not a tensor of weights.*\[4, 0\]"),
    "whole": (lambda: torch.zeros(4, 4, dtype=torch.int64), "not a tensor of weights"),
    "text": (lambda: "weights", "not a tensor of weights"),
    "infinite": (lambda: torch.full((4, 4), torch.inf), "is not finite"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_weight_of_the_file_is_one_line(tmp_path: Path, kind: str) -> None:
    make, fault = HOSTILE[kind]
    path = checkpoint(tmp_path / "a.pt", model=state(extra=make()))
    before = peak()
    with pytest.raises(ValueError, match=fault) as raised:
        import_foreign_checkpoint(path, {})
    assert "\n" not in str(raised.value) and peak() - before < 200e6


def test_tensors_that_share_a_storage_count_each(tmp_path: Path) -> None:
    whole = torch.zeros(200_000)
    model = state(**{f"copy{number}": whole[:] for number in range(100)})
    with pytest.raises(ValueError, match="its tensors share storage"):
        import_foreign_checkpoint(checkpoint(tmp_path / "a.pt", model=model), {})


def test_shapes_that_multiply_are_not_allocated(tmp_path: Path) -> None:
    """A wide and a high tensor of few rows would be matrices of gigabytes."""
    narrow = {
        "token_embed__linear__weight": torch.zeros(2, 16_384),
        "layers__0__0__fn__to_q__linear__weight": torch.zeros(4096, 1),
        "layers__0__1__fn__to_hidden__linear__weight": torch.zeros(8192, 1),
    }
    path = checkpoint(tmp_path / "a.pt", model=state(**narrow), config={"heads": 256})
    before = peak()
    with pytest.raises(ValueError, match="its shapes are those of [0-9,]+ parameters"):
        import_foreign_checkpoint(path, {})
    assert peak() - before < 200e6


def test_a_zip_that_unpacks_to_more_than_itself_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", b"0" * 50_000_000)
    with pytest.raises(ValueError, match="bomb.pt unpacks to 50,000,000 bytes from"):
        import_foreign_checkpoint(path, {})
    require_stored_zip(checkpoint(tmp_path / "sound.pt"))


def test_only_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(ValueError, match="is no file"):
            sha256_of_file(path)
        with pytest.raises(ValueError, match="is no file"):
            import_foreign_checkpoint(path, {})
    with pytest.raises(FileNotFoundError):
        sha256_of_file(tmp_path / "missing")


def test_a_deep_config_is_one_line(tmp_path: Path) -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    with pytest.raises(ValueError, match="its config is no dict of plain values"):
        import_foreign_checkpoint(checkpoint(tmp_path / "a.pt", config=deep), {})
