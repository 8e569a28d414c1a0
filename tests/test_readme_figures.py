"""README's figures: every number it quotes of a result is that of a committed record, rounded.

A figure is a line of FIGURES or ROWS: how it is printed, and the number of the record. In the
sentences on hybrid vigor and in the table of speeds no other number may stand, so a figure without
a record is found as well as one that differs from its record.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from lab.breeding.statistics.hypothesis_tests import t_interval
from lab.galleries.gallery_file import read_gallery
from lab.records.run import read_result

ROOT = Path(__file__).resolve().parents[1]
EXPERIMENTS = ROOT / "experiments"
README = (ROOT / "README.md").read_text()
NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d,]*(?:\.\d+)?(?:e-\d+)?")
SEEDS = range(5)


@lru_cache
def record(path: str) -> Any:
    """A committed JSON file, or a run's result wherever it is packed."""
    if path.endswith("result.json") and not (EXPERIMENTS / path).exists():
        return read_result((EXPERIMENTS / path).parent)
    return json.loads((EXPERIMENTS / path).read_text())


def verdicts(name: str) -> list[dict[str, Any]]:
    return [record(f"vigor-laptop/{name}-seed.{s}/result.json")["verdict"] for s in SEEDS]


def vigor(name: str) -> list[float]:
    return [verdict["effects"]["better_parent_vigor"]["value"] for verdict in verdicts(name)]


def lead_over(name: str, *controls: str) -> list[float]:
    """The child's advantage over the best of some controls, a seed each."""
    scores = [verdict["bpc"] for verdict in verdicts(name)]
    return [min(bpc[control] for control in controls) - bpc["child"] for bpc in scores]


def summary(effect: str, arm: str) -> dict[str, Any]:
    effects = record("vigor-laptop/summary-enwik8-laptop.json")["effects"]
    return dict(effects[effect][arm])


def styles(run: str, effect: str, key: str = "value") -> float:
    return float(record(f"{run}/result.json")["verdict"]["effects"][effect][key])


CONSTANT, ANNEALED = "shared_ancestor-constant", "shared_ancestor-annealed"
EMA = ("forkL ema", "forkR ema")


def excess_over_siblings() -> list[float]:
    """Vigor of the child of different halves less that of siblings, a seed each."""
    pairs = zip(vigor(CONSTANT), vigor("same_data-constant"), strict=True)
    return [child - siblings for child, siblings in pairs]


OVER_SEEDS: dict[str, list[float]] = {  # effects that README quotes with mean and interval
    "child over its best parent": vigor(CONSTANT),
    "child over its best parent, annealed": vigor(ANNEALED),
    "siblings' child over its best parent": vigor("same_data-constant"),
    "siblings' child over its best parent, annealed": vigor("same_data-annealed"),
    "child over a parent's running average": lead_over(CONSTANT, *EMA),
    "child over a parent's running average, annealed": lead_over(ANNEALED, *EMA),
    "child over the best parent twice": lead_over(CONSTANT, "best parent twice"),
    "child over the best parent twice, annealed": lead_over(ANNEALED, "best parent twice"),
    "child over siblings' child": excess_over_siblings(),
}
FIGURES: dict[str, tuple[str, float]] = {  # what it is -> (how README prints it, the record's)
    **{f"{name}, {end}": ("{:+.4f}", value)
       for name, values in OVER_SEEDS.items()
       for end, value in zip(("mean", "low", "high"), (mean(values), *t_interval(values)),
                             strict=True)},
    "barrier between unrelated parents": (
        "{:.0f}", summary("barrier", "independent slerp golden constant")["mean"]),
    "lead of one model trained twice as long": (
        "{:.3f}", -mean(lead_over(ANNEALED, "best parent twice"))),
    "smaller styles child over its parents": (
        "{:.2f}", styles("styles/styles-annealed", "better_parent_vigor")),
    "larger styles child over its parents": (
        "{:.2f}", styles("styles-laptop/styles-annealed", "better_parent_vigor")),
    "smaller styles child behind its ancestor": (
        "{:.2f}", -styles("styles/styles-annealed", "advantage_over.ancestor")),
    "smaller styles child behind the ensemble": (
        "{:.2f}", styles("styles/styles-annealed", "ensemble_gap")),
    "larger styles child behind the ensemble": (
        "{:.3f}", styles("styles-laptop/styles-annealed", "ensemble_gap")),
    "larger styles child behind the ensemble, low": (
        "{:.3f}", styles("styles-laptop/styles-annealed", "ensemble_gap", "low")),
    "larger styles child behind the ensemble, high": (
        "{:.3f}", styles("styles-laptop/styles-annealed", "ensemble_gap", "high")),
}  # fmt: skip
OTHER_NUMBERS = {"165", "95"}  # seeds, parameters, sizes: tested below


