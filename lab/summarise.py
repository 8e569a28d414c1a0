"""Put the verdicts of many crosses into one table: over seeds, or side by side.

    python -m lab.breed -m parents=shared_ancestor,same_data seed=0,1,2,3,4
    python -m lab.summarise                        every effect of every arm, with tests over seeds
    python -m lab.summarise study='independent*'   the runs of these names only

Arms with one seed each stand side by side. The numbers go to <root>/summary-<corpus>-<scale>.json.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.summary import summarise
from lab.breeding.tables import side_by_side, summary_table
from lab.config import door
from lab.config.summarise import Summarise
from lab.records import atomic
from lab.records.run import read_result

ASIDE = re.compile(r"\.\d{8}-\d{6}(-\d+)?$")  # a folder that again=true set aside


@door("summarise", Summarise)
def main(config: Summarise) -> None:
    """Print a table for each corpus and scale that was studied."""
    root = Path(config.root).expanduser()
    found = studies(root, config.study)
    if not found:
        raise FileNotFoundError(
            f"no verdict under {root} is called {config.study}: python -m lab.breed makes them"
        )
    for name, verdicts in found.items():
        numbers = summarise(verdicts, np.random.default_rng(0))
        path = root / f"summary-{name}.json"
        atomic.write_json(path, numbers)
        print(f"{name}\n{table(verdicts, numbers)}\nwritten to {path}")


def table(verdicts: Sequence[dict[str, Any]], numbers: dict[str, Any]) -> str:
    """One column an arm where no arm has two seeds, else one line an effect and arm."""
    arms = [verdict["arm"] for verdict in verdicts]
    return side_by_side(verdicts) if len(set(arms)) == len(arms) else summary_table(numbers)


def studies(root: Path, pattern: str) -> dict[str, list[dict[str, Any]]]:
    """The verdicts under root by corpus and scale; ValueError names a damaged result."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(root.glob("*/result.json")):
        name = path.parent.name
        if ASIDE.search(name) or not fnmatchcase(name, pattern):
            continue
        result = read_result(path.parent) or {}
        if "verdict" in result and "study" in result:
            copied = {"clone_of": result.get("clone_of")}
            found[result["study"]].append(result["verdict"] | copied)
    return dict(found)


if __name__ == "__main__":
    main()
