"""Records: the files of a run, in a folder of its own that one process at a time writes.

    run.py             experiments/<name>/: config, lock, resume or refuse, result last
    run_files.py       a run's config and result, read and checked
    run_lock.py        one process at a time; others are refused, or wait first
    finished_runs.py   finished runs under a folder, by name
    config_hash.py     the keys that identify a run, and their hash
    experiment_arms.py runs that differ by their seed alone, and labels of those that do not
    result_fields.py   the types of what is read from a result.json
    metrics.py         metrics.jsonl, and the definition of every number in it
    recorded_steps.py  which steps it holds, in 8 bytes a line
    environment.py     versions, machine, commit
    wandb_mirror.py    the same in Weights & Biases; the only importer of wandb
    wandb_settings.py  its mode, project, group and id there

JSON is the record, W&B its mirror: a failure there never harms a run.
"""

from lab.records.environment import environment
from lab.records.metrics import METRICS, Metrics, read_metrics
from lab.records.run import Run
from lab.records.wandb_mirror import open_mirror
from lab.terminal.progress import warn

__all__ = ["METRICS", "Metrics", "Run", "environment", "open_mirror", "read_metrics", "warn"]
