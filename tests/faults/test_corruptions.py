"""Damage to any file of an individual: refused by name, and the one before it is used instead."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any

import pytest

from lab.models import individual
from lab.models.individual import DamagedIndividual

Bear = Callable[[Path, int], str]
Damage = Callable[[bytes, random.Random], bytes | None]
FILES = (
    "model.safetensors", "birth.json", "averages.safetensors", "state.pt", "manifest.json",
)  # fmt: skip


def truncated(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def flipped(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def zeroed(data: bytes, draw: random.Random) -> bytes:
    """A block of 4 KiB as disks lose them; a smaller file whole."""
    at = 4096 * draw.randrange(max(1, len(data) // 4096))
    lost = len(data[at : at + 4096])
    return data[:at] + bytes(lost) + data[at + lost :]


def lengthened(data: bytes, draw: random.Random) -> bytes:
    return data + draw.randbytes(draw.randint(1, 5000))


def missing(data: bytes, draw: random.Random) -> None:
    return None


KINDS: tuple[Damage, ...] = (truncated, flipped, zeroed, lengthened, missing)


def damage(path: Path, kind: Damage, draw: random.Random) -> None:
    """Corrupt a file, drawing again where nothing would change."""
    whole = path.read_bytes()
    hurt = kind(whole, draw)
    while hurt == whole:
        hurt = kind(whole, draw)
    if hurt is None:
        path.unlink()
    else:
        path.write_bytes(hurt)


@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.faults)])
def test_every_corruption_is_refused_by_name(
    tmp_path: Path, bear: Bear, count: int, figures: dict[str, Any]
) -> None:
    draw, kinds, files = random.Random(count), Counter[str](), Counter[str]()
    bear(tmp_path, 1)
    bear(tmp_path, 2)
    older, newer = tmp_path / "step-00000001", tmp_path / "step-00000002"
    sound = {name: (newer / name).read_bytes() for name in FILES}
    assert set(sound) == {path.name for path in newer.iterdir()}  # no file goes unharmed
    for name, kind in islice(cycle(product(FILES, KINDS)), count):
        damage(newer / name, kind, draw)
        with pytest.raises(DamagedIndividual) as refusal:
            individual.load_individual(newer)
        assert str(newer / name) in str(refusal.value), kind
        warned: list[str] = []
        found = individual.load_newest_checkpoint(tmp_path, warned.append)
        assert found is not None and found.path == older
        assert len(warned) == 1 and str(newer / name) in warned[0]
        (newer / name).write_bytes(sound[name])
        individual.load_individual(newer)  # the damage was the only reason
        kinds[kind.__name__] += 1
        files[name] += 1
    figures.update(corrupted=count, refused_by_name=kinds.total(), kinds=kinds, files=files)
