"""W&B settings: the mode, project, group, job type and id that a run has in Weights & Biases."""

from __future__ import annotations

import hashlib
import netrc
import os
import re
from collections.abc import Mapping
from glob import escape
from pathlib import Path
from typing import Any

from lab.storage.atomic_file import write_atomic

API_URL = "https://api.wandb.ai"
ASIDE_STAMP = r"\.\d{8}-\d{6}(-\d+)?"  # what again=true adds to the name of an older run's folder
JOB_KEYS = {"crossover": "breed", "training": "train", "artist": "sample"}  # keys of one command
MAX_GROUP_LENGTH = 128


def keep_run_id(folder: Path, name: str, config_hash: str) -> str:
    """Return the id of the W&B run of a run's folder, kept there in wandb/run-id.

    It follows from name and config hash; after again=true also from the folder last set aside.
    """
    path = folder / "wandb" / "run-id"
    try:
        kept = path.read_text().strip()
    except (OSError, ValueError):
        kept = ""
    if re.fullmatch(r"[0-9a-f]{16}", kept):
        return kept
    asides = sorted(
        aside.name
        for aside in folder.parent.glob(f"{escape(folder.name)}.*")
        if re.fullmatch(ASIDE_STAMP, aside.name.removeprefix(folder.name))
    )
    identity = hashlib.sha256("\n".join([name, config_hash, *asides[-1:]]).encode()).hexdigest()[
        :16
    ]
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, f"{identity}\n".encode())
    return identity


def study_group(folder: Path, config: Mapping[str, Any]) -> str | None:
    """Return the W&B group of a run: its study, or None where it reads no corpus.

    All seeds of a study are one group, crosses and members of their families alike: the family's
    name without its seed, by default corpus and scale.
    """
    if folder.parent.parent.name == "families":
        label = folder.parent.name
    elif config.get("family"):
        label = str(config["family"])
    else:
        parents, scale = config.get("parents"), config.get("scale")
        corpora = (parents.get("corpora") if isinstance(parents, Mapping) else None) or {}
        nodes = [*corpora.values()] or [config.get("corpus")]
        targets = [node for node in nodes if isinstance(node, Mapping) and "_target_" in node]
        if not targets:
            return None
        names = [str(node["_target_"]).rsplit(".", 1)[-1] for node in targets]
        names += [Path(str(node["path"])).stem for node in targets if node.get("path")]
        names += [str(scale["name"])] if isinstance(scale, Mapping) and scale.get("name") else []
        label = "-".join(names)
    label = re.sub(r"[^A-Za-z0-9._-]+", "_", re.sub(r"-seed\.\d+$", "", label))
    return label[:MAX_GROUP_LENGTH]


def job_type(config: Mapping[str, Any]) -> str:
    """Return the command that a config is of: breed, train or sample."""
    return next((job for key, job in JOB_KEYS.items() if key in config), "run")


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
