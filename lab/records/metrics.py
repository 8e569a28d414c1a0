"""Metrics: metrics.jsonl, one line of JSON per measurement, and the definition of every number.

A line holds its kind (train, evaluate, sample, search, geodesic), its step and any of METRICS.
There is one line at most for a kind and a step, through kills and resumes. A number that is not
finite is written as null, with "diverged": true beside it.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any, BinaryIO

from lab.records.recorded_steps import RecordedSteps
from lab.storage import atomic_file
from lab.storage.append_log import append_whole
from lab.storage.bounded_reader import parse_json
from lab.storage.packed_records import read_record

METRICS: dict[str, tuple[str, str]] = {
    "loss": ("mean negative log-likelihood of the next character, over all scored", "nats"),
    "bpc": ("loss / ln 2", "bits per character"),
    "accuracy": ("share of characters that the model held most likely, given those before", "1"),
    "windows": ("windows scored", "1"),
    "characters": ("characters scored: what loss, bpc and accuracy are means of", "1"),
    "factor": ("the schedule's: the rate of this step over optimizer.lr", "1"),
    "norm": ("euclidean norm of the gradient before clipping", "nats"),
    "tokens": ("characters trained on so far, over all sessions", "1"),
    "seconds": ("wall time spent in the loop so far, over all sessions", "s"),
    "speed": ("characters trained on per second, in this step", "1/s"),
    "spent": ("share of the tightest budget (steps, tokens, minutes) that is spent", "1"),
    "left": ("wall time left, at this speed", "s"),
    "memory": ("most memory held so far: resident on CPU, allocated on CUDA", "bytes"),
    "best": ("the lowest bpc of a search so far, of scores on all windows", "bits per character"),
    "share": ("of a child in a search: share of the select windows that it was scored on", "1"),
    "generation": ("of a child in an evolution: 0 for the first population, then 1, 2, ...", "1"),
    "at": ("where on the geodesic from the first parent, 0, to the second, 1", "1"),
    "psnr": ("of a displayed frame: -10 log10 of the mean squared error of its pixels", "dB"),
    "ssim": ("of a displayed frame: structural similarity, 1 for the same", "1"),
    "iou": ("of a displayed frame: white pixels in it and in its target over those in either", "1"),
    "contrast": ("of a displayed frame: score of white less score of black", "nats"),
    "use": ("of a displayed frame: share of the head's budget that its longest row takes", "1"),
    "apart": ("most by which a frame's attention in the real model is off our algebra's", "1"),
    "cpu": ("processor time that finding a frame's input took", "s"),
    "texts": ("what the model wrote, whole, framing characters included", "text"),
}

Line = dict[str, Any]
TAIL_BLOCK = 1 << 16  # bytes that are searched at a time for the end of the last whole line


class Metrics:
    """The lines of one metrics.jsonl, open for appending.

    A torn last line, which a kill leaves, is cut off; `dropped_bytes` is its length. ValueError
    names a damaged line before it. Lines are flushed to the disk by `sync`, beside a checkpoint.
    Of the lines already written only their steps are held, 8 bytes a line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dropped_bytes = cut_torn_line(path)
        self.recorded = RecordedSteps(iter_metrics(path))
        self.file: FileIO | None = None  # opened by the first line: a finished run may be read-only

    def append(self, kind: str, step: int, **values: Any) -> Line | None:
        """Write one line to the file; None where its kind and step are there already.

        ValueError for a name that METRICS does not define.
        """
        if unknown := sorted(values.keys() - METRICS.keys()):
            raise ValueError(f"no definition in METRICS for {', '.join(unknown)}")
        if self.recorded.holds(kind, step):
            return None
        line = {"kind": kind, "step": step, **replace_nonfinite(values)}
        if self.file is None:
            self.file = FileIO(self.path, "ab")
        append_whole(self.file, encode_line(line))
        self.recorded.add(kind, step)
        return line

    def truncate_after(self, step: int) -> None:
        """Drop the lines past a step: those of a session that ended after its last checkpoint."""
        if self.recorded.latest() <= step:
            return
        self.close()
        with atomic_file.atomic_path(self.path) as shorter, open(shorter, "wb") as target:
            for line in iter_metrics(self.path):
                if line["step"] <= step:
                    target.write(encode_line(line))
        self.recorded = RecordedSteps(iter_metrics(self.path))

    def sync(self) -> None:
        """Flush to the disk, beside a checkpoint: a power cut then loses neither."""
        if self.path.exists():
            atomic_file.fsync_path(self.path)

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
        self.file = None


def read_metrics(path: Path) -> list[Line]:
    """Return every line of a metrics.jsonl; a torn last one is left out.

    ValueError names the first line that is damaged.
    """
    return list(iter_metrics(path))


def iter_metrics(path: Path) -> Iterator[Line]:
    """Yield every line of a metrics.jsonl, loose or packed, one at a time, as `read_metrics`."""
    damaged = 0
    with open(path, "rb") if path.exists() else BytesIO(read_record(path) or b"") as file:
        for number, raw in enumerate(file, 1):
            if damaged:  # not the last line, so no kill has torn it
                break
            line = decode_line(raw) if raw.endswith(b"\n") else None
            if line is None:
                damaged = number
            else:
                yield line
        else:
            return
    raise ValueError(f"{path}, line {damaged} is damaged")


def cut_torn_line(path: Path) -> int:
    """Cut a torn last line off a file; return how many bytes that was.

    A last line is whole where it ends in a newline and is a line of JSON.
    """
    if not path.exists():
        return 0
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        end = last_line_end(file, size)
        if end == size and end:
            start = last_line_end(file, end - 1)
            file.seek(start)
            end = end if decode_line(file.read(end - start)) else start
    if end < size:
        os.truncate(path, end)
    return size - end


def latest_step(path: Path) -> int | None:
    """Return the step of the last whole line of a file that may be growing; None without one."""
    try:
        with open(path, "rb") as file:
            end = last_line_end(file, file.seek(0, os.SEEK_END))
            start = last_line_end(file, end - 1)
            file.seek(start)
            line = decode_line(file.read(end - start))
    except OSError:
        return None
    return line["step"] if line else None


def last_line_end(file: BinaryIO, stop: int) -> int:
    """Return where the last newline before an offset ends, 0 where there is none before it."""
    while stop > 0:
        start = max(0, stop - TAIL_BLOCK)
        file.seek(start)
        if (place := file.read(stop - start).rfind(b"\n")) >= 0:
            return start + place + 1
        stop = start
    return 0


def encode_line(line: Line) -> bytes:
    """Return a line as bytes; ValueError for what JSON does not have."""
    return (json.dumps(line, allow_nan=False) + "\n").encode()


def decode_line(raw: bytes) -> Line | None:
    """Return a line from its bytes, None where they are not a line."""
    try:
        line = parse_json(raw, "the line")
    except ValueError:
        return None
    if not isinstance(line, dict) or not isinstance(line.get("kind"), str):
        return None
    step = line.get("step")
    return line if isinstance(step, int) and -(2**63) <= step < 2**63 else None


def replace_nonfinite(values: dict[str, Any]) -> Line:
    """Return values for JSON: numbers that are not finite become null, with "diverged": true."""
    plain = {
        name: value.item() if hasattr(value, "item") else value for name, value in values.items()
    }
    nonfinite = [n for n, v in plain.items() if isinstance(v, float) and not math.isfinite(v)]
    return {**plain, **dict.fromkeys(nonfinite), **({"diverged": True} if nonfinite else {})}
