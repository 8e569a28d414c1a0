"""W&B mirror: a run's record in Weights & Biases, wandb.ai; the only importer of wandb.

A failure there never harms the run: the first one is one warning, then the mirror is off. Parents
are logged as used artifacts and children as produced ones, by name and id, without their weights,
so that W&B's lineage is the pedigree.
"""

from __future__ import annotations

import netrc
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.terminal.progress import warn

API_URL = "https://api.wandb.ai"
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
    """A mirror in Weights & Biases: each number under <kind>/<name>, over `step`."""

    def __init__(self, start: Callable[[], Any]) -> None:
        self.run: Any = None
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
        """Log each value of a line under <kind>/<name>, and its step."""
        values = {name: value for name, value in line.items() if name not in ("kind", "step")}
        metrics = {f"{line['kind']}/{name}": value for name, value in values.items()}
        self._submit(lambda run: run.log({"step": line["step"], **metrics}))

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
        """Finish the run; without this, an offline run keeps nothing."""
        self._submit(lambda run: run.finish(exit_code=int(failed)))
        self.run = None


def open_mirror(
    tracker: Mapping[str, Any], folder: Path, name: str, config_hash: str, config: Mapping[str, Any]
) -> NullMirror:
    """Return the mirror that a `tracker` node asks for; it writes below the run's folder."""
    mode = resolve_wandb_mode(tracker.get("mode", "auto"))
    if tracker.get("kind", "json") == "json" or mode == "disabled":
        return NullMirror()

    def start() -> Any:
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        import wandb

        settings = wandb.Settings(silent=True, console="off", save_code=False, x_disable_stats=True)
        run = wandb.init(
            dir=folder,
            project=clean_project_name(tracker.get("project") or "model-breeding-lab"),
            entity=tracker.get("entity"),
            name=name,
            group=config_hash[:12],
            config={**config, "hash": config_hash},
            mode=mode,  # type: ignore[arg-type]
            settings=settings,
        )
        run.define_metric("*", step_metric="step")
        return run

    return WandbMirror(start)


def resolve_wandb_mode(requested: str) -> str:
    """Return offline, online or disabled; auto follows $WANDB_MODE, else whether a key is set."""
    mode = os.environ.get("WANDB_MODE", "") if requested == "auto" else requested
    if mode in ("offline", "online", "disabled"):
        return mode
    return "online" if has_api_key() else "offline"


def has_api_key() -> bool:
    """Return whether this user has a W&B key, in the environment or in ~/.netrc."""
    if os.environ.get("WANDB_API_KEY"):
        return True
    host = os.environ.get("WANDB_BASE_URL", API_URL).split("://")[-1].split("/")[0]
    try:
        return netrc.netrc().authenticators(host) is not None
    except (OSError, netrc.NetrcParseError):
        return False


def clean_project_name(name: str) -> str:
    r"""Return a name without the characters / \ # ? % : that W&B refuses, at most 128 long."""
    return re.sub(r"[/\\#?%:\s]+", "-", name).strip("-")[:128] or "model-breeding-lab"


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
