"""Omissions: what of a corpus is not learned and why, in lines for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.corpora.dataset import Dataset
from lab.corpora.user_files import ENCODING_HINT

LIMIT_OF_REASON = {  # a reason to drop a piece: the key that sets the limit
    "too wide": "max_width",
    "too high": "max_height",
    "too long": "max_length",
    "not ASCII": "ascii_only",
    "sexual": "include_sexual",
}
CHOSEN_REASONS = ("another category",)  # what half=A leaves out is no omission
MAX_NAMED_FILES = 3


def describe_omissions(dataset: Dataset, context: int) -> list[str]:
    """Lines on files not read, drawings dropped or too long, and splits left empty; none if none.

    context: the characters that a model reads at once.
    """
    record = dataset.provenance["provenance"]
    lines = describe_skipped_files(str(dataset.provenance["name"]), record.get("skipped", {}))
    if dataset.provenance["kind"] != "drawings":
        return lines
    counts = dict(record.get("dropped", {}))
    for reason, count in record.get("left_out", {}).items():
        counts[reason] = counts.get(reason, 0) + count
    reasons = [
        format_reason(reason, count, record)
        for reason, count in sorted(counts.items(), key=lambda item: -item[1])
        if reason not in CHOSEN_REASONS
    ]
    if dataset.left_out:
        reasons.insert(
            0,
            f"{dataset.left_out:,} longer than the context of {context:,} "
            f"(training.context={dataset.whole_context} takes them all)",
        )
    if reasons:
        kept = int(record.get("kept", 0))
        total = kept + sum(counts[reason] for reason in counts if reason not in CHOSEN_REASONS)
        fitting = kept - dataset.left_out
        lines.append(f"{fitting:,} of {total:,} drawings are used; not used: {', '.join(reasons)}")
    splits = {"select": dataset.select, "report": dataset.report}
    if empty := [name for name, pieces in splits.items() if not len(pieces)]:
        lines.append(
            f"no drawing of {' or '.join(empty)} fits the context: nothing is scored there, and "
            "only the training drawings tell how well it draws"
        )
    return lines


def format_reason(reason: str, count: int, record: Mapping[str, Any]) -> str:
    """A count of dropped pieces with the limit that dropped them, or with the first of them."""
    key = LIMIT_OF_REASON.get(reason, "")
    limits = dict(record.get("limits", {}))
    details = [f"corpus.{key}={str(limits[key]).lower()}"] if key in limits else []
    if key == "include_sexual":
        details = ["corpus.include_sexual=false"]
    if not details and (first := record.get("first_dropped", {}).get(reason)):
        details = [f"the first: {first}"]
    return f"{count:,} {reason}" + "".join(f" ({detail})" for detail in details)


def describe_skipped_files(corpus: str, skipped: Mapping[str, str]) -> list[str]:
    """One line on the files of a corpus that were not read: name -> what is wrong with it."""
    if not skipped:
        return []
    named = [f"{name} {fault}" for name, fault in list(skipped.items())[:MAX_NAMED_FILES]]
    more = f"; {len(skipped) - len(named):,} more" if len(skipped) > len(named) else ""
    is_encoding = any(fault.startswith("is not") for fault in skipped.values())
    hint = f" ({ENCODING_HINT})" if is_encoding else ""
    return [f"{len(skipped):,} files of {corpus} are left out: {'; '.join(named)}{more}{hint}"]
