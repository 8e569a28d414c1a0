"""Control arm gen-0 child: the search's first candidate, halfway between the parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores:
    """Score the gen-0 child on report; the champion's scores where it is the champion."""
    searched = setting.searched
    candidate = searched.result.record[0]["candidate"]
    if candidate == searched.result.champion:
        return setting.child.child
    return searched.score_report(setting.scorer, ARM.name, candidate)


ARM = ControlArm(
    name="gen-0 child",
    says="over the gen-0 child",
    scores=scores,
    role="what search adds",
    order=60,
    position="before child",
    record="gen-0",
)
