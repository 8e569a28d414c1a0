"""Recall: the corpus an individual learned from, read from its birth certificate as data.

A certificate names a corpus; only one that conf/corpus/ has is built, by the function that file
names, so that nothing in a certificate can choose code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omegaconf import OmegaConf

from lab.config.build import build
from lab.config.checks import NAME
from lab.config.door import conf_dir


def corpus_of(birth: Mapping[str, Any], data: str | None) -> Any:
    """Read again the corpus of a birth certificate, from the data folder `data`.

    ValueError where the certificate names none that the lab has; whatever reading it raises.
    """
    config = birth.get("recipe", {}).get("config", {})
    name = str(config.get("corpus._target_", "")).rpartition(".")[2]
    path = conf_dir() / "corpus" / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise ValueError(f"{birth.get('name')} was not born of one of the lab's corpora")
    node: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    told = {key: config[f"corpus.{key}"] for key in node if f"corpus.{key}" in config}
    here = {"data": data} if "data" in node else {}
    return build({**node, **told, **here, "_target_": node["_target_"]})
