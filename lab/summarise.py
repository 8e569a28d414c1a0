"""Put many runs into one table: verdicts of crosses over seeds, or rearings of an ablation.

    python -m lab.breed -m parents=shared_ancestor,same_data seed=0,1,2,3,4
    python -m lab.summarise                        every effect of every arm, with tests over seeds
    python -m lab.summarise study='independent*'   the runs of these names only
    python -m lab.summarise root=experiments/vigor-laptop pack=true    many files become two

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

from lab.breeding.statistics.across_seeds import summarise_verdicts
from lab.breeding.statistics.hypothesis_tests import paired_t_test, t_interval
from lab.breeding.statistics.verdict_tables import ablation_table, comparison_table, summary_table
from lab.config import command
from lab.config.schemas.summarise import SummariseConfig
from lab.records.finished_runs import find_finished_runs
from lab.records.run import read_config
from lab.storage import atomic_file
from lab.storage.packed_records import TEXT_PACK, pack_records, remove_packed_files
from lab.training.precision import choose_arithmetic
from lab.training.seed_ablation import AblationRun, losses_by_arm, measure_speeds


@command("summarise", SummariseConfig)
def main(config: SummariseConfig) -> None:
    """Print a table for each corpus and scale that was studied."""
    root = Path(config.root).expanduser()
    if config.pack:
        print(pack_study(root))
    verdicts_by_study = find_studies(root, config.study)
    runs_by_ablation = find_ablations(root, config.study)
    if not verdicts_by_study and not runs_by_ablation:
        raise FileNotFoundError(
            f"no verdict and no ablation under {root} is called {config.study}: "
            "python -m lab.breed and lab.train -m make them"
        )
    for name, verdicts in verdicts_by_study.items():
        numbers = summarise_verdicts(verdicts, np.random.default_rng(0))
        path = root / f"summary-{name}.json"
        atomic_file.write_json_atomic(path, numbers)
        print(f"{name}\n{format_verdict_table(verdicts, numbers)}\nwritten to {path}")

    for name, runs in runs_by_ablation.items():
        arms = summarise_ablation(runs)
        path = root / f"summary-{name}.json"
        atomic_file.write_json_atomic(path, arms)
        print(f"{name}\n{ablation_table(arms)}\nwritten to {path}")


def pack_study(root: Path) -> str:
    """Pack the records of finished runs and remove the loose copies; say how many files."""
    packed = pack_records(root)
    removed = remove_packed_files(root, packed)
    kept = len(packed) - len(removed)
    kept_note = f"; {kept} stay loose, beside weights" if kept else ""
    return f"{root / TEXT_PACK} holds {len(packed)} more files of runs{kept_note}"


def summarise_ablation(runs: Sequence[AblationRun]) -> dict[str, Any]:
    """Arms by held-out loss and by speed; differences are to the first arm, seed by seed."""
    losses = losses_by_arm(runs)
    shapes = {run.arm: run.architecture for run in runs}
    config = runs[0].config
    arithmetic = choose_arithmetic("auto", config["precision"], False, config["attention"], 0)
    context, batch = config["training"]["context"], config["training"]["batch"]
    speed = measure_speeds(shapes, context, batch, arithmetic)
    first = min(losses, key=lambda arm: (not arm.startswith("standard"), arm))
    arms = {}
    for arm in sorted(losses, key=lambda name: (name != first, name)):
        seeds = sorted(losses[arm])
        common_seeds = [seed for seed in seeds if seed in losses[first]] if arm != first else []
        gains = [losses[first][seed] - losses[arm][seed] for seed in common_seeds]
        arms[arm] = {
            "seeds": seeds,
            "loss": [losses[arm][seed] for seed in seeds],
            "mean": float(np.mean(list(losses[arm].values()))),
            "gain": float(np.mean(gains)) if gains else None,
            "interval": list(t_interval(gains)) if len(gains) > 1 else None,
            "p": paired_t_test(gains)[1] if len(gains) > 1 else None,
            "characters_per_second": speed[arm],
            "slower": speed[first] / speed[arm],
        }
    return {"against": first, "steps": runs[0].result["step"], "arms": arms}


def find_ablations(root: Path, pattern: str) -> dict[str, list[AblationRun]]:
    """Rearings under root that are arms of one ablation, by the corpus they learned."""
    grouped: dict[tuple[Any, ...], list[AblationRun]] = defaultdict(list)
    for folder, result in find_finished_runs(root, pattern):
        if "scores" in result and "corpus" in result:
            run = AblationRun(read_config(folder), result)
            grouped[run.conditions].append(run)
    comparisons = [runs for runs in grouped.values() if len({run.arm for run in runs}) > 1]
    names = [f"ablation-{runs[0].result['corpus']['name']}" for runs in comparisons]
    return {
        name if names.count(name) == 1 else f"{name}-{runs[0].result['step']}": runs
        for name, runs in zip(names, comparisons, strict=True)
    }


def format_verdict_table(verdicts: Sequence[dict[str, Any]], numbers: dict[str, Any]) -> str:
    """One column an arm where no arm has two seeds, else one line an effect and arm."""
    arms = [verdict["arm"] for verdict in verdicts]
    return comparison_table(verdicts) if len(set(arms)) == len(arms) else summary_table(numbers)


def find_studies(root: Path, pattern: str) -> dict[str, list[dict[str, Any]]]:
    """The verdicts under root by corpus and scale.

    ValueError names a damaged result, and the folders of an arm's seed that lies there twice.
    """
    verdicts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    folders: dict[tuple[str, str, int], str] = {}
    for folder, result in find_finished_runs(root, pattern):
        if "verdict" in result and "study" in result:
            verdict = result["verdict"]
            first = folders.setdefault(
                (result["study"], verdict["arm"], verdict["seed"]), folder.name
            )
            if first != folder.name:
                raise ValueError(
                    f"{first} and {folder.name} under {root} are both seed {verdict['seed']} of "
                    "arm "
                    f"'{verdict['arm']}': choose the runs that count by their names, as in "
                    f"\"study='{first},...'\", or move one elsewhere"
                )
            verdicts[result["study"]].append(verdict | {"clone_of": result.get("clone_of")})
    return dict(verdicts)


if __name__ == "__main__":
    main()
