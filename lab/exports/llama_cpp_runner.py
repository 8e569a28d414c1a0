"""Engine: a real llama.cpp, where one is installed, asked to read a file and judged by our numbers.

Two are looked for: llama-cpp-python (built from source, minutes; gives logits) and node-llama-cpp
(prebuilt, from npm, seconds; gives probabilities). `make engine` installs one below .venv/engines,
or LAB_ENGINES names another folder: python/bin/python there, or node_modules.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lab.exports.numpy_llama import Array

HERE = Path(__file__).resolve().parent
TOGETHER = 256  # sequences that llama.cpp keeps apart
ABSENT = "no llama.cpp engine is installed: make engine"


@dataclass(frozen=True)
class Engine:
    """What to run; modules is where node finds its package."""

    name: str
    command: tuple[str, ...]
    modules: str = ""


@dataclass(frozen=True)
class Proof:
    """What an engine said beside what was expected."""

    engine: str
    prompt: bool  # it cuts the prompt into the same ids
    greedy: int  # ids that it said greedily, the same ones as ours up to there
    of: int
    logits: float | None  # largest difference, over ids and vocabulary
    probabilities: float
    largest: float  # logit of ours, away from zero

    @property
    def holds(self) -> bool:
        """Whether it computes the same: greedy equal, logits to 1e-5 (else probabilities).

        1e-5 of the largest logit where that is above 1: float32 rounds in proportion.
        """
        far, most = self.logits, 1e-5 * max(1.0, self.largest)
        if far is None:
            far, most = self.probabilities, 1e-5
        return self.prompt and self.greedy == self.of and far <= most


def engines() -> list[Engine]:
    """The engines that are installed here, those that give logits first."""
    folder = Path(os.environ.get("LAB_ENGINES") or Path(sys.prefix) / "engines")
    found = []
    own = folder / "python" / "bin" / "python"
    python = Path(sys.executable) if importlib.util.find_spec("llama_cpp") else own
    if python.is_file():
        script = str(HERE / "llama_cpp_python.py")
        found.append(Engine("llama-cpp-python", (str(python), "-I", script)))
    node = shutil.which("node")
    if node and (folder / "node_modules" / "node-llama-cpp").is_dir():
        found.append(Engine("node-llama-cpp", (node, str(HERE / "engine.mjs")), str(folder)))
    return found


def ask(engine: Engine, **asked: Any) -> dict[str, Any]:
    """An engine's answer; RuntimeError with the end of what it printed where it fails."""
    with tempfile.TemporaryDirectory(prefix="lab-engine-") as folder:
        request, reply = Path(folder) / "request.json", Path(folder) / "reply.json"
        asked |= {"answer": str(reply), "modules": engine.modules}
        request.write_text(json.dumps(asked), encoding="utf-8")
        done = subprocess.run([*engine.command, str(request)], capture_output=True, text=True)
        if done.returncode or not reply.is_file():
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            said = [line for line in lines if "rror" in line] or lines or ["it says nothing"]
            raise RuntimeError(f"{engine.name} failed: {said[-1][:300]}")
        return dict(json.loads(reply.read_text(encoding="utf-8")))


def prove(
    engine: Engine,
    model: Path,
    prompt: str,
    start: Sequence[int],
    greedy: Sequence[int],
    ids: Sequence[int],
    logits: Array,
) -> Proof:
    """Have an engine read a model, and compare.

    prompt must become the ids `start`; after them `greedy` is what we say (an end, where it is
    said, included); logits [T, V] are ours of `ids` [T].
    """
    said = ask(
        engine, model=str(model.resolve()), prompt=prompt, start=list(start), ids=list(ids),
        count=len(greedy), vocab=logits.shape[1],
        context=max(len(start) + len(greedy), len(ids)) + 8,
    )  # fmt: skip
    theirs = np.array(said["logits"]) if "logits" in said else None
    chances = np.array(said["probabilities"]) if theirs is None else softmax(theirs)
    same = [a == b for a, b in zip(said["greedy"], greedy, strict=False)]
    return Proof(
        engine=said["engine"],
        prompt=said["tokens"] == list(start),
        greedy=same.index(False) if False in same else len(same),
        of=len(greedy),
        logits=None if theirs is None else float(np.abs(theirs - logits).max()),
        probabilities=float(np.abs(chances - softmax(logits)).max()),
        largest=float(np.abs(logits).max()),
    )


@dataclass(frozen=True)
class Texts:
    """What an engine wrote after some starts, and the CPU seconds that this took."""

    engine: str
    ids: list[list[int]]
    seconds: float


def write(
    engine: Engine,
    model: Path,
    starts: Sequence[Sequence[int]],
    count: int,
    stop: int | None = None,
    cache: str = "f32",
) -> Texts:
    """Greedy ids after each start, all written at once: `count`, or up to `stop` (included).

    cache is f32, as we compute, or f16 with whatever else the library does unless told otherwise.
    At most TOGETHER starts; ValueError for more, or none. RuntimeError where the engine fails.
    """
    if not 0 < len(starts) <= TOGETHER or count < 1:
        raise ValueError(f"an engine writes 1 to {TOGETHER} texts at once, of 1 character at least")
    said = ask(
        engine, model=str(model.resolve()), starts=[list(map(int, start)) for start in starts],
        count=count, stop=stop, cache=cache, context=max(map(len, starts)) + count + 8,
    )  # fmt: skip
    return Texts(said["engine"], said["texts"], said["seconds"])


def softmax(logits: Array) -> Array:
    """Probabilities along the last axis, in float64."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)
