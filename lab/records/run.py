"""Run: the folder experiments/<name>/, locked by one process and tied to one config by its hash.

    config.yaml        the resolved config, under its hash
    environment.json   versions and machine of each session
    metrics.jsonl      every measurement
    checkpoint/        written by the training loop
    result.json        written last: the run is complete

The same name with the same config, logging habits aside, resumes, or is complete already; with
another config it is refused with the differing keys, unless `again`, which sets the old aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from lab.records.config_hash import LOGGING_KEYS, config_differences, hash_config
from lab.records.metrics import Metrics
from lab.records.run_files import AGAIN_HINT, HASH_HEADER, set_aside
from lab.records.run_files import read_config as read_config
from lab.records.run_files import read_result as read_result
from lab.records.run_lock import RunLock
from lab.records.wandb_mirror import NullMirror, open_mirror
from lab.storage import atomic_file
from lab.storage.bounded_reader import read_json_object, require_types
from lab.storage.contained_names import refuse_linked_entries
from lab.terminal.progress import warn


class Run:
    """A context manager that holds a run's folder; ValueError or OSError where it is refused.

    `is_finished` is whether there is a result.json, and `result` its content; `resumed` is whether
    an earlier session of the same config started the run.
    """

    def __init__(
        self,
        root: str | Path,
        name: str,
        config: Mapping[str, Any],
        again: bool = False,
        tracker: Mapping[str, Any] | None = None,
    ) -> None:
        if Path(name).name != name or name in ("", ".", ".."):
            raise ValueError(f"a run's name is the name of one folder, not {name!r}")
        self.root = Path(root).expanduser().resolve()
        self.name, self.config, self.again = name, config, again
        self.hash = hash_config(config)
        self.folder = self.root / name
        self.tracker = tracker or {}
        self.result: dict[str, Any] | None = None
        self.resumed = False
        self.mirror: NullMirror = NullMirror()
        self.lock: RunLock | None = None

    def __enter__(self) -> Self:
        """Take the folder: lock it, then resume, start, set aside or refuse."""
        try:
            self.lock = RunLock(self.folder).acquire()
        except OSError as error:
            self._read_finished(error)
            return self
        try:
            self._open_folder()
        except BaseException:
            self.lock.release()
            raise
        return self

    def _read_finished(self, error: OSError) -> None:
        """Read a finished run where nothing can be written, or raise the error."""
        is_finished = (self.folder / "result.json").exists() and not self.again
        if not (atomic_file.is_read_only(error) and is_finished):
            raise error
        self._require_same_config()
        self.lock, self.result = None, self._read_own_result()
        self.metrics = Metrics(self.folder / "metrics.jsonl")

    def _open_folder(self) -> None:
        if self.again and self.folder.exists():
            set_aside(self.folder)
        self.folder.mkdir(exist_ok=True)
        refuse_linked_entries(self.folder)
        self.resumed = (self.folder / "config.yaml").exists()
        if self.resumed:
            self._require_same_config()
        else:
            text = yaml.safe_dump(dict(self.config), sort_keys=False, allow_unicode=True)
            atomic_file.write_atomic(
                self.folder / "config.yaml", f"{HASH_HEADER}{self.hash}\n{text}".encode()
            )
        if (self.folder / "result.json").exists():  # a packed record does not complete a rerun
            self.result = self._read_own_result()
        self.metrics = Metrics(self.folder / "metrics.jsonl")
        if self.metrics.dropped_bytes:
            warn(f"{self.metrics.path}: dropped a torn last line")
        if not self.is_finished:
            parts = (self.folder, self.folder / "checkpoint", self.folder / "gen-0")
            atomic_file.remove_all_temporaries(*parts)  # of killed sessions: the lock is held
            identity = (self.folder, self.name, self.hash, self.config)
            self.mirror = open_mirror(self.tracker, *identity, record=self.metrics.path)

    def _read_own_result(self) -> dict[str, Any] | None:
        result = read_result(self.folder)
        if result is not None and result.get("hash") != self.hash:
            raise ValueError(f"{self.folder / 'result.json'} is of another run: {AGAIN_HINT}")
        return result

    def _require_same_config(self) -> None:
        old = read_config(self.folder)
        if changed := config_differences(old, self.config, LOGGING_KEYS):
            listed = "; ".join(changed[:5])
            listed += f" and {len(changed) - 5} more" if len(changed) > 5 else ""
            raise ValueError(
                f"{self.folder} holds a run of another config ({listed}): "
                "choose another name=, or again=true to set it aside"
            )
        self.hash = hash_config(old)  # logging habits may differ: the run keeps its own hash

    @property
    def is_finished(self) -> bool:
        """Whether the run is complete."""
        return self.result is not None

    def write(self, kind: str, step: int, **values: Any) -> None:
        """Record one measurement, as `Metrics.append` does, and mirror it."""
        if line := self.metrics.append(kind, step, **values):
            self.mirror.log(line)

    def forget(self, step: int) -> None:
        """Drop the measurements past a step, from which training resumes."""
        self.metrics.truncate_after(step)

    def note_environment(self, environment: Mapping[str, Any]) -> None:
        """Add this session's versions and machine to environment.json."""
        path = self.folder / "environment.json"
        try:
            sessions = require_types(read_json_object(path), {"sessions": list}, "")["sessions"]
        except (OSError, ValueError):
            sessions = []
        atomic_file.write_json_atomic(path, {"sessions": [*sessions, dict(environment)]})

    def finish(self, result: Mapping[str, Any]) -> None:
        """Write result.json, the last file of a run: with it, the run is complete."""
        self.metrics.sync()
        complete = {"name": self.name, "hash": self.hash, **result}
        atomic_file.write_json_atomic(self.folder / "result.json", complete)
        self.result = complete
        self.mirror.summarise(complete)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the mirror and the metrics, and let the folder go."""
        try:
            self.mirror.close(failed=kind is not None)
            self.metrics.close()
        finally:
            if self.lock is not None:
                self.lock.release()
