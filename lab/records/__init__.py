"""Records: what a run leaves behind, in a folder of its own that only one process writes.

    run.py           experiments/<name>/: config, lock, resume or refuse, result last
    runs.py          the finished ones under a folder, by name
    identity.py      which keys make a run the run it is, and their hash
    metrics.py       metrics.jsonl, and what every number in it means
    environment.py   versions, machine, commit
    mirror.py        the same in Weights & Biases; the only importer of wandb
    atomic.py        files that are there whole or not at all

JSON is the record, W&B its mirror: nothing that fails there ever harms a run.
"""

from lab.records.environment import environment
from lab.records.metrics import METRICS, Metrics, read_metrics
from lab.records.run import Run, warn
from lab.records.wandb_mirror import open_mirror

__all__ = ["METRICS", "Metrics", "Run", "environment", "open_mirror", "read_metrics", "warn"]
