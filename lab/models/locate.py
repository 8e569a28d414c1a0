"""Hub: where an individual may lie, a folder or the Hugging Face hub, https://huggingface.co.

hub:OWNER/NAME is downloaded once, by the hub's own client, and read as any folder is: checked
against its manifest, and nothing in it executed.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

HUB_PREFIX = "hub:"
HUB_NAME = re.compile(r"hub:[\w.-]+/[\w.-]+")
INSTALL_HINT = "artist=hub:... needs the hub's client: pip install 'model-breeding-lab[data]'"


def candidate_folders(name: str, root: Path) -> tuple[Path, ...]:
    """The folders to look in for an individual called name; ValueError as `fetch` raises it."""
    return (
        (download_individual(name),) if name.startswith(HUB_PREFIX) else (Path(name), root / name)
    )


def missing_individual_message(name: str, root: Path) -> str:
    """What to say where nobody called name lies: where was looked, and who is called nearly so."""
    run_names = [
        checkpoint.parent.relative_to(root).as_posix() for checkpoint in root.glob("*/checkpoint")
    ]
    family_run_names = [
        checkpoint.parent.relative_to(root).as_posix()
        for checkpoint in root.glob("*/*/*/checkpoint")
    ]
    suggestions = sorted(
        run_name for run_name in family_run_names if run_name.rpartition("/")[2] == name
    )
    suggestions = suggestions or get_close_matches(name, run_names, 1)
    hint = f"; did you mean {suggestions[0]}?" if suggestions else ""
    return f"no individual called {name} (looked in {root / name}){hint}"


def download_individual(name: str) -> Path:
    """The folder of hub:OWNER/NAME; ValueError in one line for no client or no such name."""
    if not HUB_NAME.fullmatch(name):
        raise ValueError(f"{name} is no name on the hub: hub:OWNER/NAME")
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ValueError(INSTALL_HINT) from None
    try:
        return Path(snapshot_download(name.removeprefix(HUB_PREFIX)))
    except Exception as error:  # many kinds, from no network to no such name
        raise ValueError(f"{name} cannot be fetched: {str(error).splitlines()[0]}") from None
