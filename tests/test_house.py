"""The house rules of lab/: who imports whom, how long, how named, all documented."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "lab").rglob("*.py"))

ROOMS: dict[str, set[str]] = {  # room: the rooms that it may import, lowest floor first
    "storage": set(),
    "terminal": set(),
    "kernels": set(),
    "models": {"storage", "kernels"},
    "corpora": {"storage", "terminal"},
    "records": {"storage", "terminal"},
    "config": {"storage", "terminal", "records"},
    "generation": {"models", "kernels"},
    "breeding/statistics": {"storage", "terminal"},  # numpy alone: no torch, no model
    "training": {"models", "kernels", "corpora", "terminal", "breeding/statistics"},
    "breeding": {"models", "storage", "terminal", "breeding/statistics"},
    "genealogy": {"models", "corpora", "breeding", "records", "storage", "terminal"},
    "galleries": {"models", "corpora", "generation", "storage", "terminal"},
    "films": {"models", "corpora", "generation", "terminal"},
    "exports": {"models", "corpora", "storage"},
    "attention_maps": {"models", "corpora", "storage"},
    "figures": {
        "storage",
        "breeding",
        "breeding/statistics",
        "genealogy",
        "galleries",
        "records",
        "terminal",
    },
    "benchmarks": {
        "kernels",
        "models",
        "corpora",
        "generation",
        "training",
        "breeding",
        "breeding/statistics",
        "attention_maps",
        "exports",
    },
}
ROOMS["workflows"] = set(ROOMS) - {"benchmarks"}
PACKAGES = {  # package: the only files that may import it
    "nGPT_pytorch": r"models/ngpt\.py",
    "torch": r"(?!breeding/statistics/).+",
    "wandb": r"records/wandb_mirror\.py",
    "hydra": r"(config|workflows)/\w+\.py|config/schemas/\w+\.py|\w+\.py",
    "omegaconf": r"(config|workflows)/\w+\.py|config/schemas/\w+\.py|\w+\.py",
    "pandas": r"figures/\w+\.py",
    "matplotlib": r"figures/axes_style\.py",
    "scipy": r"breeding/(statistics/(bootstrap|hypothesis_tests)|alignment/linear_assignment)\.py",
    "platformdirs": r"corpora/data_folder\.py",
    "jinja2": r"galleries/page\.py",
    "gguf": r"exports/gguf\.py",
    "av": r"corpora/video_reader\.py",
    "numba": r"kernels/numba_options\.py",
    "PIL": r"corpora/video_writer\.py|attention_maps/images\.py",
}
EXTRAS = {
    "pyarrow",
    "huggingface_hub",
    "gguf",
    "cmaes",
    "matplotlib",
    "wandb",
    "av",
    "PIL",
    "numba",
}
SLOW = {"scipy"}  # always installed, but half a second and more to import
HOMELESS = {"utils", "util", "common", "helpers", "core", "misc", "types"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of every module imported in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(parts: list[str]) -> str:
    """Return the room of a path below lab/, or of a dotted name: the inner one, if it is listed."""
    inner = "/".join(parts[:2])
    return inner if inner in ROOMS else parts[0]


def trespasses(path: str, source: str) -> list[str]:
    """Return what a file of lab/ imports and may not; `path` is below lab/."""
    room = room_of(path.split("/"))
    found = []
    for name in imports(ast.parse(source)):
        parts = name.split(".")
        if parts[0] == "lab" and len(parts) > 1 and room in ROOMS:
            allowed = ROOMS[room] | {room}
            if room_of(parts[1:]) not in allowed:
                found.append(f"{path} imports {name}")
        if parts[0] in PACKAGES and not re.fullmatch(PACKAGES[parts[0]], path):
            found.append(f"{path} imports {name}")
    return found


def eager(source: str) -> set[str]:
    """Return the optional or slow packages that a file imports when it is itself imported."""
    top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name.split(".")[0] for node in top for name in imports(node)} & (EXTRAS | SLOW)


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
        ("training/loop.py", "from lab.breeding.search import evaluator"),
        ("breeding/statistics/vigor.py", "from lab.breeding.genes import Genes"),
        ("breeding/statistics/vigor.py", "import torch"),
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


def test_only_storage_flushes_and_replaces_files() -> None:
    writers = re.compile(r"\bos\.(fsync|replace|rename)\b")
    texts = {below(path): path.read_text() for path in FILES}
    assert {name for name, text in texts.items() if writers.search(text)} == {
        "storage/atomic_file.py"
    }


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


# What a name may be: `docs/` and CONTRIBUTING say why.

COMMANDS = {path.stem for path in (ROOT / "lab").glob("*.py")} - {"__init__"}
METAPHORS = set(
    re.findall(
        r"\w+",
        "guests household jury nursery meeting party watch witness lesson milestones schooling "
        "rebirth reel panes opening outside pieces standard chance shadows",
    )
)
PRONOUNS = set(
    re.findall(
        r"\w+",
        "one other told found said shown chosen met taught mine theirs ours asked called made "
        "kept seen born grown knows drawn wanted given known spoken heard left much who whom "
        "what how so more most least before after now then here there",
    )
)
SHARED = {  # functions that several files define on purpose: a protocol, or a choice under conf/
    "main": "every command",
    "run": "every benchmark; models of each kind",
    "prepare": "models of each kind",
    "none": "conf/mutation and conf/search",
    "scores": "every control arm",
}
FIRST = r"(?s)(?=.{1,100}$)[A-Z\u0061-z0-9][^:]*: [^\n]+[.]"  # "Noun: one sentence."
BASE = "fc17463"  # the last commit before the laws


def parsed() -> Iterator[tuple[str, ast.Module]]:
    return ((below(path), ast.parse(path.read_text())) for path in FILES)


def test_stems_are_unique_but_for_a_command_and_what_serves_it() -> None:
    places = defaultdict(list)
    for path in FILES:
        room = below(path).rpartition("/")[0]
        serves = room in ("", "config/schemas", "workflows") and path.stem in COMMANDS
        named_alike = room in ("benchmarks", "workflows/controls")  # a subject, an operator's arm
        if path.stem != "__init__" and not serves and not named_alike:
            places[path.stem].append(below(path))
    twice = {stem: paths for stem, paths in places.items() if len(paths) > 1}
    assert twice == {}
    assert set(places) & COMMANDS <= {"pedigree"}  # the noun of the room and the command's verb


def test_public_names_are_unique() -> None:
    places = defaultdict(set)
    for path, tree in parsed():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(path)
    twice = {name: paths for name, paths in places.items() if len(paths) > 1}
    assert {name: paths for name, paths in twice.items() if name not in SHARED} == {}


def test_no_file_and_no_function_is_a_metaphor_or_a_pronoun() -> None:
    stems = [below(path) for path in FILES if path.stem in METAPHORS | PRONOUNS]
    functions = [
        f"{path}: {node.name}"
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in PRONOUNS
    ]
    assert stems + functions == []


def bound(tree: ast.AST) -> Iterator[str]:
    """Yield the name of every parameter and of every variable that is assigned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def test_variables_are_nouns() -> None:
    names = Counter(name for _, tree in parsed() for name in bound(tree))
    pronouns = {name: count for name, count in names.items() if name in PRONOUNS}
    assert sum(pronouns.values()) <= 0.01 * names.total(), pronouns


def docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text())) or ""


def test_every_package_lists_its_modules() -> None:
    missing = [
        f"{below(init)}: {path.stem}"
        for init in (ROOT / "lab").rglob("__init__.py")
        for path in sorted(init.parent.iterdir())
        if (path.suffix == ".py" or (path / "__init__.py").exists())
        if path.stem != "__init__"
        if not re.search(rf"\b{path.stem}\b", docstring(init))
    ]
    assert missing == []


def test_no_error_is_told_by_its_text() -> None:
    """A reworded message must not change what a program does: errors are told by their types."""
    places = []
    for path, tree in parsed():
        for node in ast.walk(tree):
            tests = [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else []
            tests += node.ifs if isinstance(node, ast.comprehension) else []
            texts = [ast.unparse(inner) for test in tests for inner in ast.walk(test)]
            places += [f"{path}: {text}" for text in texts if re.fullmatch(r"str\(e\w*\)", text)]
    assert places == []


def test_only_what_wires_rooms_sees_a_schema() -> None:
    seers = {
        path
        for path, tree in parsed()
        if any(name.startswith("lab.config.schemas") for name in imports(tree))
    }
    rooms = {path.partition("/")[0] if "/" in path else "command" for path in seers}
    assert rooms <= {"config", "workflows", "command"}


def test_no_room_imports_a_command() -> None:
    wanted = {f"lab.{name}" for name in COMMANDS}
    assert [path for path, tree in parsed() if "/" in path and wanted & set(imports(tree))] == []


def test_statistics_know_no_tensor() -> None:
    folder = "breeding/statistics/"
    assert [
        path
        for path, tree in parsed()
        if path.startswith(folder) and any(name.startswith("torch") for name in imports(tree))
    ] == []


def test_commands_are_short() -> None:
    lengths = {name: len((ROOT / f"lab/{name}.py").read_text().splitlines()) for name in COMMANDS}
    assert {name: length for name, length in lengths.items() if length > 110} == {}


def test_a_module_begins_with_a_noun_and_a_sentence() -> None:
    firsts = {path: (ast.get_docstring(tree) or "").split("\n")[0] for path, tree in parsed()}
    assert {
        path: line
        for path, line in firsts.items()
        if not re.fullmatch(FIRST, line) and path.removesuffix(".py") not in COMMANDS
    } == {}


TOGETHER = {  # packages whose modules are tested together: by one law, or by one walk over all
    "breeding/operators": "breeding/test_contract.py",
    "config/schemas": "test_conf.py",
    "corpora/bestiary": "corpora/test_bestiary.py",
    "workflows/controls": "workflows/test_evaluate_controls.py",
}


def test_every_module_has_a_test_of_its_name() -> None:
    tests = {path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("*.py")}
    missing = set()
    for path in FILES:
        folder, _, name = below(path).rpartition("/")
        expected = TOGETHER.get(folder, f"{folder}/test_{name}".lstrip("/"))
        if name != "__init__.py" and expected not in tests:
            missing.add(below(path))
    listed = set((ROOT / "tests" / "untested.txt").read_text().split())
    assert missing - listed == set(), "write its test"
    assert listed - missing == set(), "strike it off tests/untested.txt: the list only shrinks"


def test_commit_subjects_are_short() -> None:
    asked = ["git", "-C", str(ROOT), "log", "--format=%s", f"{BASE}..HEAD"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("no history here")
    assert [subject for subject in answer.stdout.splitlines() if len(subject) > 72] == []


WRITERS = {  # where a file may be written under its own name, and what it is
    "storage": "the writers themselves",
    "terminal/safe_output.py": "the null device, for a closed stream",
    "records/metrics.py": "appends whole lines, and a shorter copy in atomic_path",
    "records/run_lock.py": "the process id of a lock's holder",
    "corpora/downloads.py": "a download in parts, renamed when it is whole",
    "corpora/enwik8_download.py": "unpacks in atomic_path",
    "corpora/video_writer.py": "writes in atomic_path",
    "attention_maps/npy_stream.py": "a stream of frames that is continued after a kill",
    "exports/llama_cpp_decoder.py": "a temporary file for an engine",
    "exports/llama_cpp_python.py": "a temporary file for an engine",
    "exports/llama_cpp_runner.py": "a temporary file for an engine",
    "benchmarks/engines.py": "a temporary file for an engine",
}
WRITES = re.compile(
    r"\.write_text\(|\.write_bytes\(|\.savefig\((?!buffer)|\bopen\([^)\n]*[\"'](?:[wax]b?\+?)[\"']"
    r"|\.open\([\"'](?:[wax])|FileIO\([^)\n]*[\"'][wax]"
)


def test_outputs_are_written_by_the_durable_writers() -> None:
    """A file written in place is lost on a full disk: lab/storage has the writers for all."""
    offenders = [
        f"{below}: {line.strip()}"
        for path in FILES
        if not (below := str(path.relative_to(ROOT / "lab"))).startswith(tuple(WRITERS))
        for line in path.read_text().splitlines()
        if WRITES.search(line)
    ]
    assert offenders == []
    assert WRITES.search('path.write_text("x")') and WRITES.search('open(path, "wb")')
