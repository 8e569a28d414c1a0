"""Who may be crossed, and how a refusal reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.breeding.compatibility import check_parents, tabulate_architecture_differences
from tests.breeding.families import TINY, individual

TABLE = """\
these cannot be crossed, they differ in
          parent 1  parent 2  ancestor
depth     2         2         3
residual  lerp      geodesic  lerp"""


def test_the_table_of_differences() -> None:
    other, old = replace(TINY, residual="geodesic"), replace(TINY, depth=3)
    with pytest.raises(ValueError) as refusal:
        check_parents([individual(), individual(other)], individual(old))
    assert str(refusal.value) == TABLE


@pytest.mark.parametrize("field", ["s_qk_init", "s_logit_init", "alpha_init"])
def test_how_scales_are_stored_does_not_matter(field: str) -> None:
    other = replace(TINY, **{field: 0.5})  # type: ignore[arg-type]
    check_parents([individual(), individual(other)])
    assert tabulate_architecture_differences({"a": individual(), "b": individual(other)}) == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("rope_base", 500.0), ("norm_qk", False), ("value_residual", False), ("vocab_size", 12)],
)
def test_what_the_forward_pass_depends_on_does(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"\n{field} "):
        check_parents([individual(), individual(replace(TINY, **{field: value}))])  # type: ignore[arg-type]


def test_parents_are_counted() -> None:
    with pytest.raises(ValueError, match="takes 2 parents, got 1"):
        check_parents([individual()], count=2)
    with pytest.raises(ValueError, match="needs parents, got none"):
        check_parents([])


def test_rows_off_the_sphere_are_named() -> None:
    bad = individual()
    bad.rows[-1] *= 1.01
    with pytest.raises(ValueError, match=r"parent 1: layers\.1\.mlp\.out row 15 has norm 1\.01"):
        check_parents([bad])
