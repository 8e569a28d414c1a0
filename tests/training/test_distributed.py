"""Ranks: the identity alone; together (forked, over gloo) they agree or all of them end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from lab.training import distributed

ROOT = Path(__file__).resolve().parents[2]
CPU = torch.device("cpu")


def test_alone_everything_is_the_identity() -> None:
    tensor = torch.tensor([1.0, 2.0])
    distributed.all_reduce_sum([tensor])
    distributed.check_agreement([tensor])
    assert tensor.tolist() == [1, 2] and distributed.all_reduce_max(0.3, CPU) == 0.3
    assert (
        distributed.world_size(),
        distributed.rank(),
        distributed.broadcast(True),
        distributed.broadcast(False),
    ) == (1, 0, True, False)
    with distributed.process_group("cpu"):
        assert distributed.world_size() == 1


def test_alone_a_run_is_entered_and_its_refusal_is_heard() -> None:
    @contextmanager
    def refused():  # type: ignore[no-untyped-def]
        raise ValueError("in use")
        yield

    with pytest.raises(ValueError, match="in use"), distributed.enter_on_first_rank(refused()):
        pass


SCRIPT = """
import os, sys, torch
from contextlib import contextmanager
from lab.training import distributed

@contextmanager
def run():
    if sys.argv[1] == "refused":
        print("lab: refused", file=sys.stderr)
        raise SystemExit(2)
    yield "the run"

with distributed.process_group("cpu"):
    me = distributed.rank()
    with distributed.enter_on_first_rank(run()) as opened:
        assert (opened == "the run") == (me == 0)
        total = torch.tensor([me + 1.0, 10.0])
        distributed.all_reduce_sum([total])
        assert total.tolist() == [3.0, 20.0]
        assert distributed.all_reduce_max(float(me), torch.device("cpu")) == 1.0
        assert distributed.broadcast(me == 0) and not distributed.broadcast(me == 1)
        distributed.check_agreement([torch.ones(2)])
        print("fine", me, flush=True)
        distributed.check_agreement([torch.full((2,), me)])
"""


def together(tmp_path: Path, how: str) -> list[tuple[int, str, str]]:
    """Two ranks as torchrun would start them: exit code, stdout and stderr of each."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
    (tmp_path / "script.py").write_text(SCRIPT)
    pair = []
    for rank in ("0", "1"):
        env = {
            **os.environ, "PYTHONPATH": str(ROOT), "RANK": rank, "LOCAL_RANK": rank,
            "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
        }  # fmt: skip
        command = [sys.executable, str(tmp_path / "script.py"), how]
        pipe = subprocess.PIPE
        pair.append(subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True))
    said = [process.communicate(timeout=200) for process in pair]
    return [(p.returncode, *words) for p, words in zip(pair, said, strict=True)]


def test_two_ranks_agree_and_are_stopped_where_they_come_apart(tmp_path: Path) -> None:
    ended = together(tmp_path, "fine")
    assert [out for _, out, _ in ended] == ["fine 0\n", "fine 1\n"], ended
    assert all(code != 0 and "the ranks' weights differ" in err for code, _, err in ended), ended


def test_a_refused_run_ends_every_rank(tmp_path: Path) -> None:
    ended = together(tmp_path, "refused")
    assert [code for code, _, _ in ended] == [2, 2], ended
    assert "lab: refused" in ended[0][2] and "lab: refused" not in ended[1][2]