def numbers(text: str) -> set[str]:
    """The numbers of a text as printed, but for those in links and commands."""
    plain = re.sub(r"\]\([^)]*\)|`[^`]*`", " ", text)
    return {found.rstrip(",") for found in NUMBER.findall(plain)}


def vigor_text() -> str:
    """The section of README on what was found."""
    start = README.index("\n## What was found") + 1
    return README[start : README.index("\n## ", start)]


@pytest.mark.parametrize("name", FIGURES)
def test_a_quoted_figure_is_the_records(name: str) -> None:
    style, value = FIGURES[name]
    printed = style.format(value)
    assert {printed, printed.lstrip("+")} & numbers(vigor_text()), f"{name}: {printed}"


def test_no_other_figure_is_quoted() -> None:
    known = {style.format(value) for style, value in FIGURES.values()} | OTHER_NUMBERS
    known |= {figure.lstrip("+") for figure in known}
    assert numbers(vigor_text()) - known == set()


def test_the_size_of_the_study() -> None:
    family = "vigor-laptop/families/enwik8-laptop-seed.0/forkL/result.json"
    assert record(family)["parameters"] == 165_308
    arms = record("vigor-laptop/summary-enwik8-laptop.json")["effects"]["better_parent_vigor"]
    assert len(arms["shared_ancestor slerp golden constant"]["seeds"]) == 5


def test_the_artist_took_twenty_minutes() -> None:
    assert 19 < record("styleA-bestiary/result.json")["seconds"] / 60 < 21
    assert re.search(r"20 minutes|twenty minutes", README)


def bench(subject: str, row: str, column: str) -> float:
    return float(record(f"bench-{subject}/result.json")["rows"][row][column])


def row_of(link: str) -> str:
    """The figures' cell of the row of README's table that links to a result."""
    (line,) = [line for line in README.splitlines() if line.startswith("|") and link in line]
    return line.strip("|").split("|")[1]


