"""Location: where an individual may lie, in a folder or on the Hugging Face hub.

Hub: https://huggingface.co. hub:OWNER/NAME is downloaded once, by huggingface_hub, and verified
against its manifest as any folder is; nothing in it is executed.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

HUB_PREFIX = "hub:"
HUB_NAME = re.compile(r"hub:[\w.-]+/[\w.-]+")
INSTALL_HINT = "artist=hub:... needs the hub's client: pip install 'model-breeding-lab[data]'"


def candidate_folders(name: str, root: Path) -> tuple[Path, ...]:
    """Return the folders to search for an individual; ValueError as `download_individual`."""
    return (
        (download_individual(name),) if name.startswith(HUB_PREFIX) else (Path(name), root / name)
    )


def missing_individual_message(name: str, root: Path) -> str:
    """Return the error text for an unknown name: the folder searched and the nearest name."""
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
    """Return the folder of hub:OWNER/NAME; ValueError for a missing client or an unknown name."""
    if not HUB_NAME.fullmatch(name):
        raise ValueError(f"{name} is no name on the hub: use hub:OWNER/NAME")
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ValueError(INSTALL_HINT) from None
    try:
        return Path(snapshot_download(name.removeprefix(HUB_PREFIX)))
    except Exception as error:  # many kinds, from no network to no such name
        raise ValueError(f"{name} cannot be fetched: {str(error).splitlines()[0]}") from None
