"""The mutation suite: each mutant alone in a copy of the tree, and whether its tests notice it.

    python -m tests.mutants.run [ID ...]   # those of the ids, all without; the score is kept

`mutants.toml` holds them: a snippet that stands in its file exactly once, what it becomes, and the
tests that must fail. One that no test can notice says in `equivalent` why it is no fault.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "experiments" / "faults" / "mutants.json"
COPIED = ("lab", "conf", "tests", "pyproject.toml")
PATIENCE = 600  # seconds for the tests of one mutant; one that never ends is noticed too
Mutant = Mapping[str, Any]


def read_mutants() -> list[Mutant]:
    """The mutants, in order."""
    return list(tomllib.loads((ROOT / "tests/mutants/mutants.toml").read_text())["mutant"])


def mutate(source: str, mutant: Mutant) -> str:
    """The source of the mutant's file with its one change; ValueError where it cannot be made."""
    count = source.count(mutant["original"])
    if count != 1:
        raise ValueError(
            f"{mutant['id']}: its snippet stands {count} times in {mutant['file']}, not once"
        )
    return source.replace(mutant["original"], mutant["replacement"])


def copy_tree(target: Path) -> None:
    """Copy what tests need of this tree."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copy(source, target / name)


def passes(tree: Path, tests: Sequence[str]) -> bool:
    """Whether tests pass in a tree; not where they fail, cannot be collected or never end."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=tree, env=env, start_new_session=True, **quiet)
    try:
        return process.wait(PATIENCE) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()


def try_mutant(tree: Path, mutant: Mutant) -> str:
    """killed, survived or equivalent; the tree is as it was afterwards."""
    path = tree / mutant["file"]
    source = path.read_text()
    path.write_text(mutate(source, mutant))
    try:
        survived = passes(tree, mutant["tests"])
    finally:
        path.write_text(source)
    if not survived:
        return "killed"
    return "equivalent" if mutant.get("equivalent") else "survived"


def main(ids: Sequence[str]) -> int:
    """Try mutants, say what became of each, keep the score; 1 where one survived."""
    mutants = [mutant for mutant in read_mutants() if not ids or mutant["id"] in ids]
    for mutant in mutants:  # all of them before the first takes its time
        mutate((ROOT / mutant["file"]).read_text(), mutant)
    fates = dict[str, str]()
    with tempfile.TemporaryDirectory() as folder:
        copy_tree(Path(folder))
        everything = sorted({test for mutant in mutants for test in mutant["tests"]})
        if not passes(Path(folder), everything):
            print("the tests fail without any mutant: mend them first", file=sys.stderr)
            return 1
        for mutant in mutants:
            fates[mutant["id"]] = try_mutant(Path(folder), mutant)
            print(f"{mutant['id']:>3}  {fates[mutant['id']]:<10}  {mutant['what']}", flush=True)
    counts = Counter(fates.values())
    print(f"{counts['killed']} of {len(fates)} killed, {counts['equivalent']} equivalent")
    keep_score(fates)
    return 1 if "survived" in fates.values() else 0


def keep_score(fates: Mapping[str, str]) -> None:
    """Write the score; fates that were not tried now are those of the record."""
    recorded = json.loads(RECORD.read_text())["fates"] if RECORD.exists() else {}
    latest = {**recorded, **fates}
    known = {
        mutant["id"]: latest[mutant["id"]] for mutant in read_mutants() if mutant["id"] in latest
    }
    record = {
        "date": date.today().isoformat(),
        "mutants": len(known),
        "killed": list(known.values()).count("killed"),
        "equivalent": list(known.values()).count("equivalent"),
        "survived": [mutant for mutant, fate in known.items() if fate == "survived"],
        "fates": known,
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
