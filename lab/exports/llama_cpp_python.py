"""Have llama-cpp-python read a GGUF: asked and answered in JSON.

    python llama_cpp_python.py REQUEST.json

https://github.com/abetlen/llama-cpp-python. Run by `lab.exports.llama_cpp_runner` in whatever Python has the
package; nothing else of the lab is imported. One thread, on the CPU. Where proof is asked: how a
prompt is cut, greedy ids and logits, with the cache in float32 and no flash attention. Where texts
are asked: what follows each of some starts, all of them at once.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def proof(asked: dict[str, Any]) -> dict[str, Any]:
    """The prompt's tokens, greedy ids after start, logits [T, V] of ids."""
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
        "tokens": engine.tokenize(asked["prompt"].encode(), add_bos=True, special=True),
        "greedy": greedy,
        "logits": logits,
    }


def texts(asked: dict[str, Any]) -> dict[str, Any]:
    """Greedy ids after each start, `count` or up to `stop`, and the CPU seconds they took."""
    library: Any = importlib.import_module("llama_cpp")
    arrays: Any = importlib.import_module("numpy").ctypeslib
    starts = asked["starts"]
    library.llama_backend_init()
    settings = library.llama_model_default_params()
    settings.n_gpu_layers = 0
    model = library.llama_model_load_from_file(asked["model"].encode(), settings)
    if not model:
        raise RuntimeError("the model cannot be read")
    size = library.llama_vocab_n_tokens(library.llama_model_get_vocab(model))
    room = library.llama_context_default_params()
    room.n_ctx, room.n_seq_max = asked["context"] * len(starts), len(starts)
    room.n_batch = room.n_ubatch = max(512, sum(map(len, starts)))
    room.n_threads = room.n_threads_batch = 1
    if asked["cache"] == "f32":  # else what the library does by itself
        room.type_k = room.type_v = 0
        room.flash_attn_type = 0
    context = library.llama_init_from_model(model, room)
    if not context:
        raise RuntimeError("there is no room for so many texts of this length")
    batch = library.llama_batch_init(room.n_batch, 0, 1)
    written: list[list[int]] = [[] for _ in starts]
    due = {row: list(start) for row, start in enumerate(starts)}
    began = time.process_time()
    while due:
        batch.n_tokens, ends = 0, {}
        for row, ids in due.items():
            first = len(starts[row]) + len(written[row]) - len(ids)
            for place, one in enumerate(ids):
                at = batch.n_tokens
                batch.token[at], batch.pos[at] = one, first + place
                batch.n_seq_id[at], batch.seq_id[at][0] = 1, row
                batch.logits[at] = place == len(ids) - 1
                batch.n_tokens, ends[row] = at + 1, at
        if library.llama_decode(context, batch):
            raise RuntimeError("llama_decode found no room")
        for row, at in ends.items():
            logits = arrays.as_array(library.llama_get_logits_ith(context, at), (size,))
            best = int(logits.argmax())
            written[row].append(best)
            due[row] = [best]
            if best == asked["stop"] or len(written[row]) == asked["count"]:
                del due[row]
    return {"texts": written, "seconds": time.process_time() - began}


if __name__ == "__main__":
    question = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    reply = texts(question) if "starts" in question else proof(question)
    reply["engine"] = f"llama-cpp-python {importlib.import_module('llama_cpp').__version__}"
    Path(question["answer"]).write_text(json.dumps(reply), encoding="utf-8")
