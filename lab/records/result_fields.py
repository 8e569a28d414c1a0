"""Result fields: the types of what is read from a result.json, of training runs and of crosses."""

from __future__ import annotations

from lab.storage.bounded_reader import Kinds

RESULT_FIELDS: dict[str, Kinds] = {
    "name?": str, "hash?": str, "individual?": str, "study?": str, "parents?": dict,
    "champion?": dict, "champion.id?": str, "champion.path?": str,
    "verdict?": dict, "verdict.arm?": str, "verdict.seed?": int, "verdict.effects?": dict,
    "scores?": dict, "drawings?": list, "vocabulary?": int, "tokens?": int, "seconds?": float,
    "corpus?": dict,
}  # fmt: skip
