"""llama2.c format: an artist as model.bin and tokenizer.bin, with the line that runs it."""

from __future__ import annotations

import shlex
from pathlib import Path

from lab.exports import llama2c, llama2c_q80, llama2c_vocabulary
from lab.exports.formats import ExportBundle, ExportSource, export_format
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.prompt import quote_for_bash


@export_format("llama2c", files=("model.bin", "tokenizer.bin"))
def llama2c_bundle(source: ExportSource, version: int) -> ExportBundle:
    """model.bin and tokenizer.bin, for llama2.c: versions 0 and 1 in float32, 2 in int8.

    ValueError for what llama2.c would run wrongly.
    """
    model, tokenizer = llama2c_vocabulary.convert_to_llama2c(source.model, source.vocabulary)
    data = (
        llama2c_q80.write_q80(llama2c_q80.quantise_q80(model))
        if version == 2
        else llama2c.write_llama2c(model, version)
    )
    prompt = source.prompt if source.vocabulary.kind == "characters" else source.prompt.strip("\0")
    quoted_prompt, runner = quote_for_bash(prompt), "./runq" if version == 2 else "./run"

    def usage(folder: Path) -> list[str]:
        model_path, tokenizer_path = (
            shlex.quote(str(folder / name)) for name in ("model.bin", "tokenizer.bin")
        )
        files = f"{model_path} -z {tokenizer_path}"
        line = f"{runner} {files} -t 0 -n {source.context} -i {quoted_prompt}"
        note = "(llama2.c's run reads version 0 only; characters that it lacks are not understood)"
        return [line, note]

    def read(folder: Path) -> tuple[NumpyLlama, list[int]]:
        stored = (folder / "model.bin").read_bytes()
        restored = (
            llama2c_q80.read_q80(stored).dequantise()
            if version == 2
            else llama2c.read_llama2c(stored)
        )
        return restored, llama2c_vocabulary.llama2c_ids(source.vocabulary)

    return ExportBundle(
        {"model.bin": data, "tokenizer.bin": tokenizer.to_bytes()}, usage, read, version != 2
    )
