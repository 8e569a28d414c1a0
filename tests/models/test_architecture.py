"""An architecture is data: what is impossible is refused, by name, before anything is allocated."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from lab.models.architecture import Architecture
from lab.models.genotype import compute_layout

TINY: dict[str, Any] = {"vocab_size": 29, "dim": 32, "depth": 2, "heads": 2, "dim_head": 16}

HOSTILE: list[tuple[str, Any]] = [
    ("dim", 10**9),
    ("dim", -1),
    ("dim", 0),
    ("dim", "32"),
    ("dim", True),
    ("dim", 32.0),
    ("dim", None),
    ("dim", [32]),
    ("dim", float("nan")),
    ("depth", -1),
    ("depth", 10**6),
    ("vocab_size", 10**12),
    ("vocab_size", 1),
    ("heads", 0),
    ("dim_head", 15),
    ("ff_expand", float("nan")),
    ("ff_expand", float("inf")),
    ("rope_base", -1.0),
    ("s_logit_init", 0.0),
    ("alpha_init", 0.0),
    ("alpha_init", 1.5),
    ("alpha_init", "1"),
    ("tied", 1),
    ("tied", "yes"),
    ("kind", "os.system"),
    ("residual", "__class__"),
    ("rope", ""),
    ("num_hyperspheres", 2),
    ("num_hyperspheres", 0),
    ("_target_", "os.system"),
    ("unknown", 1),
]


@pytest.mark.parametrize(("key", "value"), HOSTILE)
def test_a_hostile_value_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=key):
        Architecture.from_dict({**TINY, key: value})


def test_refusals_take_no_time_and_no_memory() -> None:
    tracemalloc.start()
    began = time.process_time()
    for key, value in HOSTILE:
        with pytest.raises(ValueError):
            Architecture.from_dict({**TINY, key: value})
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 0.1 * len(HOSTILE)
    assert peak < 10**6


def test_each_legal_alone_but_too_large_together() -> None:
    with pytest.raises(ValueError, match="too many"):
        Architecture(vocab_size=65536, dim=16384, depth=256, heads=256, dim_head=1024)


def test_missing_keys_are_named() -> None:
    with pytest.raises(ValueError, match="missing architecture keys: depth, heads"):
        Architecture.from_dict({"vocab_size": 29, "dim": 32, "dim_head": 16})


def test_an_architecture_survives_its_record() -> None:
    whole = Architecture(**TINY, tied=False, alpha_init=0.05, residual="geodesic", rope="harmonic")
    assert Architecture.from_dict(whole.to_dict()) == whole


def test_the_originals_size() -> None:
    original = Architecture(vocab_size=108, dim=256, depth=4, heads=4, dim_head=64)
    assert (original.ff, original.num_rows, original.num_scales) == (682, 12388, 8636)
    assert original.num_parameters == 3_179_964
    assert original.alpha == 0.25


KEPT = sorted((Path(__file__).parents[2] / "experiments").rglob("birth.json"))


@pytest.mark.parametrize("path", KEPT[:: max(1, len(KEPT) // 5)], ids=lambda path: path.parts[-4])
def test_a_certificate_of_before_other_kinds_says_the_same_still(path: Path) -> None:
    """Its id covers these very words."""
    told = json.loads(path.read_text())["architecture"]
    assert Architecture.from_dict(told).to_dict() == told


def test_what_came_later_is_told_where_it_says_something() -> None:
    told = Architecture(**TINY, kind="llama", kv_heads=1, neurons=40).to_dict()
    assert (told["kv_heads"], told["neurons"], "norm_eps" in told) == (1, 40, False)
    assert Architecture.from_dict(told).ff == 40


@pytest.mark.parametrize("kind", ["ngpt", "llama", "sandwich"])
def test_a_kind_has_as_many_scales_as_its_layout(kind: str) -> None:
    a = Architecture(**TINY, kind=kind)
    blocks = compute_layout(a).scale_blocks.values()
    assert a.num_scales == sum(block.stop - block.start for block in blocks)
    assert a.num_rows == max(block.stop for block in compute_layout(a).row_blocks.values())
