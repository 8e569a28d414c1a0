"""Summary workflow: finished crosses and ablations grouped into studies, with tests over seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.statistics.across_seeds import summarise_verdicts
from lab.breeding.statistics.hypothesis_tests import paired_t_test, t_interval
from lab.breeding.statistics.verdict_tables import ablation_table, comparison_table, summary_table
from lab.config.schemas.summarise import SummariseConfig
from lab.records.experiment_arms import arm_settings, label_arms, read_arm_settings
from lab.records.finished_runs import find_finished_runs
from lab.records.run import read_config
from lab.storage import atomic_file
from lab.storage.packed_records import TEXT_PACK, pack_records, remove_packed_files
from lab.training.precision import choose_arithmetic
from lab.training.seed_ablation import AblationRun, losses_by_arm, measure_speeds


def summarise_root(config: SummariseConfig) -> Iterator[tuple[str, str, Path | None]]:
    """Yield name, table and file of every study and ablation that the config names.

    None is the file of one under a read-only root.
    """
    root = Path(config.root).expanduser()
    verdicts_by_study = find_studies(root, config.study)
    runs_by_ablation = find_ablations(root, config.study)
    if not verdicts_by_study and not runs_by_ablation:
        raise FileNotFoundError(
            f"no verdict and no ablation under {root} is called {config.study}: "
            "python -m lab.breed and lab.train -m make them"
        )
    for name, verdicts in verdicts_by_study.items():
        numbers = summarise_verdicts(verdicts, np.random.default_rng(0))
        yield name, format_verdict_table(verdicts, numbers), write_summary(root, name, numbers)
    for name, runs in runs_by_ablation.items():
        arms = summarise_ablation(runs)
        yield name, ablation_table(arms), write_summary(root, name, arms)


def pack_study(root: str) -> str:
    """Pack the records of finished runs and remove the loose copies; say how many files."""
    folder = Path(root).expanduser()
    packed = pack_records(folder)
    removed = remove_packed_files(folder, packed)
    kept = len(packed) - len(removed)
    kept_note = f"; {kept} stay loose, beside weights" if kept else ""
    return f"{folder / TEXT_PACK} holds {len(packed)} more files of runs{kept_note}"


def write_summary(root: Path, name: str, numbers: dict[str, Any]) -> Path | None:
    """Write the numbers of a table to <root>/summary-<name>.json: its path, None if read-only."""
    path = root / f"summary-{name}.json"
    try:
        atomic_file.write_json_atomic(path, numbers)
    except OSError as error:
        if not atomic_file.is_read_only(error):
            raise
        return None
    return path


def summarise_ablation(runs: Sequence[AblationRun]) -> dict[str, Any]:
    """Return each arm's held-out loss and speed, with its gain over the first arm seed by seed."""
    losses = losses_by_arm(runs)
    shapes = {run.arm: run.architecture for run in runs}
    config = runs[0].config
    arithmetic = choose_arithmetic(
        "auto", config["precision"], False, config["attention"], 0, config.get("kernels", "torch")
    )
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
    """Return training runs under root that are arms of one ablation, by corpus.

    Runs of one name and other settings are arms of their own, told apart by what differs.
    """
    grouped: dict[tuple[Any, ...], list[AblationRun]] = defaultdict(list)
    for folder, result in find_finished_runs(root, pattern):
        if "scores" in result and "corpus" in result:
            run = AblationRun(read_config(folder), result)
            grouped[run.conditions].append(run)
    labelled = [_label_ablation(runs) for runs in grouped.values()]
    comparisons = [runs for runs in labelled if len({run.arm for run in runs}) > 1]
    names = [f"ablation-{runs[0].result['corpus']['name']}" for runs in comparisons]
    return {
        name if names.count(name) == 1 else f"{name}-{runs[0].result['step']}": runs
        for name, runs in zip(names, comparisons, strict=True)
    }


def format_verdict_table(verdicts: Sequence[dict[str, Any]], numbers: dict[str, Any]) -> str:
    """Return a table: a column per arm if no arm has two seeds, else a line per effect and arm."""
    arms = [verdict["arm"] for verdict in verdicts]
    return comparison_table(verdicts) if len(set(arms)) == len(arms) else summary_table(numbers)


def find_studies(root: Path, pattern: str) -> dict[str, list[dict[str, Any]]]:
    """Return the verdicts under root by corpus and scale, each with the label of its arm.

    Crosses of one name and other settings are arms of their own: "... none constant alpha=0.1".
    ValueError names a damaged result, and the folders of an arm's seed that lies there twice.
    """
    crosses: dict[str, list[tuple[Path, dict[str, Any]]]] = defaultdict(list)
    for folder, result in find_finished_runs(root, pattern):
        if "verdict" in result and "study" in result:
            crosses[result["study"]].append((folder, result))
    return {study: _label_study(root, runs) for study, runs in crosses.items()}


def _label_study(
    root: Path, crosses: Sequence[tuple[Path, dict[str, Any]]]
) -> list[dict[str, Any]]:
    verdicts: list[dict[str, Any]] = []
    folders: dict[tuple[str, int], str] = {}
    arms = label_arms(
        [(result["verdict"]["arm"], read_arm_settings(folder)) for folder, result in crosses]
    )
    for (folder, result), arm in zip(crosses, arms, strict=True):
        verdict = result["verdict"] | {"arm": arm, "clone_of": result.get("clone_of")}
        first = folders.setdefault((arm, verdict["seed"]), folder.name)
        if first != folder.name:
            raise ValueError(
                f"{first} and {folder.name} under {root} are both seed {verdict['seed']} of arm "
                f"'{arm}', with the same settings: choose the runs that count by their names, as "
                f"in \"study='{first},...'\", or move one elsewhere"
            )
        verdicts.append(verdict)
    return verdicts


def _label_ablation(runs: Sequence[AblationRun]) -> list[AblationRun]:
    arms = label_arms([(run.arm, arm_settings(run.config)) for run in runs])
    return [replace(run, label=arm) for run, arm in zip(runs, arms, strict=True)]
