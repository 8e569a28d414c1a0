"""The mutation suite fits the code: each mutant can be made, and its tests are there."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.mutants.run import RECORD, ROOT, mutate, read_mutants

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant["id"]))
def test_a_mutant_can_be_made_and_is_a_program(mutant: dict[str, str]) -> None:
    source = (ROOT / mutant["file"]).read_text()
    mutated = mutate(source, mutant)
    ast.parse(mutated)
    assert mutated != source


def test_mutants_have_names_of_their_own_and_tests() -> None:
    assert len({mutant["id"] for mutant in MUTANTS}) == len(MUTANTS) >= 59
    files = {test.split("::")[0] for mutant in MUTANTS for test in mutant["tests"]}
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert all(mutant["tests"] and mutant["what"] for mutant in MUTANTS)


@pytest.mark.parametrize("source", ["", "a\na\n"])
def test_a_snippet_that_does_not_stand_there_once_is_refused(source: str) -> None:
    mutant = {"id": "X1", "file": "x.py", "original": "a\n", "replacement": ""}
    with pytest.raises(ValueError, match="X1: its snippet stands [02] times in x.py"):
        mutate(source, mutant)


def test_the_recorded_score_is_of_these_mutants() -> None:
    record = json.loads(Path(RECORD).read_text())
    assert set(record["fates"]) == {mutant["id"] for mutant in MUTANTS}, "make test-mutants"
    assert record["killed"] + record["equivalent"] == record["mutants"] and not record["survived"]
