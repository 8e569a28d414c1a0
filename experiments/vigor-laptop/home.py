"""Do the forks know their own half better, and does their child inherit from both?

    LAB_DATA=... python experiments/vigor-laptop/home.py

Run after the study's commands, whose individuals it reads. Report is the end of enwik8, which
belongs to neither half, so each is asked 512 windows of the text that the left forks drew from, and
512 of the right forks'. A fork read 2 % of its half, so nearly all of that is new to it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from lab.breeding.statistics import equivalence, paired_t, t_interval
from lab.corpora.enwik8 import enwik8
from lab.models import individual
from lab.training.learner import predictor
from lab.training.lesson import lesson
from lab.training.precision import choose_arithmetic
from lab.training.scoring import score

HERE = Path(__file__).resolve().parent
SIDES, WINDOWS, CONTEXT = ("left", "right"), 512, 256
PAIRS = {"shared_ancestor": ("forkL", "forkR"), "same_data": ("siblingA", "siblingB")}


def main() -> None:
    """Score everybody and write home.json beside this file."""
    exams = {}
    for side in SIDES:
        taught = lesson(enwik8(half=side), None, CONTEXT, None)
        exams[side] = taught.training_windows(CONTEXT, WINDOWS)
    arithmetic = choose_arithmetic("cpu", "fp32", False, "auto", 0.0)
    found = {}
    for rate in ("constant", "annealed"):
        seeds = []
        for seed in range(5):
            home = HERE / "families" / f"enwik8-laptop-seed.{seed}"
            end = "" if rate == "constant" else "-annealed"
            people = {name: home / f"{name}{end}" for pair in PAIRS.values() for name in pair}
            people |= {f"{one} child": HERE / f"{one}-{rate}-seed.{seed}" for one in PAIRS}
            bpc = {}
            for name, place in people.items():
                grown = individual.find_individual(str(place), HERE).genotype
                bpc[name] = {
                    side: score(predictor(grown, arithmetic), windows, arithmetic.device).bpc
                    for side, windows in exams.items()
                }
            seeds.append(bpc)
            print(rate, seed, {name: f"{np.mean(list(x.values())):.4f}" for name, x in bpc.items()})
        found[rate] = {"bpc": seeds, "effects": effects(seeds)}
    told = {"windows": WINDOWS, "context": CONTEXT, "split": "train, of each half", **found}
    (HERE / "home.json").write_text(json.dumps(told, indent=2) + "\n")


def effects(seeds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, object]]:
    """Home advantage of the forks; vigor of both crosses over parents' means, and their excess."""
    advantage = []
    for one in seeds:
        left, right = one["forkL"], one["forkR"]
        advantage.append((right["left"] - left["left"] + left["right"] - right["right"]) / 2)
    vigor = {
        cross: [mean(one[a]) / 2 + mean(one[b]) / 2 - mean(one[f"{cross} child"]) for one in seeds]
        for cross, (a, b) in PAIRS.items()
    }
    excess = [mine - theirs for mine, theirs in zip(*vigor.values(), strict=True)]
    rows = {"home advantage": advantage, "mid parent excess": excess}
    rows |= {f"mid parent vigor, {cross}": values for cross, values in vigor.items()}
    return {name: told(values) for name, values in rows.items()}


def mean(sides: dict[str, float]) -> float:
    """bpc on both halves together, which hold as much."""
    return sum(sides.values()) / len(sides)


def told(values: list[float]) -> dict[str, object]:
    """Mean, Student's 95 % interval, p of no effect, p of equivalence within 0.005."""
    return {
        "values": values, "mean": float(np.mean(values)), "interval": t_interval(values),
        "p": paired_t(values)[1], "p_equivalent": equivalence(values),
    }  # fmt: skip


if __name__ == "__main__":
    main()
