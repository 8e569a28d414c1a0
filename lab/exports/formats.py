"""Formats: an artist as the files of each format, how they are used, and how they are read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from lab.corpora.vocabulary import Vocabulary
from lab.exports import (
    gguf,
    hub_folder,
    llama2c,
    llama2c_q80,
    llama2c_vocabulary,
    to_llama,
    transformers_files,
)
from lab.exports.gguf_tokenizer import gguf_prompt, gguf_tokens
from lab.exports.llama_shape import Array
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.prompt import quote_for_bash
from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.network import forward


@dataclass(frozen=True)
class ExportSource:
    """Who is exported: the individual, which of its weights, what it reads before it goes on."""

    name: str
    individual: Individual
    genotype: Genotype
    prompt: str

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its characters."""
        return Vocabulary.from_dict(self.individual.birth["vocabulary"])

    @property
    def context(self) -> int:
        """The characters that it was trained to see at most."""
        return int(self.individual.birth["context"])

    @cached_property
    def model(self) -> NumpyLlama:
        """Its arrays; ValueError for an nGPT."""
        return convert_to_llama(self.genotype, self.context)

    def logits(self, ids: Sequence[int]) -> Array:
        """What the lab's own forward pass says of ids [T]: [T, V]."""
        g = self.genotype
        with torch.inference_mode():
            logits = forward(g.architecture, g.rows, g.scales, torch.tensor(ids)[None])
        return np.asarray(logits[0].numpy())


@dataclass(frozen=True)
class ExportBundle:
    """Files by their place in the folder, what to type, and what reads them back.

    read gives the model in a folder and, for each id of the vocabulary, its own; None where there
    is no engine's file. exact: float32 was kept.
    """

    files: Mapping[str, bytes]
    usage: Callable[[Path], list[str]]
    read: Callable[[Path], tuple[NumpyLlama, list[int]]] | None
    exact: bool = True


def gguf_bundle(source: ExportSource) -> ExportBundle:
    """model.gguf, for llama.cpp."""
    vocabulary, tokens = source.vocabulary, gguf_tokens(source.vocabulary)
    description = f"reared in the model-breeding lab, individual {source.individual.id}"
    data = to_llama.export_gguf(source.model, vocabulary, source.name, description)
    quoted_prompt = quote_for_bash(gguf_prompt(source.prompt, vocabulary))

    def usage(folder: Path) -> list[str]:
        return [
            f"llama-completion -m {folder / 'model.gguf'} -no-cnv -p {quoted_prompt} "
            f"-c {source.context} -n {source.context - len(source.prompt)} --temp 0 "
            "-ctk f32 -ctv f32 -fa off",
            "(llama.cpp; llama-cli in older releases; the last three make it exact)",
        ]

    def read(folder: Path) -> tuple[NumpyLlama, list[int]]:
        model, file_tokens = gguf.read_gguf(folder / "model.gguf")
        if file_tokens != tokens:
            raise ValueError(f"{folder / 'model.gguf'} does not name its tokens as it was told to")
        return model, list(range(len(vocabulary)))

    return ExportBundle({"model.gguf": data}, usage, read)


def llama2c_bundle(source: ExportSource, version: int) -> ExportBundle:
    """model.bin and tokenizer.bin, for llama2.c: version 0 and 1 in float32, 2 in int8."""
    model, tokenizer = llama2c_vocabulary.convert_to_llama2c(source.model, source.vocabulary)
    data = (
        llama2c_q80.write_q80(llama2c_q80.quantise_q80(model))
        if version == 2
        else llama2c.write_llama2c(model, version)
    )
    prompt = source.prompt if source.vocabulary.kind == "characters" else source.prompt.strip("\0")
    quoted_prompt, runner = quote_for_bash(prompt), "./runq" if version == 2 else "./run"

    def usage(folder: Path) -> list[str]:
        files = f"{folder / 'model.bin'} -z {folder / 'tokenizer.bin'}"
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


def hub_bundle(source: ExportSource, format_card: Callable[[Sequence[str]], str]) -> ExportBundle:
    """A folder to publish; card: the model card that ends with some sentences."""
    llama_files, read, sentences = {}, None, []
    if source.genotype.architecture.kind == "llama":
        files = transformers_files.write_transformers_files(source.model, source.vocabulary)
        llama_files = {f"transformers/{name}": data for name, data in files.items()}
        sentences.append(
            "`transformers/` holds the same weights for Hugging Face transformers: "
            '`LlamaForCausalLM.from_pretrained(THIS_FOLDER, subfolder="transformers")`.'
        )

        def read(folder: Path) -> tuple[NumpyLlama, list[int]]:
            stored = {name: (folder / "transformers" / name).read_bytes() for name in files}
            return transformers_files.read_transformers_files(stored), list(
                range(len(source.vocabulary))
            )

    def usage(folder: Path) -> list[str]:
        return [f"python -m lab.sample artist={folder}", f"hf upload OWNER/NAME {folder}"]

    return ExportBundle(
        llama_files | hub_folder.hub_files(source.individual, format_card(sentences)), usage, read
    )
