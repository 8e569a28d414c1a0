"""Config folder: where the YAML files are, and the version of Hydra's rules that they follow."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path


def conf_dir() -> Path:
    """Return the folder of config files: conf/ beside lab/ in a checkout, lab/conf in a wheel."""
    package = Path(__file__).resolve().parent.parent
    beside = package.parent / "conf"
    return beside if (beside / "train.yaml").is_file() else package / "conf"


def version_base() -> dict[str, str]:
    """Return Hydra's `version_base` argument, which 1.3 wants and 1.4 wants gone."""
    major, minor = version("hydra-core").split(".")[:2]
    return {} if (int(major), int(minor)) >= (1, 4) else {"version_base": "1.3"}


def model_kinds() -> tuple[str, ...]:
    """Return the kinds of model: ngpt, and what the YAML files of other kinds say of theirs.

    Read as text, since the schemas that ask must not import what runs a model.
    """
    texts = (path.read_text(encoding="utf-8") for path in sorted(conf_dir().glob("*.yaml")))
    named = (re.search(r"^kind: (\w+)", text, re.MULTILINE) for text in texts)
    return ("ngpt", *(match[1] for match in named if match))
