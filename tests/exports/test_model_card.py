"""The model card: pedigree, measures, vocabulary, recipe; and what it says where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from lab.exports.model_card import format_model_card
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from tests.exports.odd import ODD


def birth(**more: Any) -> dict[str, Any]:
    plain = {"id": "f" * 64, "framing": "conditional", "context": 64, "vocabulary": ODD.to_dict()}
    return {**plain, "recipe": {"kind": "founder"}, **more}


def test_a_child_tells_of_its_parents(make: Callable[..., Genotype]) -> None:
    recipe = {"kind": "bred", "operator": "slerp", "parameters": {"alpha": 0.43459}, "seed": 7}
    one = Individual(make("ngpt"), birth(recipe=recipe), Path("nowhere"))
    family = [{"generation": 1, "name": "forkL", "kind": "trained", "id": "a" * 64}]
    told = format_model_card(one, "child", family, [("report", 1.25, 0.9)], ["`more/` is there."])
    assert told.startswith("---\nlibrary_name: model-breeding-lab\ntags: [ascii-art, ngpt, bred]\n")
    assert f"| id | `{'f' * 64}` |" in told
    assert "bred by slerp (alpha 0.4346), seed 7" in told
    assert "| 1 | forkL | trained | `aaaaaaaaaaaa` |" in told
    assert "| report | 1.2500 | 90.00 % |" in told
    assert "`more/` is there." in told and "12 characters" in told


@pytest.mark.parametrize("kind", ["bred", "yes", "a: b", "it's], [", "1.0", "ünï\ncode"])
def test_the_hub_reads_the_front_matter(make: Callable[..., Genotype], kind: str) -> None:
    one = Individual(make("ngpt"), birth(recipe={"kind": kind}), Path("nowhere"))
    card = ModelCard(format_model_card(one, "child", [], [], []))
    assert card.data.to_dict() == {
        "library_name": "model-breeding-lab",
        "tags": ["ascii-art", "ngpt", kind],
    }
    assert card.text.startswith("# child")


def test_a_founder_tells_what_it_learned(make: Callable[..., Genotype]) -> None:
    corpus = {"name": "bestiary", "kind": "drawings", "fingerprint": "0123456789abcdef"}
    trained = {"kind": "trained", "steps": 1200, "tokens": 3000000}
    one = Individual(make("llama"), birth(recipe=trained, corpus=corpus), Path("nowhere"))
    told = format_model_card(one, "artist", [], [], [])
    assert "A founder: it has no parents." in told and "None is on record." in told
    assert "| corpus | bestiary (drawings), `0123456789ab` |" in told
    assert "trained, 1,200 steps, 3,000,000 characters" in told
