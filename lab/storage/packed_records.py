"""Packed records: the text files of a study's finished runs in one compressed JSON Lines file.

`runs.jsonl.xz` holds one line a run, {"run": its folder, "files": {path in it: text}}, sorted;
`scores.zip` beside it holds the runs' scores.npz, stored as they are (compressed already). Readers
take a loose file where there is one, and its packed copy otherwise. Format: LZMA (.xz) of JSON
Lines, https://tukaani.org/xz/xz-file-format.txt.
"""

from __future__ import annotations

import io
import json
import lzma
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lab.storage.atomic_file import write_atomic
from lab.storage.bounded_reader import read_regular_file

TEXT_PACK, SCORES_PACK = "runs.jsonl.xz", "scores.zip"
TEXT_NAMES = (
    "config.yaml", "environment.json", "metrics.jsonl", "search.jsonl", "result.json",
    "birth.json", "manifest.json",
)  # fmt: skip
SCORES_NAME = "scores.npz"
WEIGHT_SUFFIXES = (".safetensors", ".pt")
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # of every entry, so that equal records give equal bytes


def pack_records(root: Path) -> list[Path]:
    """Pack the records of every finished run below root; return the loose files packed.

    What was packed before stays, and a loose file replaces its packed copy. Nothing is removed.
    ValueError where a file is not UTF-8, or where reading the pack again gives other bytes.
    """
    loose = {path.relative_to(root).as_posix(): path for path in _loose_records(root)}
    contents = read_pack(root) | {name: path.read_bytes() for name, path in loose.items()}
    for path, data in (
        (root / TEXT_PACK, _encode_texts(contents)),
        (root / SCORES_PACK, _encode_scores(contents)),
    ):
        if data:
            write_atomic(path, data)
    if read_pack(root) != contents:
        raise ValueError(f"{root / TEXT_PACK} does not give back what was packed: keep the files")
    return sorted(loose.values())


def remove_packed_files(root: Path, packed: list[Path]) -> list[Path]:
    """Remove loose files that a pack of root holds byte for byte; return those removed.

    A run whose weights lie in its folder keeps its files: its commands go on from them.
    """
    contents, removed = read_pack(root), []
    for path in packed:
        run = _run_folder(path, root)
        if run is None or any(file.suffix in WEIGHT_SUFFIXES for file in run.rglob("*")):
            continue
        if contents.get(path.relative_to(root).as_posix()) == path.read_bytes():
            removed.append(path)
    for path in removed:
        path.unlink()
    for folder in sorted({up for path in removed for up in path.parents}, reverse=True):
        if folder.is_relative_to(root) and folder != root and not any(folder.iterdir()):
            folder.rmdir()
    return removed


def read_pack(root: Path) -> dict[str, bytes]:
    """Every packed file of a study by its path below root; empty where nothing is packed.

    ValueError names a pack that is damaged.
    """
    contents: dict[str, bytes] = {}
    for path in (root / TEXT_PACK, root / SCORES_PACK):
        if path.is_file():
            stat = path.stat()
            contents |= _decode_pack(path, stat.st_mtime_ns, stat.st_size)
    return contents


def read_record(path: Path) -> bytes | None:
    """The bytes of a run's file, loose or packed in a folder above it; None where there is none."""
    if path.exists():
        return read_regular_file(path)
    for folder in path.absolute().parents:
        if (folder / TEXT_PACK).is_file():
            return read_pack(folder).get(path.absolute().relative_to(folder).as_posix())
    return None


def require_record(path: Path) -> bytes:
    """The bytes of a run's file, loose or packed; FileNotFoundError where there is none."""
    data = read_record(path)
    return read_regular_file(path) if data is None else data


def packed_paths(root: Path, name: str) -> list[Path]:
    """Where every packed file called name (birth.json, ...) lay below root, sorted."""
    packs = [pack.parent for pack in root.rglob(TEXT_PACK)]
    paths = {folder / path for folder in packs for path in read_pack(folder)}
    return sorted(path for path in paths if path.name == name)


def _loose_records(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        is_record = path.name in (*TEXT_NAMES, SCORES_NAME) and path.is_file()
        if is_record and _run_folder(path, root) is not None:
            yield path


def _run_folder(path: Path, root: Path) -> Path | None:
    """The outermost folder below root and above path that holds a result.json, or None."""
    folders = [folder for folder in path.parents if folder.is_relative_to(root) and folder != root]
    runs = [folder for folder in folders if (folder / "result.json").is_file()]
    return runs[-1] if runs else None


def _encode_texts(contents: dict[str, bytes]) -> bytes:
    """LZMA of one line a run; its folder is the outermost one with a result.json."""
    texts = {name: data for name, data in contents.items() if not name.endswith(SCORES_NAME)}
    runs = {name.removesuffix("/result.json") for name in texts if name.endswith("/result.json")}
    files: dict[str, dict[str, str]] = {run: {} for run in sorted(runs)}
    for name, data in sorted(texts.items()):
        run = next(up for up in _folders_above(name) if up in runs)
        files[run][name.removeprefix(f"{run}/")] = data.decode("utf-8")
    lines = [
        json.dumps({"run": run, "files": texts}, ensure_ascii=False) for run, texts in files.items()
    ]
    data = "".join(f"{line}\n" for line in lines).encode()
    return lzma.compress(data, preset=9 | lzma.PRESET_EXTREME) if lines else b""


def _encode_scores(contents: dict[str, bytes]) -> bytes:
    scores = {name: data for name, data in contents.items() if name.endswith(SCORES_NAME)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(scores.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), data)
    return buffer.getvalue() if scores else b""


@lru_cache(maxsize=8)
def _decode_pack(path: Path, modified_ns: int, size: int) -> dict[str, bytes]:
    """The files of one pack; the cache is by its time and size, so that a new pack is read."""
    try:
        if path.name == SCORES_PACK:
            with zipfile.ZipFile(path) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        lines = [json.loads(line) for line in lzma.decompress(path.read_bytes()).splitlines()]
        return {
            f"{line['run']}/{name}": text.encode()
            for line in lines
            for name, text in line["files"].items()
        }
    except (lzma.LZMAError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}): restore it") from None


def _folders_above(name: str) -> list[str]:
    """The folders of a path below a root, outermost first: a/b/c gives a, a/b."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
