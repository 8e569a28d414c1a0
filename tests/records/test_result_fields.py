"""Result fields: committed results have them, and forged ones are refused by the file's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.records.run import read_result
from lab.storage.packed_records import read_pack

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


def test_every_committed_result_has_these_types() -> None:
    loose = [path.parent for path in EXPERIMENTS.glob("*/result.json")]
    packed = [
        pack.parent / name.rpartition("/")[0]
        for pack in EXPERIMENTS.glob("*/runs.jsonl.xz")
        for name in read_pack(pack.parent)
        if name.endswith("/result.json")
    ]
    assert len(packed) > 100 and loose
    assert all(isinstance(read_result(folder), dict) for folder in [*loose, *packed])


@pytest.mark.parametrize(
    "forged",
    [
        {"verdict": "x"},
        {"verdict": {"arm": 3}},
        {"verdict": {"seed": [1]}},
        {"champion": "id"},
        {"champion": {"id": 7}},
        [],
    ],
)
def test_a_forged_result_is_one_line(tmp_path: Path, forged: object) -> None:
    (tmp_path / "result.json").write_text(json.dumps(forged))
    with pytest.raises(ValueError, match=r"result\.json is damaged"):
        read_result(tmp_path)
