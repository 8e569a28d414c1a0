"""Fuzz of every reader of records: damaged and forged ones are a user's error, never another one.

Real records are taken apart and put together wrongly: a field less, another type, huge and deep
values, cut and flipped bytes. Certificates are sealed again with right checksums and ids. Each is
read by the functions that the commands read by, under a limit of memory and of time.
"""

from __future__ import annotations

import copy
import json
import random
import signal
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch

from lab.breeding.search.evaluator import FitnessEvaluator
from lab.breeding.search.search_log import SearchLog
from lab.breeding.statistics.report_log import read_evaluations
from lab.breeding.statistics.window_scores import WindowScores
from lab.config.errors import USER_ERRORS
from lab.corpora.vocabulary import Vocabulary
from lab.galleries.gallery_file import read_gallery
from lab.galleries.piece_view import build_piece_views
from lab.genealogy.birth_certificate import read_birth
from lab.genealogy.pedigree import read_pedigree
from lab.models.architecture import Architecture
from lab.models.final_individual import final_identity
from lab.models.genotype import founder
from lab.models.individual import find_individual, load_individual
from lab.models.individual_id import complete_certificate
from lab.models.serialization import tensor_bytes
from lab.records.metrics import read_metrics
from lab.records.run_files import read_config, read_result
from lab.storage.append_log import append_log_entry
from lab.storage.packed_records import read_pack
from lab.storage.verified_folder import build_manifest, readable_json

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 5, 200
ODD: list[Any] = [
    None, True, -1, 0, 7, 2**40, 10**29, 1e300, -0.5, "", "x", "../../x", "\x1b[2J", "1" * 5000, [],
    {}, [[]], {"a": 1}, ["a", 1, None], ["x"] * 5000, {"_target_": "os.system"},
]  # fmt: skip
TEXTS = [
    b"", b"\x00", b"{", b"[" * 50_000, b'{"a":' * 3000, b"NaN", b"1" * 6000, b"\xff\xfe\x00",
    b"null", b"[]", b"{}", b'"x"', b"&a [*a, *a]", b"a: &b [x]\nc: [*b, *b]",
]  # fmt: skip


METRICS = b"".join(
    b'{"kind": "train", "step": %d, "loss": 2.5, "left": null, "diverged": true}\n' % step
    for step in range(5)
)


class Hang(BaseException):
    """A reader took longer than SECONDS."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every field and element of plain data."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = list(enumerate(value))[:3]
    for key, inner in items:
        yield (*path, key)
        if len(path) < 8:  # what was made deep before is left as it is
            yield from places(inner, (*path, key))


def forge(record: Any, draw: random.Random) -> Any:
    """Change one to three fields of a record: deleted, of another type, huge or deep."""
    forged = copy.deepcopy(record)  # before it is deep
    for _ in range(draw.randint(1, 3)):
        choices = list(places(forged))
        if not choices:
            break
        *outer, last = draw.choice(choices)
        holder = forged
        for key in outer:
            holder = holder[key]
        action = draw.random()
        if action < 0.25:
            del holder[last]
        elif action < 0.35:
            deep: Any = "x"
            for _ in range(draw.choice([70, 900])):
                deep = [deep] if draw.random() < 0.5 else {"a": deep}
            holder[last] = deep
        else:
            holder[last] = copy.deepcopy(draw.choice(ODD))
    return forged


def damage(data: bytes, draw: random.Random) -> bytes:
    """Cut, flip or replace the bytes of a file."""
    action, at = draw.random(), draw.randrange(max(1, len(data)))
    if action < 0.3:
        return data[:at]
    if action < 0.7:
        return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
    return draw.choice(TEXTS)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One real record of each kind, of a committed study."""
    packed = read_pack(ROOT / "experiments" / "vigor-laptop")
    run = next(name for name in packed if name.endswith("/result.json")).rpartition("/")[0]
    found = {name: packed[f"{run}/{name}"] for name in ("config.yaml", "result.json")}
    log = tmp_path_factory.mktemp("search") / "search.jsonl"
    search(SearchLog(log, {"windows": 2}), [{"alpha": [i / 5]} for i in range(5)])
    found["search.jsonl"] = log.read_bytes()
    found["metrics.jsonl"] = METRICS
    gallery = (ROOT / "galleries" / "styles.samples.jsonl").read_bytes()
    found["gallery"] = b"".join(gallery.splitlines(keepends=True)[:4])
    return found


def search(log: SearchLog, candidates: list[Any]) -> None:
    """Score candidates as a search does, or take their scores from the log."""
    scores = WindowScores(np.array([1.5, 2.5], np.float32), np.array([3, 4]))
    evaluate = FitnessEvaluator(lambda *_: scores, lambda c: json.dumps(c), log)
    for candidate in candidates:
        evaluate(candidate)


def write_line(path: Path, entry: Any) -> None:
    """Append a checksummed line, or a deep one where JSON cannot be made of the entry."""
    try:
        append_log_entry(path, entry)
    except (ValueError, RecursionError):
        with open(path, "ab") as file:
            file.write(b"[" * 2000 + b"\n")


