"""Have llama-cpp-python read a GGUF: asked and answered in JSON.

    python llama_cpp_python.py REQUEST.json

https://github.com/abetlen/llama-cpp-python. Run by `llama_cpp_runner` in whatever Python has the
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


def answer_comparison(request: dict[str, Any]) -> dict[str, Any]:
    """The prompt's tokens, greedy ids after start, logits [T, V] of ids."""
    library: Any = importlib.import_module("llama_cpp")
    engine = library.Llama(
        model_path=request["model"], n_ctx=request["context"], n_threads=1, n_threads_batch=1,
        logits_all=True, type_k=0, type_v=0, flash_attn=False, n_gpu_layers=0, verbose=False,
    )  # fmt: skip
    engine.reset()
    engine.eval(request["ids"])
    logits = engine.scores[: len(request["ids"])].tolist()
    engine.reset()
    greedy: list[int] = []
    inputs = list(request["start"])
    while len(greedy) < request["count"]:
        engine.eval(inputs)
        best = int(engine.scores[engine.n_tokens - 1].argmax())
        greedy.append(best)
        if best == engine.token_eos():
            break
        inputs = [best]
    return {
        "tokens": engine.tokenize(request["prompt"].encode(), add_bos=True, special=True),
        "greedy": greedy,
        "logits": logits,
    }


def answer_texts(request: dict[str, Any]) -> dict[str, Any]:
    """Greedy ids after each start, `count` or up to `stop`, and the CPU seconds they took."""
    library: Any = importlib.import_module("llama_cpp")
    arrays: Any = importlib.import_module("numpy").ctypeslib
    starts = request["starts"]
    library.llama_backend_init()
    model_params = library.llama_model_default_params()
    model_params.n_gpu_layers = 0
    model = library.llama_model_load_from_file(request["model"].encode(), model_params)
    if not model:
        raise RuntimeError("the model cannot be read")
    size = library.llama_vocab_n_tokens(library.llama_model_get_vocab(model))
    context_params = library.llama_context_default_params()
    context_params.n_ctx, context_params.n_seq_max = request["context"] * len(starts), len(starts)
    context_params.n_batch = context_params.n_ubatch = max(512, sum(map(len, starts)))
    context_params.n_threads = context_params.n_threads_batch = 1
    if request["cache"] == "f32":  # else what the library does by itself
        context_params.type_k = context_params.type_v = 0
        context_params.flash_attn_type = 0
    context = library.llama_init_from_model(model, context_params)
    if not context:
        raise RuntimeError("there is no room for so many texts of this length")
    batch = library.llama_batch_init(context_params.n_batch, 0, 1)
    texts: list[list[int]] = [[] for _ in starts]
    pending = {row: list(start) for row, start in enumerate(starts)}
    start_time = time.process_time()
    while pending:
        batch.n_tokens, ends = 0, {}
        for row, ids in pending.items():
            first = len(starts[row]) + len(texts[row]) - len(ids)
            for offset, token in enumerate(ids):
                position = batch.n_tokens
                batch.token[position], batch.pos[position] = token, first + offset
                batch.n_seq_id[position], batch.seq_id[position][0] = 1, row
                batch.logits[position] = offset == len(ids) - 1
                batch.n_tokens, ends[row] = position + 1, position
        if library.llama_decode(context, batch):
            raise RuntimeError("llama_decode found no room")
        for row, position in ends.items():
            logits = arrays.as_array(library.llama_get_logits_ith(context, position), (size,))
            best = int(logits.argmax())
            texts[row].append(best)
            pending[row] = [best]
            if best == request["stop"] or len(texts[row]) == request["count"]:
                del pending[row]
    return {"texts": texts, "seconds": time.process_time() - start_time}


if __name__ == "__main__":
    question = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    reply = answer_texts(question) if "starts" in question else answer_comparison(question)
    reply["engine"] = f"llama-cpp-python {importlib.import_module('llama_cpp').__version__}"
    Path(question["answer"]).write_text(json.dumps(reply), encoding="utf-8")
