"""Home advantage: how much better forks score on their own half of enwik8, and if a child inherits.

    LAB_DATA=... python -m lab.workflows.home_advantage experiments/vigor-laptop

Run after the study's commands, whose individuals it reads. The report split is the end of enwik8,
which belongs to neither half, so each individual is scored on 512 windows of the left forks'
training text and on 512 of the right forks'. A fork read 2 % of its half, so nearly all of that
text is new to it. Writes home.json into the study's folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.statistics.hypothesis_tests import equivalence_test, paired_t_test, t_interval
from lab.corpora.dataset import build_dataset
from lab.corpora.enwik8 import enwik8
from lab.models.individual import find_individual
from lab.storage import atomic_file
from lab.terminal.safe_output import emit
from lab.training.learner import predictor
from lab.training.precision import choose_arithmetic
from lab.training.scoring import score

SIDES, RATES, WINDOWS, CONTEXT = ("left", "right"), ("constant", "annealed"), 512, 256
PARENTS = {"shared_ancestor": ("forkL", "forkR"), "same_data": ("siblingA", "siblingB")}
BpcByName = Mapping[str, Mapping[str, float]]  # individual -> side of enwik8 -> bpc


def main() -> None:
    """Score the five seeds of the study named on the command line."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("say the study's folder: python -m lab.workflows.home_advantage FOLDER")
    study = Path(sys.argv[1])
    record = measure_home_advantage(study, _training_windows(), seeds=range(5))
    path = study / "home.json"
    atomic_file.write_json_atomic(path, record)
    emit(f"written to {path}")


def measure_home_advantage(
    study: Path, windows_by_side: Mapping[str, Sequence[Any]], seeds: Sequence[int]
) -> dict[str, Any]:
    """Bpc of forks, siblings and their children on both sides, and effects over the seeds.

    FileNotFoundError names the first individual whose weights are not under study.
    """
    arithmetic = choose_arithmetic("cpu", "fp32", False, "auto", 0.0)
    by_rate: dict[str, Any] = {}
    for rate in RATES:
        bpc_by_seed = []
        for seed in seeds:
            bpc = {}
            for name, place in _individual_names(rate, seed).items():
                predict = predictor(find_individual(place, study).genotype, arithmetic)
                bpc[name] = {
                    side: score(predict, windows, arithmetic.device).bpc
                    for side, windows in windows_by_side.items()
                }
            bpc_by_seed.append(bpc)
            means = {name: f"{mean_over_sides(sides):.4f}" for name, sides in bpc.items()}
            emit(f"{rate} seed {seed}: {json.dumps(means)}")
        by_rate[rate] = {"bpc": bpc_by_seed, "effects": home_effects(bpc_by_seed)}
    return {"windows": WINDOWS, "context": CONTEXT, "split": "train, of each half", **by_rate}


def home_effects(bpc_by_seed: Sequence[BpcByName]) -> dict[str, dict[str, Any]]:
    """Home advantage of the forks; mid-parent vigor of both crosses, and their difference."""
    advantages = []
    for bpc in bpc_by_seed:
        left, right = bpc["forkL"], bpc["forkR"]
        advantages.append((right["left"] - left["left"] + left["right"] - right["right"]) / 2)
    vigor = {
        cross: [
            mean_over_sides(bpc[first]) / 2
            + mean_over_sides(bpc[second]) / 2
            - mean_over_sides(bpc[f"{cross} child"])
            for bpc in bpc_by_seed
        ]
        for cross, (first, second) in PARENTS.items()
    }
    excess = [forks - siblings for forks, siblings in zip(*vigor.values(), strict=True)]
    effects = {"home advantage": advantages, "mid parent excess": excess}
    effects |= {f"mid parent vigor, {cross}": values for cross, values in vigor.items()}
    return {name: _describe_effect(values) for name, values in effects.items()}


def mean_over_sides(bpc_by_side: Mapping[str, float]) -> float:
    """bpc on both halves together, which hold equally many characters."""
    return sum(bpc_by_side.values()) / len(bpc_by_side)


def _describe_effect(values: Sequence[float]) -> dict[str, Any]:
    """Mean, Student's 95 % interval, p of no effect, p of equivalence within 0.005."""
    return {
        "values": list(values),
        "mean": float(np.mean(values)),
        "interval": list(t_interval(values)),
        "p": paired_t_test(values)[1],
        "p_equivalent": equivalence_test(values),
    }


def _individual_names(rate: str, seed: int) -> dict[str, str]:
    """Name in the record -> run below the study, of both crosses' parents and children."""
    suffix = "" if rate == "constant" else f"-{rate}"
    family = f"families/enwik8-laptop-seed.{seed}"
    parents = {name: f"{family}/{name}{suffix}" for pair in PARENTS.values() for name in pair}
    return parents | {f"{cross} child": f"{cross}-{rate}-seed.{seed}" for cross in PARENTS}


def _training_windows() -> dict[str, Sequence[Any]]:
    """WINDOWS windows of each half's training text."""
    return {
        side: build_dataset(enwik8(half=side), None, CONTEXT, None).training_windows(
            CONTEXT, WINDOWS
        )
        for side in SIDES
    }


if __name__ == "__main__":
    main()