TRAINING, LIBRARY = "training-compiled", "3.18M ours"
FILM, LLAMA = "film", "llama-cpp-python 0.3.36"
ROWS: dict[str, tuple[list[tuple[str, float]], set[str]]] = {  # subject -> figures, other numbers
    TRAINING: (
        [("{:.2f}", bench(TRAINING, f"{LIBRARY} {mode}", "ratio"))
         for mode in ("fp32 eager", "fp32 compiled", "bf16 eager", "bf16 compiled")]
        + [("{:.0e}", bench(TRAINING, f"{LIBRARY} fp32 eager", "loss_gap")),
           ("{:.0e}", bench(TRAINING, f"{LIBRARY} bf16 compiled", "loss_gap"))],
        set(),
    ),
    "breeding": (
        [("{:.1f}", bench("breeding", size, column))
         for size in ("3.18M", "99.4M")
         for column in ("mergekit_over_kernel", "mergekit_over_operator")]
        + [("{:.2f}", bench("breeding", size, "kernel_over_floor")) for size in ("3.18M", "99.4M")],
        {"3", "2.2", "3.0", "3.18", "99.4"},
    ),
    "fitness": (
        [("{:.2f}", bench("fitness", row, "ratio"))
         for row in ("ours fp32", "ours fp32, compiled", "ours fp32, halving where p < 0.1",
                     "ours fp32, compiled, racing")]
        + [("{:.0f}", bench("fitness", "ours fp32", "windows_saved"))],
        set(),
    ),
    "sampling": (
        [("{:.0f}", bench("sampling", f"3.18M batch {size}", "ratio")) for size in (1, 16, 64)],
        {"16", "64"},
    ),
    FILM: (
        [("{:.0f}", bench(FILM, "plain, a character a pass", "seconds")),
         ("{:.1f}", bench(FILM, "draft and verify (badapple)", "seconds")),
         ("{:.1f}", bench(FILM, "58 rows in parallel", "seconds")),
         ("{:.1f}", bench(FILM, "58 rows, drafted (badapple)", "seconds")),
         ("{:.0f}", bench(FILM, f"{LLAMA}, a character a pass", "seconds")),
         ("{:.1f}", bench(FILM, f"{LLAMA}, 58 rows", "seconds"))],
        set(),
    ),
    "display": (
        [("{:.0f}", bench("display", f"{film}: {way}", column))
         for film in ("shadows", "badapple")
         for way, column in (("ours, its target", "faster"), ("ours", "psnr"),
                             ("original, Adam", "psnr"))],
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("subject", ROWS)
def test_a_row_of_speeds_is_the_records(subject: str) -> None:
    figures, others = ROWS[subject]
    expected = {style.format(value).replace("e-0", "e-") for style, value in figures}
    printed = {re.sub(r"[MBk]$", "", number) for number in row_numbers(subject)}
    assert expected - printed == set()
    assert printed - expected - others == set()


def row_numbers(subject: str) -> set[str]:
    cell = row_of(f"experiments/bench-{subject}/result.json")
    return {n for n in numbers(re.sub(r"\b(?:bf16|fp32|float16|fp16)\b", " ", cell))}


def test_the_median_loss_is_lower_than_the_originals() -> None:
    for film in ("shadows", "badapple"):
        medians = [bench("display", f"{film}: {way}", "loss_median")
                   for way in ("ours, its target", "original, Adam")]  # fmt: skip
        assert medians[0] < medians[1]


def test_the_kills_are_those_compared() -> None:
    tests = record("faults/result.json")["tests"]
    resumed = [one for name, one in tests.items() if name.startswith("test_a_killed_run_ends")]
    saves = next(one for name, one in tests.items() if "kill_while_saving" in name)
    damaged = next(one for name, one in tests.items() if "every_corruption" in name)
    forged = next(one for name, one in tests.items() if "forged_record" in name)
    assert forged["traceback"] == forged["hang"] == forged["memory"] == 0
    row = row_numbers_of_faults()
    assert sum(one["identical"] for one in resumed) == sum(one["runs"] for one in resumed) == 2
    expected = {saves["survived"], saves["kills"], sum(one["kills"] for one in resumed),
                damaged["refused_by_name"], damaged["corrupted"], forged["tried"],
                sum(forged["clean"].values())}  # fmt: skip
    assert {str(count) for count in expected} <= row
    assert row - {str(count) for count in expected} <= {"2"}


def row_numbers_of_faults() -> set[str]:
    return numbers(row_of("experiments/faults/result.json"))


def test_what_is_called_new_or_near_is_so_in_the_gallery() -> None:
    path = ROOT / "galleries" / "styleA-bestiary.samples.jsonl"
    nearest = {line["label"]: line["nearest"] for line in shown_pieces(read_gallery(path))}
    quoted = re.search(r"near[^()]*\([^()]*?(0\.\d\d) and (0\.\d\d)", README)
    assert quoted, "README tells how like the cat and the owl are to what they were trained on"
    similarities = sorted(f"{piece['similarity']:.2f}" for piece in nearest.values())
    assert sorted(quoted.groups()) == similarities[-2:]
    is_called_new = re.search(r"fish\s+is new", README) is not None
    assert is_called_new == ("new" in {piece["verdict"] for piece in nearest.values()})


def shown_pieces(lines: list[Any]) -> list[Any]:
    """The pieces of a gallery, counted from one, that README names under its drawing."""
    named = re.search(r"pieces? ([\d, ]+\d)(?: and (\d+))?\]", README)
    assert named
    places = [int(place) for place in re.findall(r"\d+", " ".join(filter(None, named.groups())))]
    return [lines[place - 1] for place in places]
