"""Scales: how large and how long the next one up is, for an estimate of what it costs."""

from __future__ import annotations

from typing import Any

from omegaconf import OmegaConf

from lab.config.conf_folder import conf_dir


def load_scale(scale: str, kind: str) -> dict[str, Any]:
    """Return what conf/scale/<scale>.yaml says for an artist or a text model."""
    node: Any = OmegaConf.to_container(OmegaConf.load(conf_dir() / "scale" / f"{scale}.yaml"))
    return dict(node[kind])
