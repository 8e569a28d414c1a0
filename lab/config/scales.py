"""Scales: model size and training length of a scale, for the estimate of its runtime."""

from __future__ import annotations

from typing import Any

from omegaconf import OmegaConf

from lab.config.conf_folder import conf_dir


def load_scale(scale: str, kind: str) -> dict[str, Any]:
    """Return an entry of conf/scale/<scale>.yaml: artist, text, film or rows."""
    node: Any = OmegaConf.to_container(OmegaConf.load(conf_dir() / "scale" / f"{scale}.yaml"))
    return dict(node[kind])
