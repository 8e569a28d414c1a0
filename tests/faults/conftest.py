"""An individual to hurt, and the figures: what was done to it and what came of it."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from tests.groups import no_orphans

Bear = Callable[[Path, int], str]


@pytest.fixture
def bear() -> Bear:
    """Save an individual as step-<number>, with averages and state: bear(folder, number) -> id."""
    shape = Architecture(vocab_size=29, dim=32, depth=2, heads=2, dim_head=16)

    def born(folder: Path, step: int) -> str:
        genotype = founder(shape, torch.Generator().manual_seed(step))
        birth = {"parents": [], "recipe": {"steps": step}, "vocabulary": {"kind": "bytes"}}
        averages = {"ema.rows": genotype.rows, "ema.scales": genotype.scales}
        state = {"progress": {"step": step}, "moments": genotype.rows.clone()}
        target = folder / f"step-{step:08d}"
        return individual.save_individual(target, genotype, birth, averages=averages, state=state)

    return born


@pytest.fixture(autouse=True)
def nothing_runs_on() -> Iterator[None]:
    """No command outlives its test."""
    with no_orphans():
        yield


@pytest.fixture(scope="session")
def every_figure() -> Iterator[dict[str, Any]]:
    """All figures of a session; written as JSON to the file that LAB_RECORD_FAULTS names."""
    found: dict[str, Any] = {}
    target = os.environ.get("LAB_RECORD_FAULTS")
    path = Path(target).resolve() if target else None
    yield found
    if path is not None:
        about = {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "date": date.today().isoformat(),
            "processors": os.cpu_count(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**about, "tests": found}, indent=1, sort_keys=True) + "\n")


@pytest.fixture
def figures(request: pytest.FixtureRequest, every_figure: dict[str, Any]) -> Iterator[Any]:
    """A dict for this test's counts, recorded under its name; seconds are added."""
    began = time.perf_counter()
    counts: dict[str, Any] = {}
    every_figure[request.node.name] = counts
    yield counts
    counts["seconds"] = round(time.perf_counter() - began, 1)
