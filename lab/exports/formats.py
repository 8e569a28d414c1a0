"""Export format: a function from an artist to a bundle of files, with what it declares of itself.

    @export_format("gguf", files=("model.gguf",), llama_cpp=True)
    def gguf_bundle(source: ExportSource) -> ExportBundle: ...

A format is one such function in a file of this package, and a YAML in conf/format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from lab.corpora.vocabulary import Vocabulary
from lab.exports.llama_shape import Array
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.network import forward

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class ExportSource:
    """What is exported: an individual, its name, the weights chosen, the prompt of the checks."""

    name: str
    individual: Individual
    genotype: Genotype
    prompt: str

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of its birth certificate."""
        return Vocabulary.from_dict(self.individual.birth["vocabulary"])

    @property
    def context(self) -> int:
        """The context length it was trained with, in characters."""
        return int(self.individual.birth["context"])

    @cached_property
    def model(self) -> NumpyLlama:
        """Its arrays as a LLaMA's; ValueError for an nGPT."""
        return convert_to_llama(self.genotype, self.context)

    def logits(self, ids: Sequence[int]) -> Array:
        """Logits [T, V] of ids [T] by the lab's own forward pass."""
        g = self.genotype
        with torch.inference_mode():
            logits = forward(g.architecture, g.rows, g.scales, torch.tensor(ids)[None])
        return np.asarray(logits[0].numpy())


@dataclass(frozen=True)
class ExportBundle:
    """Files by their place in the folder, the lines to type, and the reader of these files.

    read(folder) gives the model and, for each id of the vocabulary, the file's own id; None where
    no file is for an engine. exact: weights are kept in float32.
    """

    files: Mapping[str, bytes]
    usage: Callable[[Path], list[str]]
    read: Callable[[Path], tuple[NumpyLlama, list[int]]] | None
    exact: bool = True


@dataclass(frozen=True)
class FormatTraits:
    """What an export format writes and needs.

    name: of the format, as it is typed. files: those it always writes. llama_cpp: llama.cpp's
    engines read it. needs_card: takes `format_card`, which makes a model card of some sentences.
    """

    name: str
    files: tuple[str, ...]
    llama_cpp: bool = False
    needs_card: bool = False


def export_format(name: str, **declared: Any) -> Callable[[F], F]:
    """Attach FormatTraits to a format's function, which is otherwise returned as it is."""

    def declare(function: F) -> F:
        vars(function)["traits"] = FormatTraits(name, **declared)
        return function

    return declare


def format_traits(function: Callable[..., Any]) -> FormatTraits:
    """The traits that a format declares; ValueError where it declares none."""
    traits = vars(function).get("traits")
    if not isinstance(traits, FormatTraits):
        name = function.__name__
        raise ValueError(f"{name} is no export format: declare it with @export_format")
    return traits
