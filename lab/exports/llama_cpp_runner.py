"""llama.cpp runner: an installed engine asked to read a file, and compared with our numbers.

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

EXPORTS_FOLDER = Path(__file__).resolve().parent
MAX_SEQUENCES = 256  # sequences that llama.cpp keeps apart
NO_ENGINE = "no llama.cpp engine is installed: make engine"


@dataclass(frozen=True)
class LlamaCppEngine:
    """An engine: its name, the command that runs it, and the folder of node's modules."""

    name: str
    command: tuple[str, ...]
    modules: str = ""


@dataclass(frozen=True)
class EngineComparison:
    """The output of an engine compared with the expected one."""

    engine: str
    prompt: bool  # it cuts the prompt into the same ids
    greedy: int  # greedy ids that equal ours, up to the first that differs
    of: int
    logits: float | None  # largest difference, over ids and vocabulary
    probabilities: float
    largest: float  # logit of ours, away from zero

    @property
    def matches(self) -> bool:
        """Whether it computes the same: greedy equal, logits to 1e-5 (else probabilities).

        1e-5 of the largest logit where that is above 1: float32 rounds in proportion.
        """
        difference, tolerance = self.logits, 1e-5 * max(1.0, self.largest)
        if difference is None:
            difference, tolerance = self.probabilities, 1e-5
        return self.prompt and self.greedy == self.of and difference <= tolerance


def engines() -> list[LlamaCppEngine]:
    """The engines that are installed here, those that give logits first."""
    folder = Path(os.environ.get("LAB_ENGINES") or Path(sys.prefix) / "engines")
    installed = []
    installed_python = folder / "python" / "bin" / "python"
    python = Path(sys.executable) if importlib.util.find_spec("llama_cpp") else installed_python
    if python.is_file():
        script = str(EXPORTS_FOLDER / "llama_cpp_python.py")
        installed.append(LlamaCppEngine("llama-cpp-python", (str(python), "-I", script)))
    node = shutil.which("node")
    if node and (folder / "node_modules" / "node-llama-cpp").is_dir():
        installed.append(
            LlamaCppEngine(
                "node-llama-cpp", (node, str(EXPORTS_FOLDER / "engine.mjs")), str(folder)
            )
        )
    return installed


def query_engine(engine: LlamaCppEngine, **payload: Any) -> dict[str, Any]:
    """An engine's answer; RuntimeError with the end of what it printed where it fails."""
    with tempfile.TemporaryDirectory(prefix="lab-engine-") as folder:
        request_path, reply_path = Path(folder) / "request.json", Path(folder) / "reply.json"
        payload |= {"answer": str(reply_path), "modules": engine.modules}
        request_path.write_text(json.dumps(payload), encoding="utf-8")
        process = subprocess.run(
            [*engine.command, str(request_path)], capture_output=True, text=True
        )
        if process.returncode or not reply_path.is_file():
            lines = [line.strip() for line in process.stderr.splitlines() if line.strip()]
            error_lines = [line for line in lines if "rror" in line] or lines or ["it says nothing"]
            raise RuntimeError(f"{engine.name} failed: {error_lines[-1][:300]}")
        return dict(json.loads(reply_path.read_text(encoding="utf-8")))


def compare_engine(
    engine: LlamaCppEngine,
    model: Path,
    prompt: str,
    start: Sequence[int],
    greedy: Sequence[int],
    ids: Sequence[int],
    logits: Array,
) -> EngineComparison:
    """Have an engine read a model, and compare its tokens, greedy ids and logits with ours.

    prompt must become the ids `start`; `greedy` is our continuation of them, an end token
    included; logits [T, V] are ours of `ids` [T].
    """
    reply = query_engine(
        engine, model=str(model.resolve()), prompt=prompt, start=list(start), ids=list(ids),
        count=len(greedy), vocab=logits.shape[1],
        context=max(len(start) + len(greedy), len(ids)) + 8,
    )  # fmt: skip
    engine_logits = np.array(reply["logits"]) if "logits" in reply else None
    engine_probabilities = (
        np.array(reply["probabilities"]) if engine_logits is None else softmax(engine_logits)
    )
    agreement = [a == b for a, b in zip(reply["greedy"], greedy, strict=False)]
    return EngineComparison(
        engine=reply["engine"],
        prompt=reply["tokens"] == list(start),
        greedy=agreement.index(False) if False in agreement else len(agreement),
        of=len(greedy),
        logits=None if engine_logits is None else float(np.abs(engine_logits - logits).max()),
        probabilities=float(np.abs(engine_probabilities - softmax(logits)).max()),
        largest=float(np.abs(logits).max()),
    )


@dataclass(frozen=True)
class EngineTexts:
    """The continuations that an engine generated, and the CPU seconds that this took."""

    engine: str
    ids: list[list[int]]
    seconds: float


def generate_engine_texts(
    engine: LlamaCppEngine,
    model: Path,
    starts: Sequence[Sequence[int]],
    count: int,
    stop: int | None = None,
    cache: str = "f32",
) -> EngineTexts:
    """Greedy ids after each start, all written at once: `count`, or up to `stop` (included).

    cache is f32, as the lab computes, or f16 with the library's other defaults.
    At most MAX_SEQUENCES starts; ValueError for more, or none. RuntimeError where the engine fails.
    """
    if not 0 < len(starts) <= MAX_SEQUENCES or count < 1:
        raise ValueError(
            f"an engine writes 1 to {MAX_SEQUENCES} texts at once, of 1 character at least"
        )
    reply = query_engine(
        engine, model=str(model.resolve()), starts=[list(map(int, start)) for start in starts],
        count=count, stop=stop, cache=cache, context=max(map(len, starts)) + count + 8,
    )  # fmt: skip
    return EngineTexts(reply["engine"], reply["texts"], reply["seconds"])


def softmax(logits: Array) -> Array:
    """Probabilities along the last axis, in float64."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)
