"""Cross a family, search for the best child, and say whether it beats its parents.

    python -m lab.breed parents=shared_ancestor                   forks of one ancestor, on halves
    python -m lab.breed parents=independent                       strangers: what must not work
    python -m lab.breed parents=styles search=cmaes alphas.grain=layer
    python -m lab.breed parents=files files=[styleA,styleB] crossover=karcher unrelated=true
    python -m lab.breed search=none crossover.alpha=[0.5,0.2,0.4,0.6]   the rest, then layers
    python -m lab.breed search=none 'crossover.alpha={layers.0.q:0.1,rest:0.7}'
    python -m lab.breed parents=shared_ancestor controls=matched rate=annealed
    python -m lab.breed -m parents=shared_ancestor seed=0,1,2,3,4   then: python -m lab.summarise
    python -m lab.breed parents=shared_ancestor scale=debug       everything once, in seconds

Whoever of the family is missing is reared first, by the code of lab.train, into
experiments/families/. The same command again goes on where it was stopped, or says it is done.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from hydra.core.hydra_config import HydraConfig

from lab.breeding.judging import Found
from lab.breeding.tables import verdict_table
from lab.config import door
from lab.config.breed import Breed
from lab.families.cross import Party, assemble, audition, most, searcher
from lab.families.guests import invited, read_as_taught
from lab.families.household import matched, rear, reared, study
from lab.families.jury import Jury
from lab.families.meeting import Meeting, meet
from lab.families.offspring import identify, keep
from lab.families.verdict import Trial, judge
from lab.records import Run, environment, warn
from lab.training.precision import Arithmetic, choose


@door("breed", Breed)
def main(config: Breed) -> None:
    """Breed what the config describes and print the verdict."""
    print(page(breed_run(config), Path(config.root) / config.name))


def breed_run(config: Breed) -> dict[str, Any]:
    """Rear, cross, search and judge in the run's folder; done already, only return the result."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    guests = invited(config) if config.files else {}
    changed = read_as_taught(config, guests, typed()) if guests else []
    audition(config, guests)
    finished = not config.again and (Path(config.root) / config.name / "result.json").is_file()
    met, taught = None, []
    if not finished:  # a bad corpus and strangers leave no folder behind
        met = meet(config, guests) if guests else None
        taught = met.lessons if met else study(config, None)
    with Run(config.root, config.name, asdict(config), config.again, asdict(config.tracker)) as run:
        if run.result is not None:
            print(f"lab: {run.folder} is done already", file=sys.stderr)
            return run.result
        run.note_environment(environment(**arithmetic(config, False).to_dict()))
        if changed:
            warn(f"{' and '.join(guests)} are read as they were taught: {', '.join(changed)}")
        rear(config, taught)
        run.finish(breed(config, run, HydraConfig.get().runtime.choices, met))
        return run.result or {}


def breed(
    config: Breed, run: Run, choices: Mapping[str, str], met: Meeting | None = None
) -> dict[str, Any]:
    """Search, judge, keep champion and gen-0 child; return what goes into result.json."""
    met = met or meet(config, reared(config, config.parents["cross"]))
    judging = arithmetic(config, config.compile is True)  # auto leaves them eager
    party, jury = met.party, met.jury(config, f"breed {run.name}", judging)
    for name, one in party.individuals.items():
        run.mirror.used(name, one.id)
    trial = search(config, party, jury, run.folder / "search.jsonl")
    trial = replace(trial, identify=partial(identify, config, party))
    siblings = None
    if config.controls["matched"]:
        trial = replace(trial, matched=matched(config, trial.best))
        if config.parents["siblings"]:
            theirs = assemble(config, reared(config, config.parents["siblings"]), met.shown)
            siblings = search(config, theirs, jury, run.folder / "search-siblings.jsonl")
    arm = arm_of(config, choices)
    words, extra = judge(
        trial, siblings, jury, config.controls, run.folder, arm=arm, seed=config.seed
    )
    jury.save(run.folder / "scores.npz")
    note(run, trial.found, extra["geodesic"])
    kept = keep(config, run, trial)
    return {
        "study": f"{choices['corpus']}-{config.scale['name']}",
        "parents": {name: one.id for name, one in party.individuals.items()},
        "ancestor": party.ancestor.id if party.ancestor else None,
        "ancestor_name": party.ancestor.birth.get("name") if party.ancestor else None,
        **kept,
        "clone_of": trial.found.clone_of,
        "search": searched(trial.found),
        "alignments": party.prepared.alignments,
        "context": config.training.context,
        "stride": config.training.context,
        **extra,
        "touched": dict(jury.touched),
        "domains": jury.by_domain(),
        "verdict": words,
    }


