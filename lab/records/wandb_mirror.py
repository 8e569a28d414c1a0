"""Mirror: a run's record in Weights & Biases, wandb.ai; the only importer of wandb.

Nothing that goes wrong there harms the run: the first failure is one warning, then silence. Parents
are logged as used artifacts and children as produced ones, by name and id, without their weights,
so that W&B's lineage is the pedigree.
"""

from __future__ import annotations

import netrc
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SITE = "https://api.wandb.ai"
ROWS = 64  # of a table; W&B slows down with many


class Silent:
    """A mirror that shows nothing: what `tracker=json` gets, and the contract of the other."""

    def log(self, line: Mapping[str, Any]) -> None:
        """Show one line of metrics.jsonl."""

    def used(self, name: str, identity: str) -> None:
        """Show that this run starts from an individual."""

    def produced(self, name: str, identity: str) -> None:
        """Show that this run made an individual."""

    def show(self, name: str, rows: Sequence[Mapping[str, Any]], page: str) -> None:
        """Show a table, of which 64 rows are enough, and a page of HTML that goes with it."""

    def summarise(self, result: Mapping[str, Any]) -> None:
        """Show the run's result."""

    def close(self, failed: bool = False) -> None:
        """End the run, so that everything shown is kept."""


class Weights(Silent):
    """A mirror in Weights & Biases: each number under <kind>/<name>, over `step`."""

    def __init__(self, start: Callable[[], Any]) -> None:
        self.run: Any = None
        self.parents: dict[str, str] = {}
        self._try(lambda: setattr(self, "run", start()))

    def _try(self, show: Callable[[], Any]) -> None:
        try:
            show()
        except Exception as error:  # noqa: BLE001 - whatever it is, the run goes on
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            print(f"lab: W&B is off for the rest of this run ({reason})", file=sys.stderr)
            self.run = None

    def _show(self, show: Callable[[Any], Any]) -> None:
        if self.run is not None:
            self._try(lambda: show(self.run))

    def log(self, line: Mapping[str, Any]) -> None:
        """Log each value of a line under <kind>/<name>, and its step."""
        values = {name: one for name, one in line.items() if name not in ("kind", "step")}
        shown = {f"{line['kind']}/{name}": one for name, one in values.items()}
        self._show(lambda run: run.log({"step": line["step"], **shown}))

    def used(self, name: str, identity: str) -> None:
        """Log an individual as an artifact that this run uses; offline, in its config alone."""
        self.parents[name] = identity
        self._show(lambda run: run.config.update({"used": self.parents}, allow_val_change=True))
        if self.run is not None and not self.run.offline:
            self._show(lambda run: run.use_artifact(individual(name, identity)))

    def produced(self, name: str, identity: str) -> None:
        """Log an individual as an artifact that this run made."""
        self._show(lambda run: run.log_artifact(individual(name, identity)))

    def show(self, name: str, rows: Sequence[Mapping[str, Any]], page: str) -> None:
        """Log the first 64 rows as a table, in the first one's columns, and the page as it is."""
        self._show(lambda run: run.log({name: table(rows[:ROWS]), f"{name} page": html(page)}))

    def summarise(self, result: Mapping[str, Any]) -> None:
        """Put the result in the run's summary."""
        self._show(lambda run: run.summary.update({"result": dict(result)}))

    def close(self, failed: bool = False) -> None:
        """Finish the run; without this, an offline run keeps nothing."""
        self._show(lambda run: run.finish(exit_code=int(failed)))
        self.run = None


def mirror(
    tracker: Mapping[str, Any], folder: Path, name: str, digest: str, config: Mapping[str, Any]
) -> Silent:
    """Return the mirror that a `tracker` node asks for; it writes below the run's folder."""
    mode = wandb_mode(tracker.get("mode", "auto"))
    if tracker.get("kind", "json") == "json" or mode == "disabled":
        return Silent()

    def start() -> Any:
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        import wandb

        settings = wandb.Settings(silent=True, console="off", save_code=False, x_disable_stats=True)
        run = wandb.init(
            dir=folder,
            project=project_name(tracker.get("project") or "model-breeding-lab"),
            entity=tracker.get("entity"),
            name=name,
            group=digest[:12],
            config={**config, "hash": digest},
            mode=mode,  # type: ignore[arg-type]
            settings=settings,
        )
        run.define_metric("*", step_metric="step")
        return run

    return Weights(start)


def wandb_mode(asked: str) -> str:
    """Return offline, online or disabled; auto follows $WANDB_MODE, else whether a key is set."""
    told = os.environ.get("WANDB_MODE", "") if asked == "auto" else asked
    if told in ("offline", "online", "disabled"):
        return told
    return "online" if has_key() else "offline"


def has_key() -> bool:
    """Return whether this user has a W&B key, in the environment or in ~/.netrc."""
    if os.environ.get("WANDB_API_KEY"):
        return True
    host = os.environ.get("WANDB_BASE_URL", SITE).split("://")[-1].split("/")[0]
    try:
        return netrc.netrc().authenticators(host) is not None
    except (OSError, netrc.NetrcParseError):
        return False


def project_name(wanted: str) -> str:
    r"""Return a name without the characters / \ # ? % : that W&B refuses, at most 128 long."""
    return re.sub(r"[/\\#?%:\s]+", "-", wanted).strip("-")[:128] or "model-breeding-lab"


def individual(name: str, identity: str) -> Any:
    """Return an individual as an artifact that holds its id and no weights."""
    import wandb

    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:128]
    return wandb.Artifact(safe, type="individual", metadata={"id": identity})


def table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return rows as W&B's table, with the columns of the first of them."""
    import wandb

    columns: list[Any] = list(rows[0]) if rows else []
    return wandb.Table(columns=columns, data=[[row.get(name) for name in columns] for row in rows])


def html(page: str) -> Any:
    """Return a page as W&B's, without the style sheet of theirs that it would link to."""
    import wandb

    return wandb.Html(page, inject=False, data_is_not_path=True)
