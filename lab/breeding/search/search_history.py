"""Search history: the generation and the share of windows of every score of a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.storage.append_log import read_log_entries


def number_generations(
    record: Sequence[Mapping[str, Any]], search: Mapping[str, Any]
) -> list[int | None]:
    """Return the generation of every entry of an evolution's record; None for other searches.

    record holds candidate and share of each request in order. Generation 0 is the first
    population: the gen-0 child, the founders, and as many children as it has places left.
    Each later one begins with `children` requests at the smallest share.
    """
    if "generations" not in search:
        return [None] * len(record)
    founders = sum("founder" in entry["candidate"] for entry in record)
    first = 1 + founders + max(1, int(search["population"]) - founders)
    smallest_share = float(search["shares"][0])
    generations: list[int | None] = [0] * min(first, len(record))
    started = 0  # candidates after the first population whose race has begun
    for entry in record[first:]:
        started += entry["share"] == smallest_share
        generations.append((started - 1) // int(search["children"]) + 1)
    return generations


def read_history(path: Path) -> list[dict[str, Any]]:
    """Return step, bpc, share and generation of every finite score in a search.jsonl.

    Empty if there is no such file. The header names the search that wrote it.
    """
    lines = read_log_entries(path)
    if not lines:
        return []
    generations = number_generations(lines[1:], lines[0]["header"].get("search", {}))
    return [
        {"step": step, "bpc": entry["bpc"], "share": entry["share"], "generation": generation}
        for step, (entry, generation) in enumerate(zip(lines[1:], generations, strict=True))
        if entry["bpc"] is not None
    ]
