"""Parameter specifications: every scale block has an owner, and by_row means a scale a row."""

from typing import Any

import pytest

from lab.models.parameter_spec import PARAMETER_SPECS


@pytest.mark.parametrize("kind", sorted(PARAMETER_SPECS))
def test_scales_by_row_are_as_many_as_their_owner_has_rows(make: Any, kind: str) -> None:
    one = make(kind=kind, tied=False)
    spec, rows = PARAMETER_SPECS[kind], one.layout.row_blocks
    blocks = [(f"layers.0.{block.owner}", block) for block in spec.layer_scales.values()]
    blocks += [(block.owner, block) for block in spec.global_scales.values()]
    for owner, block in blocks:
        count = rows[owner].stop - rows[owner].start
        assert not block.by_row or getattr(one.architecture, block.width) == count, owner


@pytest.mark.parametrize("kind", sorted(PARAMETER_SPECS))
def test_names_in_alpha_fields_are_unique(kind: str) -> None:
    spec = PARAMETER_SPECS[kind]
    names = [block.name for block in (*spec.layer_scales.values(), *spec.global_scales.values())]
    assert len(names) == len(set(names))
