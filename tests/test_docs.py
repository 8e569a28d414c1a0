"""The pages of docs/: links lead somewhere, commands compose, how-to pages are executed."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from lab.config import conf_dir
from lab.config.command import join_lists, version_base
from lab.config.renamed_keys import rename_keys
from lab.config.validation import check_nodes
from tests.pages import DOCS, ROOT, Page, Shell, copy_lab

PAGES = sorted(DOCS.glob("*.md"))
EXECUTED = ("add_an_operator", "add_a_corpus", "add_a_control_arm", "add_an_export_format")
OTHERS = [
    *(path for path in PAGES if path.stem not in EXECUTED),
    *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    ROOT / "tests" / "README.md",
]
COMMAND = re.compile(r"-m lab\.(\w+)([^\n`#]*)")
COMMANDS = sorted({match for page in OTHERS for match in COMMAND.findall(page.read_text())})
LINK = re.compile(r"\]\((?!https?://)([^)]+)\)")
CODE = re.compile(r"`((?:lab|conf|tests|docs|experiments|galleries|notebooks)/[\w./-]*)`")
MAKE = re.compile(r"`?make ([a-z][a-z-]*)`")


def nav_pages(node: Any) -> Iterator[str]:
    """Yield the files of a menu, at any depth."""
    if isinstance(node, str):
        yield node
    else:
        for inner in node.values() if isinstance(node, dict) else node:
            yield from nav_pages(inner)


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", h).strip().lower()) for h in headings}


def compose_command(door: str, words: str) -> dict[str, Any]:
    """Return the config that a command line composes to."""
    importlib.import_module(f"lab.{door}")
    schemas = importlib.import_module(f"lab.config.schemas.{door}")
    schema = getattr(schemas, f"{door.capitalize()}Config")
    typed = [word for word in shlex.split(words) if not word.startswith("-") and "..." not in word]
    overrides, _ = rename_keys(typed, getattr(schema, "RENAMED", {}))
    if "-m" in shlex.split(words):
        overrides = [re.sub(r",.*", "", word) for word in overrides]
    else:
        overrides = join_lists(overrides, getattr(schema, "SEVERAL", ()))
    with initialize_config_dir(str(conf_dir()), **version_base()):
        plain = OmegaConf.to_container(compose(door, overrides), resolve=True)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """A process that has torch, and forks commands."""
    process = Shell()
    yield process
    process.close()


def test_every_page_is_in_the_menu_once() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert sorted(nav_pages(nav)) == [page.name for page in PAGES]


@pytest.mark.parametrize("page", [*PAGES, *OTHERS[-4:]], ids=lambda page: page.name)
def test_every_link_and_path_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for link in LINK.findall(text):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
    added = set(Page.read(page).files)
    missing = [path for path in CODE.findall(text) if not (ROOT / path).exists()]
    assert [path for path in missing if path not in added] == []
    makefile = (ROOT / "Makefile").read_text()
    for target in MAKE.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_there_are_commands_to_check() -> None:
    assert {door for door, _ in COMMANDS} >= {"train", "breed", "pedigree", "summarise"}


@pytest.mark.parametrize(("door", "words"), COMMANDS)
def test_a_command_composes(door: str, words: str) -> None:
    check_nodes(compose_command(door, words))


@pytest.mark.parametrize("name", EXECUTED)
def test_a_page_is_executed(name: str, shell: Shell, tmp_path: Path) -> None:
    page = Page.read(DOCS / f"{name}.md")
    assert page.files and page.commands
    copy_lab(tmp_path / "copy", page.files)
    for command in page.commands:
        code, output = shell.run(tmp_path / "copy", command)
        assert code == 0, output[-3000:]
    assert page.missing_output(output) == []
