"""An individual on disk: exact, with a stable id, and never trusted."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save as serialize

from lab.models import individual
from lab.models.genotype import Genotype
from lab.models.individual import (
    DamagedIndividual,
    load_averages,
    load_individual,
    load_newest_checkpoint,
    load_state,
    save_individual,
)
from lab.storage.verified_folder import read_verified_folder, readable_json, write_verified_folder

BIRTH: dict[str, Any] = {
    "name": "it",
    "parents": [],
    "recipe": {"kind": "trained", "steps": 3},
    "vocabulary": {"kind": "characters", "characters": "abc"},
}


class Bomb:
    """A pickle that leaves a marker file where it is executed."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.marker}",)


def reseal(folder: Path, changed: Mapping[str, bytes]) -> None:
    """Write files with a manifest that vouches for them, as an attacker would."""
    write_verified_folder(folder, {**read_verified_folder(folder), **changed})


def test_a_round_trip_is_exact(make: Any, tmp_path: Path) -> None:
    born = make()
    mean = {"ema.rows": born.rows * 0.5}
    state = {"step": 3, "moments": [torch.arange(4.0)], "at": None, "name": "x"}
    identity = save_individual(tmp_path / "it", born, BIRTH, averages=mean, state=state)
    found = load_individual(tmp_path / "it")
    assert torch.equal(found.genotype.rows, born.rows)
    assert torch.equal(found.genotype.scales, born.scales)
    assert found.genotype.architecture == born.architecture
    assert found.id == identity and {key: found.birth[key] for key in BIRTH} == BIRTH
    assert torch.equal(load_averages(tmp_path / "it")["ema.rows"], mean["ema.rows"])
    back = load_state(tmp_path / "it")
    assert torch.equal(back.pop("moments")[0], torch.arange(4.0))
    assert back == {"step": 3, "at": None, "name": "x"}


def test_free_rows_may_have_any_length(make: Any, tmp_path: Path) -> None:
    born = make(kind="llama", kv_heads=1)
    longer = Genotype(born.architecture, born.rows * 3, born.scales)
    save_individual(tmp_path / "it", longer, BIRTH)
    assert torch.equal(load_individual(tmp_path / "it").genotype.rows, longer.rows)
    longer.rows[3, 3] = torch.inf
    with pytest.raises(ValueError, match="not finite"):
        save_individual(tmp_path / "bad", longer, BIRTH)


def test_one_without_training_state_says_so(make: Any, tmp_path: Path) -> None:
    save_individual(tmp_path / "it", make(), BIRTH)
    assert load_averages(tmp_path / "it") == {}
    with pytest.raises(DamagedIndividual, match=r"state\.pt is missing"):
        load_state(tmp_path / "it")


def test_an_id_is_of_certificate_and_tensors_alone(make: Any, tmp_path: Path) -> None:
    born = make()
    first = save_individual(tmp_path / "it", born, BIRTH)
    same = {**BIRTH, "code": "9.9", "torch": "9.9"}
    assert save_individual(tmp_path / "other", born, same, state={"step": 9}) == first
    assert len(first) == 64 and int(first, 16)


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": {"kind": "trained", "steps": 4}},
        {"parents": ["0" * 64]},
        {"vocabulary": {"kind": "characters", "characters": "abd"}},
        {"name": "another"},
        {"framing": "conditional"},
        {"context": 64},
        {"corpus": {"name": "tale", "kind": "text", "fingerprint": "0" * 64}},
        {"parent_names": ["left", "right"]},
    ],
    ids=str,
)
def test_an_id_knows_its_heritage(make: Any, tmp_path: Path, change: dict[str, Any]) -> None:
    born = make()
    assert save_individual(tmp_path / "a", born, BIRTH) != save_individual(
        tmp_path / "b", born, {**BIRTH, **change}
    )


@pytest.mark.parametrize("part", ["rows", "scales"])
def test_an_id_knows_every_bit(make: Any, tmp_path: Path, part: str) -> None:
    born, moved = make(), make()
    getattr(moved, part).view(-1)[5] = getattr(moved, part).view(-1)[5].nextafter(torch.tensor(2.0))
    assert save_individual(tmp_path / "a", born, BIRTH) != save_individual(
        tmp_path / "b", moved, BIRTH
    )


