"""What a child's characters owe to which parent: the parents' losses, one character at a time."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from lab.corpora.vocabulary import FRAMING_CHARACTERS, SEP, SOL, Vocabulary
from lab.galleries.attribution import INFINITE_LEAD, attribute_piece, character_losses, piece_prefix
from lab.models import network
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

FULL = Vocabulary((*FRAMING_CHARACTERS, *"\n abcdefghij"))
SMALL = Vocabulary((*FRAMING_CHARACTERS, *"\n abcdefghi"))  # no j
LINE: dict[str, Any] = {
    "framing": "conditional",
    "label": "ab",
    "text": "cab\n jig",
    "closed": True,
}


def parent(vocabulary: Vocabulary, seed: int) -> Genotype:
    shape = Architecture(
        vocab_size=len(vocabulary), dim=16, depth=2, heads=2, dim_head=8, s_logit_init=20.0
    )
    return founder(shape, torch.Generator().manual_seed(seed))


def alone(genotype: Genotype, vocabulary: Vocabulary, before: str, after: str) -> float:
    """The loss of one character after a text, by a forward pass of that text alone."""
    ids = torch.from_numpy(vocabulary.encode(before).astype(np.int64))[None]
    logits = network.forward(genotype.architecture, genotype.rows, genotype.scales, ids)[0, -1]
    return -float(logits.double().log_softmax(-1)[vocabulary.characters.index(after)])


def test_a_loss_is_that_of_a_character_given_all_before_it() -> None:
    mother, text = parent(FULL, 1), LINE["text"]
    found = character_losses(mother, FULL, piece_prefix(LINE), text)
    wanted = [alone(mother, FULL, f"{SOL}ab{SEP}{text[:i]}", one) for i, one in enumerate(text)]
    assert found == pytest.approx(wanted, abs=1e-4)


def test_a_line_gets_the_difference_of_two_parents() -> None:
    mother, father = parent(FULL, 1), parent(FULL, 2)
    told = attribute_piece(LINE, [("m", mother, FULL), ("f", father, FULL)])
    start = piece_prefix(LINE)
    leads = character_losses(mother, FULL, start, LINE["text"]) - character_losses(
        father, FULL, start, LINE["text"]
    )
    assert told == {"parents": ["m", "f"], "inheritance": [round(float(one), 3) for one in leads]}
    assert max(map(abs, told["inheritance"])) > 0.1
    turned = attribute_piece(LINE, [("f", father, FULL), ("m", mother, FULL)])
    assert turned["inheritance"] == [-one for one in told["inheritance"]]


def test_a_character_that_a_parent_lacks_has_infinite_loss() -> None:
    mother, father = parent(FULL, 1), parent(SMALL, 2)
    found = character_losses(father, SMALL, piece_prefix(LINE), LINE["text"])
    assert [math.isinf(one) for one in found] == [one == "j" for one in LINE["text"]]
    told = attribute_piece(LINE, [("m", mother, FULL), ("f", father, SMALL)])
    assert told["inheritance"][LINE["text"].index("j")] == -INFINITE_LEAD
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    neither = attribute_piece({**LINE, "text": "z"}, [("m", mother, FULL)] * 2)
    assert neither["inheritance"] == [0]


def test_bytes_of_one_character_are_summed() -> None:
    raw = Vocabulary.byte_level()
    one = parent(raw, 1)
    found = character_losses(one, raw, "", "aé")
    assert found[0] == 0 and len(found) == 2  # nothing is before the first
    ids = torch.tensor([[97, 0xC3]])
    logits = (
        network.forward(one.architecture, one.rows, one.scales, ids)[0].double().log_softmax(-1)
    )
    assert found[1] == pytest.approx(-float(logits[0, 0xC3] + logits[1, 0xA9]), abs=1e-4)


def test_of_three_parents_the_closest_is_told() -> None:
    three = [(str(seed), parent(FULL, seed), FULL) for seed in (1, 2, 3)]
    told = attribute_piece(LINE, three)
    found = np.stack(
        [character_losses(one[1], FULL, piece_prefix(LINE), LINE["text"]) for one in three]
    )
    assert len(set(told["closest"])) > 1
    for column, one in zip(found.T, told["closest"], strict=True):
        low, next_low, _ = sorted(column)
        assert one == (-1 if next_low - low < 0.1 else int(column.argmin()))


def test_one_parent_leaves_nothing_to_tell() -> None:
    assert attribute_piece(LINE, [("m", parent(FULL, 1), FULL)]) == {}


@pytest.mark.parametrize("line", [{"framing": None, "label": None}, {}])
def test_running_text_has_no_frame(line: dict[str, Any]) -> None:
    assert piece_prefix(line) == "" and attribute_piece({**line, "text": ""}, []) == {}
    twice = [("m", parent(FULL, 1), FULL)] * 2
    assert attribute_piece({**line, "text": ""}, twice)["inheritance"] == []
