"""The house rules of lab/: who imports whom, how long, how named, all documented."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "lab").rglob("*.py"))

ROOMS: dict[str, set[str]] = {  # room: the rooms that it may import, lowest floor first
    "storage": set(),
    "terminal": set(),
    "models": {"storage"},
    "corpora": {"storage", "terminal"},
    "records": {"storage"},
    "config": {"storage", "terminal", "records"},
    "generation": {"models"},
    "training": {"models", "corpora", "terminal"},
    "breeding": {"models", "storage", "terminal"},
    "genealogy": {"models", "corpora", "breeding", "records", "storage", "terminal"},
    "galleries": {"models", "corpora", "generation", "terminal"},
    "films": {"models", "corpora", "generation", "terminal"},
    "exports": {"models", "corpora", "storage"},
    "attention_maps": {"models", "corpora"},
    "figures": {"breeding", "genealogy", "galleries", "records", "terminal"},
    "benchmarks": {
        "models",
        "corpora",
        "generation",
        "training",
        "breeding",
        "attention_maps",
        "exports",
    },
}
ROOMS["workflows"] = set(ROOMS) - {"benchmarks"}
PACKAGES = {  # package: the only files that may import it
    "nGPT_pytorch": r"models/ngpt\.py",
    "wandb": r"records/wandb_mirror\.py",
    "hydra": r"(config|workflows)/\w+\.py|config/schemas/\w+\.py|\w+\.py",
    "omegaconf": r"(config|workflows)/\w+\.py|config/schemas/\w+\.py|\w+\.py",
    "pandas": r"figures/\w+\.py",
    "matplotlib": r"figures/axes_style\.py",
    "jinja2": r"galleries/page\.py",
    "gguf": r"exports/gguf\.py",
    "av": r"corpora/video_reader\.py",
    "PIL": r"corpora/video_writer\.py|attention_maps/images\.py",
}
EXTRAS = {"pyarrow", "huggingface_hub", "gguf", "cmaes", "matplotlib", "ray", "wandb", "av", "PIL"}
HOMELESS = {"utils", "util", "common", "helpers", "core", "misc", "types"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of every module imported in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def trespasses(path: str, source: str) -> list[str]:
    """Return what a file of lab/ imports and may not; `path` is below lab/."""
    room = path.partition("/")[0]
    found = []
    for name in imports(ast.parse(source)):
        parts = name.split(".")
        if parts[0] == "lab" and len(parts) > 1 and room in ROOMS:
            allowed = ROOMS[room] | {room}
            if parts[1] not in allowed:
                found.append(f"{path} imports {name}")
        if parts[0] in PACKAGES and not re.fullmatch(PACKAGES[parts[0]], path):
            found.append(f"{path} imports {name}")
    return found


def eager(source: str) -> set[str]:
    """Return the optional packages that a file imports when it is itself imported."""
    top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name.split(".")[0] for node in top for name in imports(node)} & EXTRAS


def below(path: Path) -> str:
    return path.relative_to(ROOT / "lab").as_posix()


def test_arrows_point_one_way() -> None:
    assert [one for path in FILES for one in trespasses(below(path), path.read_text())] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("models/ngpt.py", "from lab.breeding import crossover"),
        ("breeding/evolution.py", "import lab.training.loop"),
        ("breeding/evolution.py", "def f():\n    from lab import corpora"),
        ("corpora/text.py", "from lab.config.command import command"),
        ("models/genotype.py", "import nGPT_pytorch"),
        ("training/loop.py", "import wandb"),
        ("models/genotype.py", "from omegaconf import DictConfig"),
    ],
)
def test_a_planted_trespass_is_seen(path: str, source: str) -> None:
    assert trespasses(path, source)


def test_every_room_is_in_the_plan() -> None:
    rooms = {path.name for path in (ROOT / "lab").iterdir() if path.is_dir()} - {"__pycache__"}
    assert {room for room in rooms if list((ROOT / "lab" / room).glob("*.py"))} <= set(ROOMS)


def test_extras_are_imported_where_they_are_needed() -> None:
    assert {below(path): eager(path.read_text()) for path in FILES if eager(path.read_text())} == {}


def test_every_file_says_what_it_is() -> None:
    trees = {below(path): ast.parse(path.read_text()) for path in FILES}
    assert [path for path, tree in trees.items() if not ast.get_docstring(tree)] == []


def test_files_are_short() -> None:
    lengths = {below(path): len(path.read_text().splitlines()) for path in FILES}
    assert {path: length for path, length in lengths.items() if length > 200} == {}


def test_functions_are_short() -> None:
    long = [
        f"{below(path)}: {node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_every_noun_has_a_name() -> None:
    assert [below(path) for path in FILES if path.stem in HOMELESS] == []


def test_constraints_name_versions_and_no_hosts() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert "torch==2.13.0" in pins
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", pin)] == []


def test_constraints_pin_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[<>=\[]", one)[0] for one in wanted} - {project["name"]}
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower() for line in lines}
    assert {name for name in names if name.lower() not in pinned} == set()