def arithmetic(config: Breed, compiling: bool) -> Arithmetic:
    """How children are scored; compiling: a search may compile, which its log's header tells."""
    return choose(config.device, config.precision, compiling, config.attention, 0)


def arm_of(config: Breed, choices: Mapping[str, str]) -> str:
    """What a cross is called in tables over seeds: shared_ancestor slerp golden constant."""
    said = [*(choices[key] for key in ("parents", "crossover", "search")), config.rate]
    unusual = {"one": "", "none": "", "match": "aligned"}
    more = [choices["mutation"], config.alignment, config.alphas.grain]
    return " ".join([*said, *(unusual.get(one, one) for one in more if unusual.get(one, one))])


def typed() -> set[str]:
    """The keys that were given on the command line."""
    return {one.partition("=")[0].lstrip("+~") for one in HydraConfig.get().overrides.task}


def search(config: Breed, party: Party, jury: Jury, log: Path) -> Trial:
    """Let the search loose on a party."""
    ancestor = party.prepared.ancestor
    chosen = searcher(config, jury.select(ancestor) if ancestor else None)
    nursery, children = party.nursery, most(config.search, party.nursery.size)
    found = jury.search(chosen, nursery, log, party.header, config.seed, party.clone, children)
    return Trial.of(party, jury, found)


def note(run: Run, found: Found, curve: Sequence[float] | None) -> None:
    """Put every candidate's bpc on select into the metrics, and the parents' geodesic."""
    best = math.inf
    for step, entry in enumerate(found.record):
        if entry["bpc"] is not None:
            best = min(best, entry["bpc"])
            run.write("search", step, bpc=entry["bpc"], best=best)
    for step, bpc in enumerate(curve or []):
        run.write("geodesic", step, bpc=bpc, at=step / max(1, len(curve or []) - 1))


def searched(found: Found) -> dict[str, Any]:
    """What the search cost, and what it found.

    asked: asks. scored: different children, the founders aside. scorings: one a child and share of
    the windows that it was scored on, founders included. passes: the same, in passes over select.
    """
    return {
        "asked": len(found.record),
        "scored": found.children,
        "scorings": sum(entry["scored"] for entry in found.record),
        "passes": found.cost,
        "bpc": {"champion": found.scores.bpc, "gen-0": found.first.bpc},
    }


def page(result: Mapping[str, Any], folder: Path) -> str:
    """The verdict for people: the table, what was found, where it lies."""
    found, champion = result["search"], result["champion"]
    alpha = (champion["recipe"] or {}).get("parameters", {}).get("alpha")
    where = f" at alpha {alpha:.3f}" if isinstance(alpha, float) else ""
    lines = [verdict_table(result["verdict"]), ""]
    children = "1 child" if found["scored"] == 1 else f"{found['scored']} children"
    spent = f"{children} scored in {found['passes']:.1f} passes over select"
    gained = f"{found['bpc']['champion']:.4f} bpc there, gen-0 {found['bpc']['gen-0']:.4f}"
    lines.append(f"champion{where} of {spent}: {gained}")
    if (name := result.get("ancestor_name")) not in (None, "ancestor"):
        lines.append(f"their nearest common ancestor is {name} ({result['ancestor'][:12]})")
    if result["clone_of"]:
        lines.append(f"this champion is a clone: a copy of {result['clone_of']}")
    kept = "not kept as an individual: a raw average has no unit rows"
    if champion["id"]:
        where = f"in {folder}/" if champion["path"] else "a parent, and is not kept once more"
        kept = f"{champion['id'][:12]} {where}"
    return "\n".join([*lines, f"the champion is {kept}"])


if __name__ == "__main__":
    main()
