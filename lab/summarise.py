"""Put many runs into one table: verdicts of crosses over seeds, or rearings of an ablation.

    python -m lab.breed -m parents=shared_ancestor,same_data seed=0,1,2,3,4
    python -m lab.summarise                        every effect of every arm, with tests over seeds
    python -m lab.summarise study='independent*'   the runs of these names only

    python -m lab.train -m +exp=standard_g1,smith seed=0,1,2
    python -m lab.summarise "study='*_g1*,smith*'" held-out loss over seeds, and speed

Arms with one seed each stand side by side. The numbers go to <root>/summary-<what>.json.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.statistics.across_seeds import summarise
from lab.breeding.statistics.hypothesis_tests import paired_t, t_interval
from lab.breeding.statistics.verdict_tables import ablation_table, side_by_side, summary_table
from lab.config import command
from lab.config.schemas.summarise import Summarise
from lab.records.finished_runs import finished
from lab.records.run import read_config
from lab.storage import atomic_file
from lab.training.precision import choose
from lab.training.seed_ablation import Rearing, compare, paces


@command("summarise", Summarise)
def main(config: Summarise) -> None:
    """Print a table for each corpus and scale that was studied."""
    root = Path(config.root).expanduser()
    found = studies(root, config.study)
    reared = ablations(root, config.study)
    if not found and not reared:
        raise FileNotFoundError(
            f"no verdict and no ablation under {root} is called {config.study}: "
            "python -m lab.breed and lab.train -m make them"
        )
    for name, verdicts in found.items():
        numbers = summarise(verdicts, np.random.default_rng(0))
        path = root / f"summary-{name}.json"
        atomic_file.write_json(path, numbers)
        print(f"{name}\n{table(verdicts, numbers)}\nwritten to {path}")

    for name, rearings in reared.items():
        arms = ablation(rearings)
        path = root / f"summary-{name}.json"
        atomic_file.write_json(path, arms)
        print(f"{name}\n{ablation_table(arms)}\nwritten to {path}")


def ablation(rearings: Sequence[Rearing]) -> dict[str, Any]:
    """Arms by held-out loss and by speed; differences are to the first arm, seed by seed."""
    losses = compare(rearings)
    shapes = {one.arm: one.architecture for one in rearings}
    told = rearings[0].config
    arithmetic = choose("auto", told["precision"], False, told["attention"], 0)
    context, batch = told["training"]["context"], told["training"]["batch"]
    speed = paces(shapes, context, batch, arithmetic)
    first = min(losses, key=lambda arm: (not arm.startswith("standard"), arm))
    arms = {}
    for arm in sorted(losses, key=lambda name: (name != first, name)):
        seeds = sorted(losses[arm])
        both = [seed for seed in seeds if seed in losses[first]] if arm != first else []
        gains = [losses[first][seed] - losses[arm][seed] for seed in both]
        arms[arm] = {
            "seeds": seeds,
            "loss": [losses[arm][seed] for seed in seeds],
            "mean": float(np.mean(list(losses[arm].values()))),
            "gain": float(np.mean(gains)) if gains else None,
            "interval": list(t_interval(gains)) if len(gains) > 1 else None,
            "p": paired_t(gains)[1] if len(gains) > 1 else None,
            "characters_per_second": speed[arm],
            "slower": speed[first] / speed[arm],
        }
    return {"against": first, "steps": rearings[0].result["step"], "arms": arms}


def ablations(root: Path, pattern: str) -> dict[str, list[Rearing]]:
    """Rearings under root that are arms of one ablation, by the corpus they learned."""
    grouped: dict[tuple[Any, ...], list[Rearing]] = defaultdict(list)
    for folder, result in finished(root, pattern):
        if "scores" in result and "corpus" in result:
            one = Rearing(read_config(folder), result)
            grouped[one.conditions].append(one)
    several = [runs for runs in grouped.values() if len({one.arm for one in runs}) > 1]
    names = [f"ablation-{runs[0].result['corpus']['name']}" for runs in several]
    return {
        name if names.count(name) == 1 else f"{name}-{runs[0].result['step']}": runs
        for name, runs in zip(names, several, strict=True)
    }


def table(verdicts: Sequence[dict[str, Any]], numbers: dict[str, Any]) -> str:
    """One column an arm where no arm has two seeds, else one line an effect and arm."""
    arms = [verdict["arm"] for verdict in verdicts]
    return side_by_side(verdicts) if len(set(arms)) == len(arms) else summary_table(numbers)


def studies(root: Path, pattern: str) -> dict[str, list[dict[str, Any]]]:
    """The verdicts under root by corpus and scale.

    ValueError names a damaged result, and the folders of an arm's seed that lies there twice.
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    lies: dict[tuple[str, str, int], str] = {}
    for folder, result in finished(root, pattern):
        if "verdict" in result and "study" in result:
            one = result["verdict"]
            first = lies.setdefault((result["study"], one["arm"], one["seed"]), folder.name)
            if first != folder.name:
                raise ValueError(
                    f"{first} and {folder.name} under {root} are both seed {one['seed']} of arm "
                    f"'{one['arm']}': choose the runs that count by their names, as in "
                    f"\"study='{first},...'\", or move one elsewhere"
                )
            found[result["study"]].append(one | {"clone_of": result.get("clone_of")})
    return dict(found)


if __name__ == "__main__":
    main()
