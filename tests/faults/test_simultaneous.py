"""Eight runs at once: eight names succeed, one name is written once, one family is shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab.models import individual
from tests.faults.commands import complaints, finish, reared, start

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3000)]


def test_eight_names_in_one_root(tmp_path: Path, figures: dict[str, Any]) -> None:
    names = [f"run{number}" for number in range(8)]
    processes = [start(tmp_path, f"name={name}") for name in names]
    for code, said in [finish(process) for process in processes]:
        assert code == 0 and complaints(said) == [], said
    found = [individual.find_individual(name, tmp_path) for name in names]
    assert [one.id for one in found] == [reared(tmp_path, name) for name in names]
    assert len({one.birth["former_id"] for one in found}) == 1  # recipe and weights; no name
    figures.update(runs=8, succeeded=8)


def test_one_name_eight_times(tmp_path: Path, figures: dict[str, Any]) -> None:
    ended = [finish(one) for one in [start(tmp_path) for _ in range(8)]]
    assert {code for code, _ in ended} <= {0, 2}, ended
    wrote = [said for code, said in ended if code == 0 and complaints(said) == []]
    others = [complaints(said) for code, said in ended if not (code == 0 and not complaints(said))]
    assert len(wrote) == 1
    assert all(len(lines) == 1 for lines in others), others
    late = sum("is done already" in lines[0] for lines in others)
    refused = sum("in use by process" in lines[0] for lines in others)
    assert late + refused == 7, others
    assert refused == sum(code == 2 for code, _ in ended)
    assert individual.find_individual("debug", tmp_path).id == reared(tmp_path)
    figures.update(starts=8, wrote=1, refused=refused, said_done=late)


def test_eight_crosses_of_one_family(tmp_path: Path, figures: dict[str, Any]) -> None:
    """Each waits for whoever trains a member, and all use the one that came of it."""
    family = ("parents=shared_ancestor", "scale=debug", "search=none")
    names = [f"cross{number}" for number in range(8)]
    processes = [start(tmp_path, *family, f"name={name}", command="breed") for name in names]
    ended = [finish(process) for process in processes]
    assert [code for code, _ in ended] == [0] * 8, ended
    waits = sum("waiting for process" in said for _, said in ended)
    assert waits >= 1
    champions = {
        json.loads((tmp_path / n / "result.json").read_text())["champion"]["id"] for n in names
    }
    members = [path.parent.name for path in (tmp_path / "families").glob("*/*/result.json")]
    assert len(members) == len(set(members)) and len(champions) == 8  # the name is in the id
    figures.update(crosses=8, succeeded=8, waited=waits)
