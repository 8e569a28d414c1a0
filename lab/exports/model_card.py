"""Card: what an individual is, for people who find it on a hub: README.md with a pedigree.

Mitchell et al. 2019, "Model cards for model reporting", arXiv 1810.03993.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab.corpora.vocabulary import Vocabulary
from lab.models.individual import Individual


def card(
    one: Individual,
    name: str,
    family: Sequence[Mapping[str, Any]],
    measures: Sequence[tuple[str, float, float]],
    others: Sequence[str],
) -> str:
    """README.md: what it is, whom it descends from, how well it knows what, how it is run.

    family: name, kind and id of each ancestor, parents first; measures: split, bpc, accuracy;
    others: sentences on further files in the folder.
    """
    a, birth, recipe = one.genotype.architecture, one.birth, one.birth["recipe"]
    vocabulary = Vocabulary.from_dict(birth["vocabulary"])
    learned = birth.get("corpus")
    lines = [
        "---",
        "library_name: model-breeding-lab",
        f"tags: [ascii-art, {a.kind}, {recipe.get('kind', 'unknown')}]",
        "---",
        f"# {name}",
        "",
        f"{article(a.kind)} of {a.num_parameters:,} parameters: width {a.dim}, depth {a.depth}, "
        f"{a.heads} heads of {a.dim_head}, context {birth.get('context')}.",
        "",
        "| | |",
        "|---|---|",
        f"| id | `{one.id}` |",
        f"| corpus | {corpus(learned)} |",
        f"| framing | {birth.get('framing') or 'running text'} |",
        f"| vocabulary | {len(vocabulary):,} {vocabulary.kind}{shown(vocabulary)} |",
        f"| recipe | {told(recipe)} |",
        "",
        "## Pedigree",
        "",
        *(pedigree(family) or ["A founder: it has no parents."]),
        "",
        "## Measures",
        "",
        *(table(measures) or ["None is on record. `python -m lab.evaluate` makes them."]),
        "",
        "## Use",
        "",
        "    python -m lab.sample artist=THIS_FOLDER",
        "    python -m lab.evaluate artist=THIS_FOLDER",
        *(f"\n{sentence}" for sentence in others),
    ]
    return "\n".join(lines) + "\n"


def article(kind: str) -> str:
    """What a kind is called."""
    return {
        "ngpt": "An nGPT (Loshchilov et al. 2024, arXiv 2410.01131)",
        "llama": "A LLaMA (Touvron et al. 2023, arXiv 2302.13971)",
        "sandwich": "A sandwich (unit rows, norms on both sides of a branch)",
    }.get(kind, kind)


def corpus(learned: Any) -> str:
    """A corpus as the birth certificate tells it; of a bred one, its ancestors' is meant."""
    if not isinstance(learned, Mapping):
        return "its parents'"
    return (
        f"{learned.get('name')} ({learned.get('kind')}), `{str(learned.get('fingerprint'))[:12]}`"
    )


def shown(vocabulary: Vocabulary) -> str:
    """The printable ones, where they fit a line."""
    plain = [one for one in vocabulary.characters if one.isprintable() and one not in "|`"]
    seen = "".join(plain)
    return f": ` {seen} `" if vocabulary.kind == "characters" and 0 < len(seen) <= 120 else ""


def told(recipe: Mapping[str, Any]) -> str:
    """How it came to be, in a few words."""
    if recipe.get("kind") == "bred":
        values = ", ".join(f"{k} {v:.4g}" for k, v in recipe.get("parameters", {}).items())
        return f"bred by {recipe.get('operator')} ({values}), seed {recipe.get('seed')}"
    if "steps" in recipe:
        return f"trained, {recipe['steps']:,} steps, {recipe.get('tokens', 0):,} characters"
    return str(recipe.get("kind", "unknown"))


def pedigree(family: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table of ancestors."""
    head = ["| generation | name | kind | id |", "|---|---|---|---|"] if family else []
    return head + [
        f"| {one['generation']} | {one['name']} | {one['kind']} | `{one['id'][:12]}` |"
        for one in family
    ]


def table(measures: Sequence[tuple[str, float, float]]) -> list[str]:
    """A table of scores."""
    head = ["| split | bits per character | next character right |", "|---|---|---|"]
    rows = [f"| {split} | {bpc:.4f} | {100 * right:.2f} % |" for split, bpc, right in measures]
    return head + rows if rows else []
