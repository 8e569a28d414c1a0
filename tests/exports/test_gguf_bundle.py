"""The format gguf: a command that a shell and llama.cpp read as it was meant, tokens checked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary
from lab.exports import gguf_bundle
from lab.exports.formats import ExportSource
from lab.exports.gguf import write_gguf
from lab.exports.gguf_tokenizer import gguf_tokens
from lab.models import individual
from lab.models.genotype import Genotype

pytest.importorskip("gguf", reason="pip install 'model-breeding-lab[export]'")
LETTERS = Vocabulary((*FRAMING_CHARACTERS, *"\n '<>\\abnosĊ"))
Make = Callable[..., ExportSource]


@pytest.fixture
def make_source(make: Callable[..., Genotype], tmp_path: Path) -> Make:
    """make_source(prompt): a small artist of LETTERS and the prompt of its checks."""

    def made(prompt: str) -> ExportSource:
        birth = {
            "framing": "conditional", "context": 40, "parents": [], "recipe": {"kind": "founder"},
            "vocabulary": LETTERS.to_dict(),
        }  # fmt: skip
        genotype, folder = make(vocab_size=len(LETTERS)), tmp_path / "artist"
        individual.save_individual(folder, genotype, birth)
        return ExportSource("artist", individual.load_individual(folder), genotype, prompt)

    return made


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
@pytest.mark.parametrize(
    ("prompt", "typed", "flag"),
    [
        ("\x02a b\x03", "<bos>a b<sep>", False),
        ("\x02a\\n's\x03", "<bos>a\\n's<sep>", True),  # \n would be read as a line end
        ("\x02a\nb\x03", "<bos>a\nb<sep>", False),
    ],
)
def test_the_command_types_the_prompt_as_it_is(
    make_source: Make, prompt: str, typed: str, flag: bool
) -> None:
    command = gguf_bundle.gguf_bundle(make_source(prompt)).usage(Path("my art"))[0]
    printed = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True, text=True
    )
    words = printed.stdout.split("\0")
    assert words[words.index("-m") + 1] == "my art/model.gguf"
    assert words[words.index("-p") + 1] == typed
    assert ("--no-escape" in words) == flag


def test_a_prompt_that_holds_the_name_of_a_mark_is_told(make_source: Make) -> None:
    told = gguf_bundle.gguf_bundle(make_source("\x02<bos>\x03")).usage(Path("out"))
    assert told[-1] == "(not so with this prompt: it has the name of a mark in its text)"
    assert len(told) == 1 + len(gguf_bundle.gguf_bundle(make_source("\x02a\x03")).usage(Path()))


def test_a_file_whose_names_mean_other_characters_is_found(
    make_source: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the writer means what the file says: the fault that comparing names cannot find."""
    source = make_source("\x02a\x03")
    swapped = Vocabulary((*LETTERS.characters[:-2], "Ċ", "s"))
    monkeypatch.setattr(gguf_bundle, "gguf_tokens", lambda vocabulary: gguf_tokens(swapped))
    bundle = gguf_bundle.gguf_bundle(source)
    assert bundle.read is not None
    (tmp_path / "model.gguf").write_bytes(write_gguf(source.model, gguf_tokens(swapped), "x"))
    with pytest.raises(ValueError, match="llama.cpp would read 's' as the ids"):
        bundle.read(tmp_path)
