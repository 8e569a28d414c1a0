"""W&B mirror: a run's record in Weights & Biases, wandb.ai; the only importer of wandb.

A failure there never harms the run: the first one is one warning, then the mirror is off. Parents
are logged as used artifacts and children as produced ones, by name and id, without their weights,
so that W&B's lineage is the pedigree. A resumed run stays one there, by an id in its folder:
each line of metrics.jsonl, earlier sessions' too, is logged at a step of its number in the file.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.records import wandb_settings
from lab.records.metrics import iter_metrics
from lab.terminal.progress import warn

MAX_TABLE_ROWS = 64  # W&B slows down with more


class NullMirror:
    """A mirror that shows nothing, for `tracker=json`; the interface of WandbMirror."""

    def log(self, line: Mapping[str, Any]) -> None:
        """Show one line of metrics.jsonl."""

    def log_input(self, name: str, identity: str) -> None:
        """Show that this run starts from an individual."""

    def log_output(self, name: str, identity: str) -> None:
        """Show that this run made an individual."""

    def log_table(self, name: str, rows: Sequence[Mapping[str, Any]], page: str) -> None:
        """Show a table, of which 64 rows are enough, and a page of HTML that goes with it."""

    def summarise(self, result: Mapping[str, Any]) -> None:
        """Show the run's result."""

    def close(self, failed: bool = False) -> None:
        """End the run; what was shown is kept."""


class WandbMirror(NullMirror):
    """A mirror in Weights & Biases: each number under <kind>/<name>, over `step`.

    `record` is the metrics.jsonl that is mirrored, lines of earlier sessions included; None where
    nothing of the kind is kept.
    """

    def __init__(self, start: Callable[[], Any], record: Path | None = None) -> None:
        self.run: Any = None
        self.record, self.line_count = record, 0
        self.parents: dict[str, str] = {}
        self._attempt(lambda: setattr(self, "run", start()))

    def _attempt(self, action: Callable[[], Any]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - no error of W&B stops a run
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            warn(f"W&B is off for the rest of this run ({reason})")
            self.run = None

    def _submit(self, action: Callable[[Any], Any]) -> None:
        if self.run is not None:
            self._attempt(lambda: action(self.run))

    def log(self, line: Mapping[str, Any]) -> None:
        """Log each value of a line under <kind>/<name>, and its step.

        The first time, log the whole record, to which the line was just added: a resumed run has
        cut it back to its checkpoint only now.
        """
        if self.record is not None:
            self._submit(lambda _: self._log_record())
        else:
            self._submit(lambda run: self._log_line(run, line))

    def _log_record(self) -> None:
        record, self.record = self.record, None
        for line in iter_metrics(record) if record is not None else ():
            self._log_line(self.run, line)

    def _log_line(self, run: Any, line: Mapping[str, Any]) -> None:
        values = {name: value for name, value in line.items() if name not in ("kind", "step")}
        metrics = {f"{line['kind']}/{name}": value for name, value in values.items()}
        if self.line_count >= run.step:  # W&B has the lines of a resumed run that are before
            run.log({"step": line["step"], **metrics}, step=self.line_count, commit=True)
        self.line_count += 1

    def log_input(self, name: str, identity: str) -> None:
        """Log an individual as an artifact that this run uses; offline, in its config alone."""
        self.parents[name] = identity
        self._submit(lambda run: run.config.update({"used": self.parents}, allow_val_change=True))
        if self.run is not None and not self.run.offline:
            self._submit(lambda run: run.use_artifact(individual_artifact(name, identity)))

    def log_output(self, name: str, identity: str) -> None:
        """Log an individual as an artifact that this run made."""
        self._submit(lambda run: run.log_artifact(individual_artifact(name, identity)))

    def log_table(self, name: str, rows: Sequence[Mapping[str, Any]], page: str) -> None:
        """Log the first 64 rows as a table, in the first one's columns, and the page as it is."""
        self._submit(
            lambda run: run.log(
                {name: wandb_table(rows[:MAX_TABLE_ROWS]), f"{name} page": wandb_html(page)}
            )
        )

    def summarise(self, result: Mapping[str, Any]) -> None:
        """Put the result in the run's summary."""
        self._submit(lambda run: run.summary.update({"result": dict(result)}))

    def close(self, failed: bool = False) -> None:
        """Finish the run, without which an offline one keeps nothing, and say where it is."""
        if self.record is not None:
            self._submit(lambda _: self._log_record())
        self._submit(lambda run: run.finish(exit_code=int(failed)))
        self._submit(lambda run: warn(f"W&B: {_describe_place(run)}"))
        self.run = None


def open_mirror(
    tracker: Mapping[str, Any],
    folder: Path,
    name: str,
    config_hash: str,
    config: Mapping[str, Any],
    record: Path | None = None,
) -> NullMirror:
    """Return the mirror that a `tracker` node asks for; it writes below the run's folder.

    With the record of a run, later sessions of the same folder go on with the same W&B run.
    """
    mode = wandb_settings.resolve_wandb_mode(tracker.get("mode", "auto"))
    if tracker.get("kind", "json") == "json" or mode == "disabled":
        return NullMirror()

    def start() -> Any:
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        import wandb

        settings = wandb.Settings(
            silent=True, console="off", save_code=False, x_disable_stats=True,
            reinit="create_new",  # a cross trains its family in runs of their own, inside its own
        )  # fmt: skip
        run = wandb.init(
            dir=folder,
            project=wandb_settings.clean_project_name(
                tracker.get("project") or "model-breeding-lab"
            ),
            entity=tracker.get("entity"),
            name=name,
            id=wandb_settings.keep_run_id(folder, name, config_hash) if record else None,
            resume="allow" if record and mode == "online" else None,
            group=wandb_settings.study_group(folder, config),
            job_type=wandb_settings.job_type(config),
            config={**config, "hash": config_hash},
            mode=mode,  # type: ignore[arg-type]
            settings=settings,
        )
        run.define_metric("*", step_metric="step")
        return run

    return WandbMirror(start, record)


def _describe_place(run: Any) -> str:
    """Where a finished run lies: its page, or its offline folder and how to upload it."""
    if not run.offline:
        return str(run.url)
    folder = shlex.quote(str(Path(run.dir).parent))
    return f"offline; to upload the whole record: wandb sync {folder}"


def individual_artifact(name: str, identity: str) -> Any:
    """Return an individual as an artifact that holds its id and no weights."""
    import wandb

    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:128]
    return wandb.Artifact(safe, type="individual", metadata={"id": identity})


def wandb_table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as W&B's table, with the columns of the first of them."""
    import wandb

    columns: list[Any] = list(rows[0]) if rows else []
    return wandb.Table(columns=columns, data=[[row.get(name) for name in columns] for row in rows])


def wandb_html(page: str) -> Any:
    """Return a page as W&B's, without the style sheet of theirs that it would link to."""
    import wandb

    return wandb.Html(page, inject=False, data_is_not_path=True)
