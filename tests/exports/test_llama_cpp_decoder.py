"""Films that llama.cpp writes from our file are the films that we write."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lab.corpora.film import frame_number, row_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary
from lab.exports import llama_cpp_decoder, llama_cpp_runner
from lab.exports.llama_cpp_decoder import LlamaCppDecoder
from lab.exports.llama_cpp_runner import NO_ENGINE, LlamaCppEngine
from lab.films.frame_generator import FrameGenerator
from lab.models.genotype import Genotype

FOUND = llama_cpp_runner.engines()
NUMBERS = [frame_number(number) for number in range(9)]
FILM = Vocabulary((*FRAMING_CHARACTERS, "\n", ".", "@", *NUMBERS, *map(row_number, range(5))))

STANDIN = """
import json, sys
asked = json.load(open(sys.argv[1]))
texts = [[one[-1] + 1] * (asked["count"] - at) for at, one in enumerate(asked["starts"])]
json.dump({"engine": "stand-in", "texts": texts, "seconds": 0.5}, open(asked["answer"], "w"))
"""


@pytest.mark.engine
@pytest.mark.skipif(not FOUND, reason=NO_ENGINE)
@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.name)
@pytest.mark.parametrize("framing", ["frame", "row"])
def test_it_writes_the_frames_that_we_write(
    make: Callable[..., Genotype],
    monkeypatch: pytest.MonkeyPatch,
    framing: str,
    one: LlamaCppEngine,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(llama_cpp_runner, "engines", lambda: [one])
    genotype = make(vocab_size=len(FILM), dim=64, dim_head=16, tied=False)
    length = 1000 if framing == "frame" else 60
    ours = FrameGenerator(genotype, FILM, framing, length)
    write = LlamaCppDecoder(genotype, FILM, length, tmp_path)
    theirs = FrameGenerator(genotype, FILM, framing, length, drafting=False, decoder=write)
    wanted = NUMBERS[:2] if framing == "frame" else NUMBERS
    written = list(ours.frames(wanted))
    assert list(theirs.frames(wanted)) == written
    assert max(map(len, written)) > 20 and len(set(written)) == len(wanted)


def test_starts_go_out_and_texts_come_back(
    make: Callable[..., Genotype], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "standin.py"
    script.write_text(STANDIN)
    standin = LlamaCppEngine("stand-in", (sys.executable, str(script)))
    monkeypatch.setattr(llama_cpp_runner, "engines", lambda: [standin])
    write = LlamaCppDecoder(make(vocab_size=len(FILM)), FILM, 5, tmp_path)
    assert write([np.array([0, 6]), np.array([0, 7])], 5, 2) == [[7, 7, 7], [8, 8]]
    many = write(300 * [np.array([0, 6])], 305, 2)  # more than llama.cpp takes at once
    assert len(many) == 300 and many[256] == 303 * [7]
    assert (write.name, write.seconds) == ("stand-in", 1.5)
    assert write.path.read_bytes().startswith(b"GGUF")
    script.write_text("raise SystemExit('broken')")
    with pytest.raises(ValueError, match="stand-in failed: broken"):
        write([np.array([0])], 5, 2)


def test_where_no_engine_is_it_says_so(
    make: Callable[..., Genotype], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(llama_cpp_decoder.llama_cpp_runner, "engines", list)
    with pytest.raises(ValueError, match="make engine"):
        LlamaCppDecoder(make(vocab_size=len(FILM)), FILM, 60, tmp_path)
    with pytest.raises(ValueError, match="an nGPT has no form"):  # said first: no engine would help
        LlamaCppDecoder(make("ngpt", vocab_size=len(FILM)), FILM, 60, tmp_path)
