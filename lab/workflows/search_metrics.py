"""Search metrics: each scored child of a search in metrics.jsonl, and what the search cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.breeding.search.evaluator import SearchResult
from lab.breeding.search.search_history import number_generations
from lab.records import Run


def write_search_metrics(
    run: Run, result: SearchResult, curve: Sequence[float] | None, search: Mapping[str, Any]
) -> None:
    """Write every finite score of a search, and the curve between the parents, as metrics.

    search is the config's node: with it, the children of an evolution get their generation. best
    is the lowest score on all windows so far; it is left out until there is one.
    """
    generations = number_generations(result.record, search)
    best: dict[str, float] = {}
    for step, (entry, generation) in enumerate(zip(result.record, generations, strict=True)):
        if entry["bpc"] is None:
            continue
        if entry["share"] == 1.0:
            best = {"best": min(entry["bpc"], best.get("best", entry["bpc"]))}
        numbered = {} if generation is None else {"generation": generation}
        run.write("search", step, bpc=entry["bpc"], **best, share=entry["share"], **numbered)
    for step, bpc in enumerate(curve or []):
        run.write("geodesic", step, bpc=bpc, at=step / max(1, len(curve or []) - 1))


def summarise_search(result: SearchResult) -> dict[str, Any]:
    """Return what a search cost, and the bpc on select that it reached.

    asked: requests. scored: different children, founders aside. scorings: pairs of a child and a
    share of the windows that it was scored on, founders included. passes: the same in passes over
    select.
    """
    return {
        "asked": len(result.record),
        "scored": result.num_children,
        "scorings": sum(entry["scored"] for entry in result.record),
        "passes": result.cost,
        "bpc": {"champion": result.scores.bpc, "gen-0": result.midpoint_scores.bpc},
    }
