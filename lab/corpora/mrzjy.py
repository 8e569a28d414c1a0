"""mrzjy: a dataset of ASCII art rendered from photographs and sketches, with captions.

mrzjy, 2024, https://huggingface.co/datasets/mrzjy/ascii_art_generation_140k, Apache-2.0. 138,941
conversations of {"role", "content"}: a user's "Draw {caption} in ASCII art{instruction}", and an
assistant's answer with the art between two lines of ```; 20 lines high, drawn with " .+#@/()".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.corpora.data_folder import INSTALL_DATA
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import DrawingCorpus, build_drawing_corpus
from lab.corpora.filtering import Limits
from lab.corpora.hub_datasets import locate_collection

REPOSITORY = "mrzjy/ascii_art_generation_140k"
PATTERN = "train/*.arrow"
PLACES = ("mrzjy/train/*.arrow", "mrzjy/*.arrow", "mrzjy/*.parquet", "mrzjy/*.jsonl")
REQUEST_PATTERN = re.compile(
    r"^\s*draw\s+(?P<caption>.+?)\s+in ascii art", re.IGNORECASE | re.DOTALL
)
FENCED_ART = re.compile(r"```(?:[a-z]*\n)?(?P<art>.*?)```", re.DOTALL)
MAX_LABEL = 48  # characters; longer captions end at a word before


def mrzjy(
    data: str | Path | None = None,
    sample: int = 5000,
    seed: int = 0,
    max_width: int = 80,
    max_height: int = 60,
    max_length: int = 2048,
    revision: str | None = None,
) -> DrawingCorpus:
    """Return `sample` pieces drawn by `seed`: those of least sha256 of seed, label and art.

    So a larger sample holds a smaller one, whatever the order of the records. Captions are cut to
    MAX_LABEL characters. Read from the data folder (PLACES), else downloaded (98 MB); revision is a
    commit or tag that they must be of. Raises
    FileNotFoundError where it cannot be had, ValueError where no record is as documented.
    """
    if sample < 3:
        raise ValueError(f"sample must be at least 3, not {sample}")
    collection = locate_collection(data, "mrzjy", PLACES, REPOSITORY, PATTERN, revision)
    documented, undocumented = read_mrzjy_pieces(collection.files)
    ranked = sorted(documented, key=lambda piece: sampling_key(seed, piece))
    limits = Limits(max_width, max_height, max_length)
    source = {
        "source": f"https://huggingface.co/datasets/{REPOSITORY}",
        **collection.provenance,
        "licence": "Apache-2.0",
        "pieces": len(ranked),
        "sample": sample,
        "seed": seed,
    } | ({"left_out": {"not as documented": undocumented}} if undocumented else {})
    return build_drawing_corpus("mrzjy", ranked, limits, source, max_pieces=sample)


def sampling_key(seed: int, piece: Drawing) -> bytes:
    """Return the hash by which a piece is drawn into a sample."""
    return hashlib.sha256(f"{seed}\n{piece.label}\n{piece.art}".encode()).digest()


def parse_mrzjy_record(record: Any) -> Drawing | None:
    """Return the piece of one record, or None where it is not as documented."""
    turns = record.get("conversations") if isinstance(record, dict) else None
    content_by_role = {
        str(turn.get("role")): turn.get("content")
        for turn in (turns if isinstance(turns, list) else [])
        if isinstance(turn, dict)
    }
    request = REQUEST_PATTERN.search(str(content_by_role.get("user", "")))
    answer = FENCED_ART.search(str(content_by_role.get("assistant", "")))
    if not request or not answer:
        return None
    # The art has no backslashes of its own: where a line end is written out, it is one.
    art = answer["art"].replace("\\n", "\n")
    return Drawing(shorten_caption(request["caption"]), art, request["caption"], "mrzjy")


def shorten_caption(caption: str) -> str:
    """Return the caption, or as many whole words from its start as MAX_LABEL characters hold."""
    words = " ".join(caption.split())
    if len(words) <= MAX_LABEL:
        return words
    return words[: MAX_LABEL + 1].rpartition(" ")[0] or words[:MAX_LABEL]


def read_mrzjy_pieces(files: list[Path]) -> tuple[list[Drawing], int]:
    """Return the pieces of the files, and the number of records that are not as documented.

    Raises ValueError where a file has no record that is.
    """
    pieces, undocumented = list[Drawing](), 0
    for file in files:
        count_before = len(pieces)
        for record in read_mrzjy_records(file):
            if piece := parse_mrzjy_record(record):
                pieces.append(piece)
            else:
                undocumented += 1
        if len(pieces) == count_before:
            raise ValueError(
                f'{file} is not as documented: no record has conversations with "Draw ... in ASCII '
                'art" by the user and art between lines of ``` by the assistant'
            )
    return pieces, undocumented


def read_mrzjy_records(file: Path) -> Iterator[Any]:
    """Yield the records of an Arrow stream, a parquet or a jsonl file. Raises ValueError."""
    place = ""
    try:
        if file.suffix == ".jsonl":
            with file.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        place = f"line {number}: "
                        record = json.loads(line)
                        place = ""
                        yield record
        else:
            yield from read_conversations(file)
    except RecursionError:
        raise ValueError(f"{file} cannot be read: {place}it is nested too deeply") from None
    except (ValueError, KeyError, OSError) as error:
        raise ValueError(f"{file} cannot be read: {place}{error}") from error


def read_conversations(file: Path) -> Iterator[Any]:
    """Yield the conversations of an Arrow stream or a parquet file, as records."""
    try:
        from pyarrow import ipc, parquet
    except ImportError:
        raise ValueError(f"it needs {INSTALL_DATA}") from None
    if file.suffix == ".parquet":
        with parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(columns=["conversations"]):
                yield from batch.to_pylist()
    else:
        with file.open("rb") as raw, ipc.open_stream(raw) as stream:
            for batch in stream:
                yield from batch.select(["conversations"]).to_pylist()
