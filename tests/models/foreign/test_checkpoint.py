"""Adoption: the original's checkpoints compute here what they did there, and never run code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.foreign.checkpoint import (
    import_foreign_checkpoint,
    read_checkpoint,
    verify_against_library,
)
from lab.models.foreign.config_aliases import flatten_foreign_config, parse_character_table
from lab.models.foreign.ngpt_pytorch import library_model, to_library
from lab.models.genotype import Genotype, founder

TEXT = "\x02\x03\x04\n abcdefgh"
SHAPE = Architecture(len(TEXT), 32, 2, 2, 16, s_logit_init=10.0, norm_qk=False)
CONFIG = {"n_heads": 2, "s_logit_init": 10.0, "attn_norm_qk": False, "block_size": 64}


def checkpoint(path: Path, parametrize: bool = False, **changed: Any) -> Path:
    """Write what the original would have written; `changed` replaces or (None) removes keys."""
    genotype = founder(SHAPE, torch.Generator().manual_seed(3))
    whole = {
        "config": CONFIG,
        "model": to_library(genotype, parametrize),
        "stoi": {character: i for i, character in enumerate(TEXT)},
        "itos": dict(enumerate(TEXT)),
        **changed,
    }
    torch.save({key: value for key, value in whole.items() if value is not None}, path)
    return path


@pytest.mark.parametrize("parametrize", [False, True])
def test_what_comes_back_is_what_was_saved(tmp_path: Path, parametrize: bool) -> None:
    found = import_foreign_checkpoint(checkpoint(tmp_path / "a.pt", parametrize), {})
    wanted = founder(SHAPE, torch.Generator().manual_seed(3))
    assert found.genotype.architecture == SHAPE
    assert torch.allclose(found.genotype.rows, wanted.rows, atol=1e-6)
    assert torch.equal(found.genotype.scales, wanted.scales)
    assert (found.characters, found.context) == (tuple(TEXT), 64)
    assert found.gap < 1e-4


def test_a_translation_that_computes_other_logits_is_refused() -> None:
    genotype = founder(SHAPE, torch.Generator().manual_seed(3))
    state = to_library(genotype, parametrize=False)
    assert verify_against_library(genotype, state) < 1e-4
    other = Genotype(SHAPE, genotype.rows, genotype.scales * 1.1)
    with pytest.raises(ValueError, match="its logits differ from those of nGPT-pytorch by"):
        verify_against_library(other, state)


def test_weights_that_drifted_off_the_sphere_are_put_back(tmp_path: Path) -> None:
    model = library_model(SHAPE, parametrize=True)
    state = {k: v * 1.7 if "original" in k else v for k, v in model.state_dict().items()}
    genotype = import_foreign_checkpoint(checkpoint(tmp_path / "a.pt", model=state), {}).genotype
    assert (genotype.rows.norm(dim=-1) - 1).abs().max() < 1e-6


def test_an_untied_one_of_odd_width_comes_through(tmp_path: Path) -> None:
    shape = Architecture(len(TEXT), 24, 1, 3, 8, ff_expand=3.3, tied=False)
    state = to_library(founder(shape, torch.Generator().manual_seed(0)), parametrize=True)
    path = checkpoint(tmp_path / "a.pt", config={}, model=state)
    found = import_foreign_checkpoint(path, {}).genotype.architecture
    assert (found.tied, found.ff, found.heads, found.dim_head) == (False, shape.ff, 3, 8)


def test_prefixes_of_compiled_and_parallel_models_are_taken_off(tmp_path: Path) -> None:
    state = to_library(founder(SHAPE, torch.Generator().manual_seed(3)))
    named = {f"module._orig_mod.{key}": value for key, value in state.items()}
    assert import_foreign_checkpoint(checkpoint(tmp_path / "a.pt", model=named), {}).gap < 1e-4


def test_what_nothing_told_is_named(tmp_path: Path) -> None:
    found = import_foreign_checkpoint(
        checkpoint(tmp_path / "a.pt", config={"heads": 2}), {"norm_qk": False}
    )
    assert "norm_qk" not in found.assumed and found.assumed["s_logit_init"] == 1.0


def test_a_pickle_runs_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {marker}",)

    for name, content in {"a.pt": {"model": Evil()}, "b.pt": Evil()}.items():
        torch.save(content, tmp_path / name)
        with pytest.raises(ValueError, match="nothing of it was run: in an environment"):
            import_foreign_checkpoint(tmp_path / name, {})
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04junk"])
def test_a_file_of_another_kind_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.pt is no checkpoint of PyTorch, or it is damaged"):
        read_checkpoint(tmp_path / "a.pt")


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        import_foreign_checkpoint(tmp_path / "a.pt", {})


BAD: dict[str, dict[str, Any]] = {  # what the line says: what the checkpoint holds
    "variant 'smith'": {"variant": "smith"},
    "sets num_hyperspheres=2": {"config": {**CONFIG, "num_hyperspheres": 2}},
    "sets s_logit_scale=1.0": {"config": {**CONFIG, "s_logit_scale": 1.0}},
    "cannot have 5 heads": {"config": {**CONFIG, "n_heads": 5}},
    "contradict 8 rotary": {"config": {**CONFIG, "n_heads": 4}},
    "s_logit_init must be float": {"config": {**CONFIG, "s_logit_init": "ten"}},
    "config is no dict": {"config": [1, 2]},
    "holds no model": {"model": None},
    "no matrix token_embed": {"model": {"x": torch.ones(2, 2)}},
    "not a tensor of weights": {"model": {"x": 3}},
    "is not finite": {"model": {"x": torch.tensor([float("nan")])}},
    "no table of its 13 characters": {"stoi": None, "itos": None},
    "contradict each other at id 4": {"itos": list(TEXT[:4] + "ba" + TEXT[6:])},
}


@pytest.mark.parametrize("line", BAD)
def test_what_cannot_be_adopted_is_one_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=line) as caught:
        import_foreign_checkpoint(checkpoint(tmp_path / "a.pt", **BAD[line]), {})
    assert "\n" not in str(caught.value)


def test_a_tensor_too_many_is_refused(tmp_path: Path) -> None:
    state = to_library(founder(SHAPE, torch.Generator().manual_seed(3)))
    path = checkpoint(tmp_path / "a.pt", model={**state, "extra": torch.ones(2)})
    with pytest.raises(ValueError, match="does not take these tensors"):
        import_foreign_checkpoint(path, {})


def test_smith_is_adopted_on_the_users_word(tmp_path: Path) -> None:
    found = import_foreign_checkpoint(
        checkpoint(tmp_path / "a.pt", variant="smith"), {"residual": "geodesic"}
    )
    assert found.genotype.architecture.residual == "geodesic"


def test_a_config_may_be_nested() -> None:
    assert flatten_foreign_config({"model": {"dim": 3, "x": 1}, "x": 2}) == {"dim": 3, "x": 2}


def test_one_table_is_enough_and_bytes_need_none() -> None:
    assert (
        parse_character_table({"a": 0, "b": 1}, None, 2)
        == parse_character_table(None, ["a", "b"], 2)
        == ("a", "b")
    )
    assert (
        parse_character_table(None, None, 256)
        is parse_character_table(None, list(map(chr, range(256))), 256)
        is None
    )


@pytest.mark.parametrize(
    ("stoi", "itos", "line"),
    [
        ({"a": 0, "b": 2}, None, "id 1 has no character"),
        ({"a": 0, "b": 1, "c": 2}, None, "id 2 is out of range"),
        ({"a": 0, "bc": 1}, None, "id 1 is no single character: 'bc'"),
        ({"a": 0, "b": 0}, None, "one id to two characters"),
        ({"a": 0, "b": "1"}, None, "no whole number: '1'"),
        ("ab", None, "its stoi is no table"),
    ],
)
def test_a_wrong_table_is_one_line(stoi: Any, itos: Any, line: str) -> None:
    with pytest.raises(ValueError, match=line):
        parse_character_table(stoi, itos, 2)
