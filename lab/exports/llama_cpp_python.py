"""Have llama-cpp-python read a GGUF: prompt, greedy ids and logits, asked and answered in JSON.

    python llama_cpp_python.py REQUEST.json

https://github.com/abetlen/llama-cpp-python. Run by `lab.exports.engine` in whatever Python has the
package; nothing else of the lab is imported. Cache in float32, no flash attention, one thread.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The engine's name, the prompt's tokens, greedy ids after start, logits [T, V] of ids."""
    library: Any = importlib.import_module("llama_cpp")
    engine = library.Llama(
        model_path=asked["model"], n_ctx=asked["context"], n_threads=1, n_threads_batch=1,
        logits_all=True, type_k=0, type_v=0, flash_attn=False, n_gpu_layers=0, verbose=False,
    )  # fmt: skip
    engine.reset()
    engine.eval(asked["ids"])
    logits = engine.scores[: len(asked["ids"])].tolist()
    engine.reset()
    greedy: list[int] = []
    last = list(asked["start"])
    while len(greedy) < asked["count"]:
        engine.eval(last)
        best = int(engine.scores[engine.n_tokens - 1].argmax())
        greedy.append(best)
        if best == engine.token_eos():
            break
        last = [best]
    return {
        "engine": f"llama-cpp-python {library.__version__}",
        "tokens": engine.tokenize(asked["prompt"].encode(), add_bos=True, special=True),
        "greedy": greedy,
        "logits": logits,
    }


if __name__ == "__main__":
    question = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(question["answer"]).write_text(json.dumps(answer(question)), encoding="utf-8")
