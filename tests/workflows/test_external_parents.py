"""External parents: their names are their own, never those of a control."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual
from lab.workflows.external_parents import format_config_value, name_external_parents

GENOTYPE = founder(Architecture(vocab_size=5, dim=8, depth=1, heads=2, dim_head=2),
                   torch.Generator().manual_seed(0))  # fmt: skip


def parent(name: str, identity: str) -> Individual:
    return Individual(GENOTYPE, {"id": identity * 8, "name": name}, Path("/nowhere"))


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["a/left", "b/right"], ["left", "right"]),
        (["a/same", "b/same"], ["one", "two"]),
        (["a/nlerp", "b/union twice"], ["one", "two"]),
        (["a/checkpoint/step-9", "a/ancestor"], ["one", "ancestor"]),
    ],
)
def test_folders_name_parents_unless_they_say_too_little(
    files: list[str], names: list[str]
) -> None:
    parents = [parent("one", "1"), parent("two", "2")]
    assert name_external_parents(files, parents) == names


def test_names_at_birth_that_are_shared_get_ids() -> None:
    parents = [parent("child", "1"), parent("child", "2")]
    assert name_external_parents(["a/x", "b/x"], parents) == ["child-11111111", "child-22222222"]


def test_a_value_is_written_as_it_is_typed() -> None:
    assert (format_config_value(None), format_config_value(64)) == ("none", "64")
