"""kill -9 while individuals are saved: a sound one is always there, and never an older one."""

from __future__ import annotations

import os
import random
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.models import individual

Bear = Callable[[Path, int], str]


def save_for_ever(folder: Path, step: int, bear: Bear, tell: int) -> None:
    """Save and sweep as a training run does; tell each step once it is complete."""
    os.write(tell, b"0\n")
    while True:
        step += 1
        bear(folder, step)
        os.write(tell, f"{step}\n".encode())
        individual.remove_old_checkpoints(folder, 2, folder / f"step-{step:08d}")


def kill_a_saver(folder: Path, step: int, bear: Bear, saves: int, share: float) -> int:
    """Kill a forked process after so many saves and in a share of the next one's time.

    Time is counted in saves of this very process, so that a busy machine changes nothing. Returns
    the last step that the process called complete.
    """
    listen, tell = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child needs no thread but its own
        child = os.fork()
    if child == 0:
        try:
            save_for_ever(folder, step, bear, tell)
        finally:
            os._exit(1)
    os.close(tell)
    with os.fdopen(listen) as said:
        began = time.perf_counter()
        told = [int(said.readline() or 0) for _ in range(1 + saves)]
        time.sleep(share * (time.perf_counter() - began) / (1 + saves))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        told += [int(line) for line in said]
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL  # and not of an error before it
    return max(step, *told)


def examine(folder: Path, least: int) -> int:
    """Assert that the newest individual is sound and no older than least; its step."""
    complaints: list[str] = []
    found = individual.load_newest_checkpoint(folder, complaints.append)
    if found is None:
        assert least == 0
        return 0
    step = int(found.path.name.removeprefix("step-"))
    assert complaints == [] and step >= least
    assert individual.load_state(found.path)["progress"] == {"step": step}
    assert set(individual.load_averages(found.path)) == {"ema.rows", "ema.scales"}
    return step


@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.faults)])
def test_a_kill_while_saving_costs_nothing(
    tmp_path: Path, bear: Bear, kills: int, figures: dict[str, Any]
) -> None:
    draw, folder = random.Random(kills), tmp_path / "checkpoint"
    folder.mkdir()
    step = half_written = waited_for = 0
    for _ in range(kills):
        saves, share = draw.randrange(3), draw.random()
        waited_for += saves
        told = kill_a_saver(folder, step, bear, saves, share)
        half_written += len(list(folder.glob(".tmp-*")))
        step = examine(folder, told)
        individual.remove_old_checkpoints(folder, 2, folder / f"step-{step:08d}")
        assert len(list(folder.iterdir())) <= 2 and not list(folder.glob(".tmp-*"))
    assert step >= waited_for >= kills / 2  # the savers did save
    figures.update(kills=kills, survived=kills, half_written=half_written, saved=step)
