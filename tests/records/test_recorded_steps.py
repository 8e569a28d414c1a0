"""The steps of a record: exact in any order, and little held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lab.records.recorded_steps import RecordedSteps

LINES = st.lists(st.tuples(st.sampled_from(["train", "evaluate"]), st.integers(-9, 9)))


@given(LINES, LINES)
def test_it_holds_what_a_set_holds(
    read: list[tuple[str, int]], added: list[tuple[str, int]]
) -> None:
    steps = RecordedSteps({"kind": kind, "step": step} for kind, step in read)
    for kind, step in added:
        steps.add(kind, step)
    expected = {*read, *added}
    for kind in ("train", "evaluate", "sample"):
        assert [n for n in range(-9, 10) if steps.holds(kind, n)] == sorted(
            n for k, n in expected if k == kind
        )
    assert steps.latest() == max((step for _, step in expected), default=float("-inf"))


def test_a_step_takes_eight_bytes() -> None:
    steps = RecordedSteps({"kind": "train", "step": step} for step in range(1000))
    assert steps.steps["train"].itemsize == 8 and len(steps.steps["train"]) == 1000
