"""Birth certificates are read without weights, checked, and named where they are damaged."""

import json
from typing import Any

import pytest

from lab.genealogy.birth_certificate import read_birth
from lab.storage.verified_folder import DamagedIndividual, readable_json, write_verified_folder


def test_a_certificate_names_id_and_parents(family: Any) -> None:
    birth = read_birth(family.root / "child" / "checkpoint" / "step-00000000")
    assert birth["id"] == family.ids["child"]
    assert birth["parents"] == [family.ids["left"], family.ids["right"]]


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"id": 1}', b"\xff\xfe"])
def test_a_damaged_certificate_is_named(family: Any, data: bytes) -> None:
    folder = family.root / "left" / "checkpoint" / "step-00000000"
    (folder / "birth.json").write_bytes(data)
    with pytest.raises(DamagedIndividual, match="birth.json"):
        read_birth(folder)


@pytest.mark.parametrize("change", [{"parents": "abc"}, {"parents": [1]}, {"recipe": "slerp"}])
def test_a_sealed_but_senseless_certificate_is_named(family: Any, change: dict) -> None:
    folder = family.root / "left" / "checkpoint" / "step-00000000"
    birth = json.loads((folder / "birth.json").read_bytes())
    write_verified_folder(folder, {"birth.json": readable_json({**birth, **change})})
    with pytest.raises(DamagedIndividual, match="no birth certificate"):
        read_birth(folder)
