"""kill -9 of the real command at any moment: the same command again ends in the same individual."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.commands import await_step, finish, reached, reared, start

ALL = pytest.mark.faults, pytest.mark.timeout(3000)
LIFE = (
    "training.steps=400", "training.checkpoint_every=5", "training.evaluate_every=100",
    "training.samples=1",
)  # fmt: skip


def disturb(root: Path, words: tuple[str, ...], draw: random.Random) -> bool:
    """Run the command and kill it: a third anywhere from its start, the others while it trains.

    True where the kill met a live process, False where it had ended.
    """
    process = start(root, *words)
    if draw.random() < 1 / 3:
        time.sleep(draw.uniform(0, 8))
    else:
        await_step(process, root, reached(root))
        time.sleep(draw.uniform(0, 0.4))
    process.kill()
    code, said = finish(process)
    assert code in (0, -signal.SIGKILL), said
    return code != 0


@pytest.mark.parametrize(
    ("kills", "threads"),
    [(1, 1), pytest.param(10, 1, marks=ALL), pytest.param(10, 2, marks=ALL)],
)
def test_a_killed_run_ends_in_the_individual_of_an_unharmed_one(
    tmp_path: Path, kills: int, threads: int, figures: dict[str, Any]
) -> None:
    draw, words = random.Random(10 * kills + threads), (*LIFE, f"threads={threads}")
    assert finish(start(tmp_path / "unharmed", *words))[0] == 0
    used = json.loads((tmp_path / "unharmed" / "debug" / "environment.json").read_text())
    assert used["sessions"][-1]["threads"] == threads
    expected, ended, hits, at = reared(tmp_path / "unharmed"), [], 0, []
    while hits < kills:
        root = tmp_path / f"killed{len(ended)}"  # one more where the last was done too early
        while hits < kills and not (root / "debug" / "result.json").exists():
            hits += disturb(root, words, draw)
            at.append(reached(root))
        code, said = finish(start(root, *words))
        assert code == 0, said
        ended.append(reared(root))
    assert set(ended) == {expected}
    figures.update(kills=hits, runs=len(ended), identical=len(ended), threads=threads, steps_at=at)
