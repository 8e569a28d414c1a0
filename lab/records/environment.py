"""Environment: on what a run ran, so that its bits and its speed can be judged later."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("model-breeding-lab", "torch", "nGPT-pytorch", "numpy", "hydra-core", "wandb")

KEYS = (  # the only variables ever recorded: none of them holds a secret
    "OMP_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
    "CUBLAS_WORKSPACE_CONFIG",
    "PYTHONHASHSEED",
    "WANDB_MODE",
    "RANK",
    "WORLD_SIZE",
    "SLURM_JOB_ID",
)


def environment(**measured: Any) -> dict[str, Any]:
    """Return versions, machine, commit and allowed variables, with what the caller measured.

    `measured` holds what needs torch, so that this file does not: threads, device, self-tests.
    """
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "packages": {name: installed(name) for name in PACKAGES},
        "commit": commit(Path(__file__).resolve().parents[2]),
        "variables": {key: os.environ[key] for key in KEYS if key in os.environ},
        **measured,
    }


def installed(package: str) -> str | None:
    """Return a package's version, None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def cpu() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def commit(checkout: Path) -> str | None:
    """Return the commit of a checkout, with "+" where files differ from it; None outside of one."""
    if not (checkout / ".git").exists():
        return None
    head = git(checkout, "rev-parse", "HEAD")
    return f"{head}+" if head and git(checkout, "status", "--porcelain", "-uno") else head or None


def git(checkout: Path, *words: str) -> str:
    """Return what a git command prints, "" where it fails or there is no git."""
    command = ["git", "-C", str(checkout), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
