import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.breeding.search.evaluator import FitnessEvaluator
from lab.breeding.search.search_log import SearchLog
from lab.breeding.statistics.window_scores import WindowScores


def test_children_of_equal_content_are_scored_once(toy: Any) -> None:
    evaluate = toy.counting(toy.bowl(0.3))
    judge = FitnessEvaluator(evaluate, key=lambda candidate: f"{candidate['alpha'][0]:.1f}")
    first, second = judge({"alpha": [0.5]}), judge({"alpha": [0.50001]})
    assert second is first
    assert [entry["scored"] for entry in judge.record] == [True, False]
    assert judge.result().cost == 1.0


def test_whole_scores_answer_for_every_share(toy: Any) -> None:
    evaluate = toy.counting(toy.bowl(0.3))
    judge = FitnessEvaluator(evaluate, key=str)
    judge({"alpha": [0.5]})
    assert len(judge({"alpha": [0.5]}, 0.25)) == 10
    judge({"alpha": [0.6]}, 0.5)
    assert len(judge({"alpha": [0.6]}, 0.25)) == 10
    assert sum(evaluate.seen.values()) == 2


def test_windows_that_are_known_are_not_scored_again(tmp_path: Path, toy: Any) -> None:
    whole = toy.scores(2.0)
    asked: list[tuple[int, float]] = []

    def evaluate(candidate: Any, share: float, known: WindowScores | None = None) -> WindowScores:
        asked.append((0 if known is None else len(known), share))
        added = WindowScores(whole.nats[asked[-1][0] :], whole.characters[asked[-1][0] :])
        scores = added if known is None else known.concatenate(added)
        return scores.truncate(int(share * len(whole)))

    def hear() -> FitnessEvaluator:
        log = SearchLog(tmp_path / "j", {})
        judge = FitnessEvaluator(evaluate, key=str, log=log, extend=evaluate)
        for share in (0.25, 0.5, 1.0):
            scores = judge({"alpha": [0.5]}, share)
        assert np.array_equal(scores.nats, whole.nats)
        return judge

    first, again = hear().result(), hear().result()
    assert asked == [(0, 0.25), (len(whole) // 4, 0.5), (len(whole) // 2, 1.0)]
    assert first.cost == again.cost == 1.0
    assert first.record == again.record


def test_children_are_counted_once_however_often_they_are_scored_and_founders_are_none(
    tmp_path: Path, toy: Any
) -> None:
    heard: list[tuple[str, bool]] = []

    def ask() -> FitnessEvaluator:
        judge = FitnessEvaluator(
            toy.counting(lambda _: 2.0), key=str, log=SearchLog(tmp_path / "j", {})
        )
        judge.on_record = lambda entry, replayed: heard.append((entry["key"], replayed))
        for share in (0.25, 0.5, 1.0):
            judge({"alpha": [0.5]}, share), judge({"founder": "A"}, share)
        judge({"alpha": [0.7]}, 0.25)
        return judge

    found = ask().result()
    assert found.num_children == 2 and sum(entry["scored"] for entry in found.record) == 7
    assert ask().result().num_children == 2
    assert [replayed for _, replayed in heard] == [False] * 7 + [True] * 7


def test_the_champion_is_the_first_of_the_best(toy: Any) -> None:
    judge = FitnessEvaluator(toy.counting(lambda candidate: candidate["bpc"]), key=str)
    for number, bpc in enumerate([2.5, 2.1, 2.1, 2.4]):
        judge({"bpc": bpc, "number": number})
    judge({"bpc": 1.0, "number": 9}, 0.5)  # never scored whole
    found = judge.result()
    assert found.champion["number"] == 1
    assert (found.midpoint_scores.bpc - found.scores.bpc) == pytest.approx(0.4, abs=1e-6)
    assert found.cost == 4.5


def test_a_clone_is_named(toy: Any) -> None:
    judge = FitnessEvaluator(toy.counting(toy.bowl(0.3)), key=str, clone_of=lambda _: "parent_a")
    judge({"alpha": [0.0]})
    assert judge.result().clone_of == "parent_a"


def test_a_diverged_child_is_recorded_without_a_number(tmp_path: Path, toy: Any) -> None:
    judge = FitnessEvaluator(
        lambda *_: toy.scores(math.inf), key=str, log=SearchLog(tmp_path / "j", {})
    )
    judge({"alpha": [0.5]})
    assert judge.result().record[0]["bpc"] is None
    again = FitnessEvaluator(lambda *_: pytest.fail("scored twice"), key=str)
    again.log = SearchLog(tmp_path / "j", {})
    assert again({"alpha": [0.5]}).bpc == math.inf


@pytest.mark.parametrize("diverged", [math.inf, math.nan, -math.inf])
def test_a_diverged_child_is_never_champion_against_a_finite_one(toy: Any, diverged: float) -> None:
    losses = [diverged, 9.0, diverged]
    judge = FitnessEvaluator(toy.counting(lambda candidate: losses[candidate["number"]]), key=str)
    for number in range(3):
        judge({"number": number})
    found = judge.result()
    assert found.champion == {"number": 1} and found.scores.bpc < 10


def test_other_windows_are_refused(toy: Any) -> None:
    shapes = iter([toy.scores(2.0), WindowScores(np.ones(40), np.full(40, 3))])
    judge = FitnessEvaluator(lambda *_: next(shapes), key=str)
    judge({"alpha": [0.5]})
    with pytest.raises(ValueError, match="same windows"):
        judge({"alpha": [0.6]})


def test_logged_scores_on_other_windows_are_refused_too(tmp_path: Path, toy: Any) -> None:
    def judge() -> FitnessEvaluator:
        evaluate = toy.counting(lambda _: 2.0)
        return FitnessEvaluator(evaluate, key=str, log=SearchLog(tmp_path / "j", {}))

    judge()({"alpha": [0.5]})
    other = WindowScores(np.ones(40), np.full(40, 3))
    entry = {"candidate": {"alpha": [0.6]}, "share": 1.0, "key": "b", "bpc": other.bpc}
    SearchLog(tmp_path / "j", {}).append({**entry, "scored": True, "scores": other.pack()})
    again = judge()
    again({"alpha": [0.5]})
    with pytest.raises(ValueError, match="same windows"):
        again({"alpha": [0.6]})


def test_without_a_whole_score_there_is_no_champion(toy: Any) -> None:
    judge = FitnessEvaluator(toy.counting(toy.bowl(0.3)), key=str)
    judge({"alpha": [0.5]}, 0.5)
    with pytest.raises(ValueError, match="whole select split"):
        judge.result()
