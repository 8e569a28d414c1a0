"""Hub: where an individual may lie, a folder or the Hugging Face hub, https://huggingface.co.

hub:OWNER/NAME is downloaded once, by the hub's own client, and read as any folder is: checked
against its manifest, and nothing in it executed.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

PREFIX = "hub:"
NAME = re.compile(r"hub:[\w.-]+/[\w.-]+")
INSTALL = "artist=hub:... needs the hub's client: pip install 'model-breeding-lab[data]'"


def places(name: str, root: Path) -> tuple[Path, ...]:
    """The folders to look in for an individual called name; ValueError as `fetch` raises it."""
    return (fetch(name),) if name.startswith(PREFIX) else (Path(name), root / name)


def nowhere(name: str, root: Path) -> str:
    """What to say where nobody called name lies: where was looked, and who is called nearly so."""
    homes = [one.parent.relative_to(root).as_posix() for one in root.glob("*/checkpoint")]
    kin = [one.parent.relative_to(root).as_posix() for one in root.glob("*/*/*/checkpoint")]
    meant = sorted(one for one in kin if one.rpartition("/")[2] == name)
    meant = meant or get_close_matches(name, homes, 1)
    hint = f"; did you mean {meant[0]}?" if meant else ""
    return f"no individual called {name} (looked in {root / name}){hint}"


def fetch(name: str) -> Path:
    """The folder of hub:OWNER/NAME; ValueError in one line for no client or no such name."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name} is no name on the hub: hub:OWNER/NAME")
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ValueError(INSTALL) from None
    try:
        return Path(snapshot_download(name.removeprefix(PREFIX)))
    except Exception as error:  # many kinds, from no network to no such name
        raise ValueError(f"{name} cannot be fetched: {str(error).splitlines()[0]}") from None
