"""Report: size, scores and samples of a trained individual, as a page of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.terminal.progress import format_duration


def format_training_report(name: str, result: Mapping[str, Any], drawings: str, folder: str) -> str:
    """Format a finished training run; result is its result.json, drawings and folder are texts."""
    lines = [
        f"{name}: {result['parameters']:,} parameters, {result['vocabulary']} characters known",
        "",
        f"{'':12s}{'loss':>8s}{'bpc':>8s}{'right':>9s}{'scored':>12s}",
    ]
    for split, scores in result["scores"].items():
        lines.append(
            f"{split:12s}{scores['loss']:8.4f}{scores['bpc']:8.4f}"
            f"{100 * scores['accuracy']:7.2f} %{scores['characters']:12,}"
        )
    speed = result["tokens"] / max(result["seconds"], 1e-9)
    elapsed = f"{format_duration(result['seconds'])}, {speed:,.0f} a second"
    lines += ["", drawings, "", f"learned {result['tokens']:,} characters ({elapsed})"]
    return "\n".join([*lines, f"written to {folder}/"])
