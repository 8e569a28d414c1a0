"""What README tells a reader to type, names and links exists and composes."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from lab.config import conf_dir
from lab.config.command import join_lists, version_base
from lab.config.renamed_keys import rename_keys
from lab.config.validation import check_nodes

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "experiments" / "README.md"]
COMMAND = re.compile(r"-m lab\.(\w+) ([^\n`#]*)")
COMMANDS = sorted({found for page in PAGES for found in COMMAND.findall(page.read_text())})


def test_there_are_commands_to_check() -> None:
    assert {door for door, _ in COMMANDS} >= {"train", "sample", "breed", "bench"}


@pytest.mark.parametrize(("door", "words"), COMMANDS)
def test_a_command_composes(door: str, words: str) -> None:
    importlib.import_module(f"lab.{door}")
    schemas = importlib.import_module(f"lab.config.schemas.{door}")
    schema = getattr(schemas, f"{door.capitalize()}Config")
    typed = [w for w in shlex.split(words) if not w.startswith("-") and "..." not in w]
    overrides, _ = rename_keys(typed, getattr(schema, "RENAMED", {}))
    if "-m" in shlex.split(words):
        swept = [re.sub(r",.*", "", w) for w in overrides]
    else:
        swept = join_lists(overrides, getattr(schema, "SEVERAL", ()))
    with initialize_config_dir(str(conf_dir()), **version_base()):
        plain = OmegaConf.to_container(compose(door, swept), resolve=True)
    assert isinstance(plain, dict)
    check_nodes({str(key): value for key, value in plain.items()})


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"make ([a-z][a-z-]*)", README)) - {"it"}
    makefile = (ROOT / "Makefile").read_text()
    assert targets and all(re.search(rf"^{one}:", makefile, re.MULTILINE) for one in targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text())
    assert links and [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_is_short() -> None:
    assert len(README.splitlines()) <= 150
