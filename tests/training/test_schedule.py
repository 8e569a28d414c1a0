"""Schedules: where they start, where they end, and what lies between."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.training.schedule import constant, cosine, linear, restarts

ALL = [
    constant,
    partial(linear, decay=0.5, floor=0.1),
    partial(cosine, floor=0.1),
    partial(restarts, cycles=4, floor=0.1),
]


@pytest.mark.parametrize(
    ("schedule", "values"),
    [
        (constant, {0.0: 1, 0.5: 1, 1.0: 1}),
        (partial(linear, decay=0.5, floor=0.0), {0.0: 1, 0.5: 1, 0.75: 0.5, 1.0: 0}),
        (partial(linear, decay=1.0, floor=0.2), {0.0: 1, 0.5: 0.6, 1.0: 0.2}),
        (partial(linear, decay=0.0, floor=0.2), {0.0: 1, 0.99: 1, 1.0: 1}),
        (partial(cosine, floor=0.0), {0.0: 1, 0.5: 0.5, 1.0: 0}),
        (partial(cosine, floor=0.2), {0.0: 1, 0.5: 0.6, 1.0: 0.2}),
        (partial(restarts, cycles=2, floor=0.0), {0.0: 1, 0.25: 0.5, 0.5: 1, 0.75: 0.5, 1.0: 0}),
    ],
)
def test_a_schedule_at_known_places(schedule: object, values: dict[float, float]) -> None:
    assert callable(schedule)
    assert {at: pytest.approx(schedule(at), abs=1e-12) for at in values} == values


def test_a_cycle_ends_at_the_floor_before_it_starts_anew() -> None:
    assert restarts(0.5 - 1e-9, cycles=2, floor=0.1) == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("schedule", ALL)
@given(progress=st.floats(0, 1), warmup=st.floats(0, 1))
def test_a_factor_is_between_zero_and_one(schedule: object, progress: float, warmup: float) -> None:
    assert callable(schedule)
    assert 0 <= schedule(progress, warmup=warmup) <= 1


@pytest.mark.parametrize("schedule", ALL)
def test_a_warmup_rises_from_zero_and_then_is_over(schedule: object) -> None:
    assert callable(schedule)
    assert schedule(0.0, warmup=0.1) == 0
    assert schedule(0.05, warmup=0.1) == pytest.approx(0.5 * schedule(0.05))
    assert schedule(0.2, warmup=0.1) == schedule(0.2)