def test_an_id_knows_the_architecture(make: Any, tmp_path: Path) -> None:
    born, other = make(), make(norm_qk=False)
    assert torch.equal(born.rows, other.rows)
    assert save_individual(tmp_path / "a", born, BIRTH) != save_individual(
        tmp_path / "b", other, BIRTH
    )


def test_the_id_of_a_known_individual(tmp_path: Path, make: Any) -> None:
    """The same for ever: others refer to it."""
    born = make()
    still = Genotype(
        born.architecture,
        torch.eye(32)[torch.arange(len(born.rows)) % 32],
        torch.full_like(born.scales, 0.5),
    )
    first = save_individual(tmp_path / "first", still, {**BIRTH, "format": 1})
    assert first[:8] == "4fab9c1b"  # by the first format
    wanted = "73f0a7fd"
    assert save_individual(tmp_path / "it", still, BIRTH)[:8] == wanted


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_not_saved(make: Any, tmp_path: Path, value: float) -> None:
    born = make()
    born.scales[3] = value
    with pytest.raises(ValueError, match="not finite"):
        save_individual(tmp_path / "it", born, BIRTH)
    assert not (tmp_path / "it").exists()


HOSTILE_HEADERS: list[bytes] = [
    b"",
    struct.pack("<Q", 2**62) + b"{}",
    struct.pack("<Q", 2) + b"[]",
    struct.pack("<Q", 4) + b"\xff\xfe\xfd\xfc",
    *(
        struct.pack("<Q", len(header)) + header + bytes(64)
        for header in (
            b'{"rows":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"scales":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}',
            b'{"rows":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,64]}}',
            b'{"rows":{"dtype":"F32","shape":[16],"data_offsets":[64,0]}}',
            b'{"rows":{"dtype":"F99","shape":[16],"data_offsets":[0,64]}}',
            b'{"rows":' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
            b'{"rows":{"dtype":"F32","shape":[-1],"data_offsets":[0,64]}}',
        )
    ),
]


@pytest.mark.parametrize("data", HOSTILE_HEADERS, ids=lambda data: repr(data[8:50]))
def test_a_hostile_header_is_damage(make: Any, tmp_path: Path, data: bytes) -> None:
    save_individual(tmp_path / "it", make(), BIRTH)
    reseal(tmp_path / "it", {"model.safetensors": data})
    with pytest.raises(DamagedIndividual, match=r"model\.safetensors"):
        load_individual(tmp_path / "it")


def pickles(marker: Path) -> dict[str, bytes]:
    """The same bomb, wrapped in three ways."""
    zipped, nested = io.BytesIO(), io.BytesIO()
    torch.save(Bomb(marker), zipped)
    torch.save({"learner": {"rows": torch.ones(2), "x": [Bomb(marker)]}}, nested)
    return {
        "plain": pickle.dumps(Bomb(marker)),
        "zipped": zipped.getvalue(),
        "nested": nested.getvalue(),
    }


@pytest.mark.parametrize("kind", ["plain", "zipped", "nested"])
@pytest.mark.parametrize("name", ["state.pt", "model.safetensors", "averages.safetensors"])
@pytest.mark.parametrize("vouched", [False, True])
def test_a_malicious_pickle_executes_nothing(
    make: Any, tmp_path: Path, kind: str, name: str, vouched: bool
) -> None:
    folder, marker = tmp_path / "it", tmp_path / "executed"
    born = make()
    save_individual(folder, born, BIRTH, averages={"ema.rows": born.rows}, state={"step": 1})
    if vouched:
        reseal(folder, {name: pickles(marker)[kind]})
    else:
        (folder / name).write_bytes(pickles(marker)[kind])
    refused = 0
    for read in (load_individual, load_averages, load_state):
        try:
            read(folder)
        except DamagedIndividual as error:
            assert name in str(error)
            refused += 1
    assert refused >= 1 and not marker.exists()


def test_the_bomb_is_real(tmp_path: Path) -> None:
    pickle.loads(pickles(tmp_path / "executed")["plain"])
    assert (tmp_path / "executed").exists()


def weights(**changed: Any) -> Any:
    """A model.safetensors whose tensors are changed."""

    def made(born: Genotype) -> bytes:
        tensors = {"rows": born.rows.clone(), "scales": born.scales.clone()}
        for key, change in changed.items():
            tensors[key] = change(tensors.get(key, born.rows))
        return serialize({key: t.contiguous() for key, t in tensors.items() if t is not None})

    return made


