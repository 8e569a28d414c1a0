"""GGUF format: an artist as llama.cpp's model.gguf, with the line that runs it."""

from __future__ import annotations

import shlex
from pathlib import Path

from lab.exports.byte_pair_tokenizer import BytePairTokenizer, check_typed_tokens
from lab.exports.formats import ExportBundle, ExportSource, export_format
from lab.exports.gguf import read_gguf
from lab.exports.gguf_tokenizer import gguf_prompt, gguf_tokens
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.prompt import quote_for_bash
from lab.exports.to_llama import export_gguf


@export_format("gguf", files=("model.gguf",), llama_cpp=True)
def gguf_bundle(source: ExportSource) -> ExportBundle:
    """model.gguf, for llama.cpp; ValueError for an nGPT, or without the package gguf."""
    vocabulary, tokens = source.vocabulary, gguf_tokens(source.vocabulary)
    description = f"trained in the model-breeding lab, individual {source.individual.id}"
    data = export_gguf(source.model, vocabulary, source.name, description)
    typed = gguf_prompt(source.prompt, vocabulary)
    prompt = quote_for_bash(typed) + (" --no-escape" if "\\" in typed else "")

    is_read = vocabulary.kind == "bytes" or (
        BytePairTokenizer(tokens).encode(typed) == vocabulary.encode(source.prompt).tolist()
    )
    note = () if is_read else ("(not so with this prompt: it has the name of a mark in its text)",)

    def usage(folder: Path) -> list[str]:
        return [
            f"llama-completion -m {shlex.quote(str(folder / 'model.gguf'))} -no-cnv -p {prompt} "
            f"-c {source.context} -n {source.context - len(source.prompt)} --temp 0 "
            "-ctk f32 -ctv f32 -fa off",
            "(llama.cpp; llama-cli in older releases; the last three make it exact)",
            *note,
        ]

    def read(folder: Path) -> tuple[NumpyLlama, list[int]]:
        model, file_tokens = read_gguf(folder / "model.gguf")
        if file_tokens != tokens:
            raise ValueError(f"{folder / 'model.gguf'} does not name its tokens as written")
        check_typed_tokens(file_tokens, vocabulary)
        return model, list(range(len(vocabulary)))

    return ExportBundle({"model.gguf": data}, usage, read)
