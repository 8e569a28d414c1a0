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
from lab.exports.gguf_tokenizer import prompt, tokens
from lab.exports.llama_shape import Array
from lab.exports.numpy_llama import Llama
from lab.exports.prompt import quoted
from lab.exports.to_llama import convert
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.network import forward


@dataclass(frozen=True)
class Subject:
    """Who is exported: the individual, which of its weights, what it reads before it goes on."""

    name: str
    individual: Individual
    genotype: Genotype
    start: str

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its characters."""
        return Vocabulary.from_dict(self.individual.birth["vocabulary"])

    @property
    def context(self) -> int:
        """The characters that it was trained to see at most."""
        return int(self.individual.birth["context"])

    @cached_property
    def model(self) -> Llama:
        """Its arrays; ValueError for an nGPT."""
        return convert(self.genotype, self.context)

    def logits(self, ids: Sequence[int]) -> Array:
        """What the lab's own forward pass says of ids [T]: [T, V]."""
        g = self.genotype
        with torch.inference_mode():
            told = forward(g.architecture, g.rows, g.scales, torch.tensor(ids)[None])
        return np.asarray(told[0].numpy())


@dataclass(frozen=True)
class Made:
    """Files by their place in the folder, what to type, and what reads them back.

    read gives the model in a folder and, for each id of the vocabulary, its own; None where there
    is no engine's file. exact: float32 was kept.
    """

    files: Mapping[str, bytes]
    use: Callable[[Path], list[str]]
    read: Callable[[Path], tuple[Llama, list[int]]] | None
    exact: bool = True


def gguf_bundle(subject: Subject) -> Made:
    """model.gguf, for llama.cpp."""
    vocabulary, spelled = subject.vocabulary, tokens(subject.vocabulary)
    about = f"reared in the model-breeding lab, individual {subject.individual.id}"
    data = to_llama.gguf(subject.model, vocabulary, subject.name, about)
    asked = quoted(prompt(subject.start, vocabulary))

    def use(folder: Path) -> list[str]:
        return [
            f"llama-completion -m {folder / 'model.gguf'} -no-cnv -p {asked} "
            f"-c {subject.context} -n {subject.context - len(subject.start)} --temp 0 "
            "-ctk f32 -ctv f32 -fa off",
            "(llama.cpp; llama-cli in older releases; the last three make it exact)",
        ]

    def read(folder: Path) -> tuple[Llama, list[int]]:
        back, names = gguf.read(folder / "model.gguf")
        if names != spelled:
            raise ValueError(f"{folder / 'model.gguf'} does not name its tokens as it was told to")
        return back, list(range(len(vocabulary)))

    return Made({"model.gguf": data}, use, read)


def llama2c_bundle(subject: Subject, version: int) -> Made:
    """model.bin and tokenizer.bin, for llama2.c: version 0 and 1 in float32, 2 in int8."""
    model, pieces = llama2c_vocabulary.spelled(subject.model, subject.vocabulary)
    data = (
        llama2c_q80.write(llama2c_q80.quantise(model))
        if version == 2
        else llama2c.write(model, version)
    )
    typed = subject.start if subject.vocabulary.kind == "characters" else subject.start.strip("\0")
    asked, runner = quoted(typed), "./runq" if version == 2 else "./run"

    def use(folder: Path) -> list[str]:
        files = f"{folder / 'model.bin'} -z {folder / 'tokenizer.bin'}"
        line = f"{runner} {files} -t 0 -n {subject.context} -i {asked}"
        note = "(llama2.c's run reads version 0 only; characters that it lacks are not understood)"
        return [line, note]

    def read(folder: Path) -> tuple[Llama, list[int]]:
        back = (folder / "model.bin").read_bytes()
        found = llama2c_q80.read(back).llama() if version == 2 else llama2c.read(back)
        return found, llama2c_vocabulary.ids(subject.vocabulary)

    return Made({"model.bin": data, "tokenizer.bin": pieces.write()}, use, read, version != 2)


def hub_bundle(subject: Subject, card: Callable[[Sequence[str]], str]) -> Made:
    """A folder to publish; card: the model card that ends with some sentences."""
    ours, read, said = {}, None, []
    if subject.genotype.architecture.kind == "llama":
        written = transformers_files.write(subject.model, subject.vocabulary)
        ours = {f"transformers/{name}": data for name, data in written.items()}
        said.append(
            "`transformers/` holds the same weights for Hugging Face transformers: "
            '`LlamaForCausalLM.from_pretrained(THIS_FOLDER, subfolder="transformers")`.'
        )

        def read(folder: Path) -> tuple[Llama, list[int]]:
            back = {name: (folder / "transformers" / name).read_bytes() for name in written}
            return transformers_files.read(back), list(range(len(subject.vocabulary)))

    def use(folder: Path) -> list[str]:
        return [f"python -m lab.sample artist={folder}", f"hf upload OWNER/NAME {folder}"]

    return Made(ours | hub_folder.files(subject.individual, card(said)), use, read)
