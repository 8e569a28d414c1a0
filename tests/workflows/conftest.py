"""Configs as the commands get them, composed from conf/ and checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import lab.train  # noqa: F401 - stores the schema
from lab.config import conf_dir
from lab.config.command import version_base
from lab.config.schemas.train import TrainConfig


def compose_train(*overrides: str) -> TrainConfig:
    with initialize_config_dir(str(conf_dir()), **version_base()):
        composed = compose("train", [*overrides, "name=probe"])
    TrainConfig.check(OmegaConf.to_container(composed, resolve=True))  # type: ignore[arg-type]
    return OmegaConf.to_object(composed)  # type: ignore[return-value]


@pytest.fixture
def train_config() -> Callable[..., TrainConfig]:
    """train_config("+exp=debug", ...): a checked config of lab.train, called probe."""
    return compose_train