def poked(value: float) -> Any:
    def poke(t: torch.Tensor) -> torch.Tensor:
        t.view(-1)[7] = value
        return t

    return poke


DAMAGED = {
    "nan": weights(rows=poked(float("nan"))),
    "infinite scale": weights(scales=poked(float("inf"))),
    "off the sphere": weights(rows=lambda t: t * 1.001),
    "zero row": weights(rows=lambda t: t * (torch.arange(len(t)) != 9)[:, None]),
    "shape": weights(rows=lambda t: t[:-1]),
    "half": weights(rows=lambda t: t.half()),
    "double": weights(scales=lambda t: t.double()),
    "missing": weights(scales=lambda t: None),
    "extra": weights(more=lambda t: t),
    "architecture": weights(architecture=lambda t: t),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_weights_that_are_wrong_are_damage(make: Any, tmp_path: Path, damage: str) -> None:
    born = make()
    save_individual(tmp_path / "it", born, BIRTH)
    reseal(tmp_path / "it", {"model.safetensors": DAMAGED[damage](born)})
    with pytest.raises(DamagedIndividual, match=r"model\.safetensors"):
        load_individual(tmp_path / "it")


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": {"dim": 10**9, "vocab_size": 29, "depth": 2, "heads": 2, "dim_head": 16}},
        {"architecture": None},
        {"architecture": []},
        {"architecture": {"_target_": "os.system"}},
        {"id": "0" * 64},
        {"parents": ["somebody"]},
        {"recipe": {"kind": "bred"}},
    ],
    ids=str,
)
def test_a_certificate_that_is_wrong_is_damage(
    make: Any, tmp_path: Path, change: dict[str, Any]
) -> None:
    save_individual(tmp_path / "it", make(), BIRTH)
    birth = json.loads((tmp_path / "it" / "birth.json").read_bytes())
    reseal(tmp_path / "it", {"birth.json": readable_json({**birth, **change})})
    with pytest.raises(DamagedIndividual, match=r"birth\.json"):
        load_individual(tmp_path / "it")


@pytest.mark.parametrize("data", [b"", b"[]", b"3", b"\xff", b"[" * 100_000, b'["ab"]'])
def test_a_certificate_that_is_none_is_damage(make: Any, tmp_path: Path, data: bytes) -> None:
    save_individual(tmp_path / "it", make(), BIRTH)
    reseal(tmp_path / "it", {"birth.json": data})
    with pytest.raises(DamagedIndividual, match=r"birth\.json"):
        load_individual(tmp_path / "it")


def test_the_newest_sound_one_is_found_and_the_damaged_named(make: Any, tmp_path: Path) -> None:
    for step in (1, 2, 3):
        save_individual(tmp_path / f"step-{step:08d}", make(step), BIRTH)
    (tmp_path / "step-00000003" / "birth.json").unlink()
    (tmp_path / ".tmp-step-00000004-1").mkdir()
    said: list[str] = []
    found = load_newest_checkpoint(tmp_path, said.append)
    assert found is not None and found.path.name == "step-00000002"
    assert len(said) == 1 and "step-00000003/birth.json is missing" in said[0]
    assert load_newest_checkpoint(tmp_path / "nowhere") is None


def test_find_looks_in_runs_and_folders(make: Any, tmp_path: Path) -> None:
    run = tmp_path / "experiments" / "it"
    identity = save_individual(run / "checkpoint" / "step-00000001", make(), BIRTH)
    root = tmp_path / "experiments"
    for name in ("it", str(run), str(run / "checkpoint" / "step-00000001")):
        assert individual.find_individual(name, root).id == identity
    save_individual(
        root / "families" / "old" / "fork" / "checkpoint" / "step-00000001", make(), BIRTH
    )
    with pytest.raises(FileNotFoundError, match=r"no individual called nobody \(looked in .*\)$"):
        individual.find_individual("nobody", root)
    with pytest.raises(FileNotFoundError, match="did you mean families/old/fork"):
        individual.find_individual("fork", root)
    with pytest.raises(FileNotFoundError, match="did you mean it"):
        individual.find_individual("itt", root)
    (run / "checkpoint" / "step-00000001" / "birth.json").write_text("{}")
    with pytest.raises(DamagedIndividual, match="no intact checkpoint"):
        individual.find_individual("it", root)
