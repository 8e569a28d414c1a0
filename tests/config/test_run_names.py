"""Names of the jobs of a sweep: always names, never shared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.config.run_names import run_name
from lab.config.validation import check_name

OVERRIDES = st.lists(st.text(min_size=1, max_size=40).map(lambda text: f"k={text}"), max_size=4)


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "styleA"),
        (["+exp=styleA", "seed=1"], "styleA-seed.1"),
        (["model.dim=96", "threads=2", "root=x", "tracker=wandb"], "styleA-model.dim.96"),
        (["optimizer.lr=1e-3"], "styleA-optimizer.lr.1e-3"),
        (["parents=styleA", "seed=1"], "styleA-seed.1"),
    ],
)
def test_what_tells_a_job_from_the_others_is_its_name(overrides: list[str], name: str) -> None:
    assert run_name("styleA", overrides) == name


@given(OVERRIDES)
def test_a_name_is_a_name(overrides: list[str]) -> None:
    assert check_name(run_name("styleA", overrides))


@given(OVERRIDES, OVERRIDES)
def test_two_jobs_never_share_one(one: list[str], other: list[str]) -> None:
    same_words = "-".join(one) == "-".join(other)
    assert (run_name("a", one) == run_name("a", other)) == same_words
