"""Committed configs: what moves and renames of the code must not change is their hash."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from lab.config.conf_folder import conf_dir, version_base
from lab.records.config_hash import KEYS_WHEN_HASHED, flatten_config, hash_config
from lab.records.run import read_config

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
FOLDERS = sorted(path.parent for path in EXPERIMENTS.rglob("config.yaml"))
COMMANDS = {  # folder: command and overrides of experiments/README.md, older keys by present names
    "styleA-bestiary": "train +exp=styleA training.samples=8",
    "styleA-apehex": "train +exp=styleA corpus=apehex training.steps=11000 training.samples=8"
    " training.sample_every=500 optimizer.lr=6e-4 schedule.decay=0.7 precision=bf16",
    "film-silhouettes": "train +exp=bad_apple_rows scale=demo training.steps=null"
    " training.minutes=14 compile=true",
    "film-whole": "train +exp=bad_apple scale=demo",
    "styles/styles-annealed": "breed parents=styles fork_schedule=annealed scale=demo"
    " training.steps=1200 fork_steps=600 compile=true",
    "styles-laptop/styles-annealed": "breed parents=styles fork_schedule=annealed model.dim=128"
    " model.dim_head=32 optimizer.lr=2e-3 training.steps=1400 fork_steps=500 compile=true",
}


def composed(typed: str) -> dict[str, Any]:
    """Return the resolved config of a command line, with what lab.train adds: its parent's id."""
    command, *overrides = typed.split()
    importlib.import_module(f"lab.{command}")  # stores its schema
    with initialize_config_dir(str(conf_dir()), **version_base()):
        config: Any = OmegaConf.to_container(compose(command, overrides), resolve=True)
    return {**config, "parent_id": None} if command == "train" else dict(config)


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda path: path.relative_to(EXPERIMENTS).as_posix()
)
def test_a_committed_config_has_the_hash_in_its_header(folder: Path) -> None:
    assert read_config(folder)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_composes_to_the_config_that_is_committed(name: str) -> None:
    committed, today = read_config(EXPERIMENTS / name), composed(COMMANDS[name])
    assert today.keys() >= {key for key in committed if key not in KEYS_WHEN_HASHED.values()}
    assert flatten_config(today) == flatten_config(committed)
    assert hash_config(today) == hash_config(committed)