class Certificates:
    """A tiny individual, whose certificate is forged and sealed again."""

    def __init__(self) -> None:
        shape = Architecture(vocab_size=6, dim=8, depth=1, heads=2, dim_head=2)
        self.genotype = founder(shape, torch.Generator().manual_seed(0))
        self.birth: dict[str, Any] = complete_certificate(
            {
                "name": "mine", "parents": ["0" * 64], "parent_names": ["other"], "context": 16,
                "framing": "unconditional", "corpus": {"name": "x", "kind": "drawings"},
                "vocabulary": {"kind": "characters", "characters": "\x02\x03\x04abc"},
                "recipe": {"kind": "trained", "seed": 0, "steps": 3, "config": {"a": 1}},
            },
            self.genotype,
        )  # fmt: skip

    def write(self, folder: Path, birth: Any, is_sealed: bool) -> None:
        """Write the certificate with its weights; sealed: with the right id, where it has one."""
        if is_sealed and isinstance(birth, dict):
            with suppress(KeyError, TypeError, ValueError, AttributeError, RecursionError):
                birth = complete_certificate(birth, self.genotype)
        weights = {"rows": self.genotype.rows, "scales": self.genotype.scales}
        try:
            certificate = readable_json(birth)
        except (ValueError, RecursionError):
            certificate = b"[" * 2000
        files = {"model.safetensors": tensor_bytes(weights), "birth.json": certificate}
        files["manifest.json"] = build_manifest(files)
        for name, data in files.items():
            (folder / name).write_bytes(data)


def read_individual(root: Path) -> None:
    """What commands do with an individual before they compute: load it, and its surroundings."""
    individual = find_individual("mine", root)
    load_individual(root / "mine")
    Vocabulary.from_dict(individual.birth["vocabulary"]).decode([0])


def attempt(read: Callable[[], object]) -> str:
    """Read; return clean (a result or a user's error), traceback, hang or memory."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    tracemalloc.start()
    try:
        read()
    except USER_ERRORS as error:
        assert "\n" not in str(error) or len(str(error)) < 2000
    except Hang:
        return "hang"
    except Exception as error:  # noqa: BLE001 - the very thing that is counted
        return f"traceback {type(error).__name__}: {str(error)[:80]}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return "memory" if peak > MEGABYTES * 1e6 else "clean"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [25, pytest.param(300, marks=pytest.mark.faults)])
def test_no_forged_record_is_more_than_a_users_error(
    tmp_path: Path, records: dict[str, bytes], count: int, figures: dict[str, Any]
) -> None:
    draw, certificates = random.Random(count), Certificates()
    outcomes: dict[str, Counter[str]] = {}
    lines = [json.loads(line) for line in records["search.jsonl"].splitlines()]
    header, entries = lines[0]["header"], [entry for entry in lines[1:6]]
    for number in range(count):
        folder = tmp_path / f"{number}"
        (folder / "mine").mkdir(parents=True)
        certificates.write(
            folder / "mine", forge(certificates.birth, draw), is_sealed=draw.random() < 0.7
        )
        trials: dict[str, Callable[[], object]] = {
            "certificate, loaded": lambda folder=folder: read_individual(folder),
            "certificate, pedigree": lambda folder=folder: read_pedigree(folder),
            "certificate alone": lambda folder=folder: read_birth(folder / "mine"),
        }
        for name in ("manifest.json", "birth.json"):
            other = folder / f"damaged-{name}"
            other.mkdir()
            certificates.write(other, certificates.birth, is_sealed=True)
            (other / name).write_bytes(damage((other / name).read_bytes(), draw))
            trials[f"{name}, damaged"] = lambda other=other: load_individual(other)
        run = folder / "run"
        run.mkdir()
        forged = forge(json.loads(records["result.json"]), draw)
        try:
            text = json.dumps(forged).encode()
        except RecursionError:
            text = b"[" * 2000
        (run / "result.json").write_bytes(text if draw.random() < 0.7 else damage(text, draw))
        trials["result.json"] = lambda run=run: (read_result(run), final_identity(run))
        (run / "config.yaml").write_bytes(damage(records["config.yaml"], draw))
        trials["config.yaml"] = lambda run=run: read_config(run)
        (run / "metrics.jsonl").write_bytes(damage(records["metrics.jsonl"], draw))
        trials["metrics.jsonl"] = lambda run=run: read_metrics(run / "metrics.jsonl")
        (run / "gallery.jsonl").write_bytes(
            b"".join(
                json.dumps(forge(json.loads(line), draw)).encode() + b"\n"
                for line in records["gallery"].splitlines()
            )
            if draw.random() < 0.7
            else damage(records["gallery"], draw)
        )
        trials["gallery"] = lambda run=run: build_piece_views(
            read_gallery(run / "gallery.jsonl"), "mine"
        )
        write_line(run / "search.jsonl", {"header": header})
        for entry in entries:
            bare = {key: value for key, value in entry.items() if key != "crc"}
            write_line(run / "search.jsonl", forge(bare, draw) if draw.random() < 0.4 else bare)
        trials["search.jsonl"] = lambda run=run: search(
            SearchLog(run / "search.jsonl", header), [entry["candidate"] for entry in entries]
        )
        write_line(run / "touches", forge({"candidate": "a", "purpose": "b", "at": "c"}, draw))
        trials["report-touches.jsonl"] = lambda run=run: read_evaluations(run / "touches")
        for kind, read in trials.items():
            outcomes.setdefault(kind, Counter())[attempt(read)] += 1
    wrong = {
        kind: {name: n for name, n in counts.items() if name != "clean"}
        for kind, counts in outcomes.items()
    }
    assert {kind: counts for kind, counts in wrong.items() if counts} == {}
    figures.update(
        tried=sum(counts.total() for counts in outcomes.values()), traceback=0, hang=0, memory=0,
        clean={kind: counts["clean"] for kind, counts in sorted(outcomes.items())},
    )  # fmt: skip
