"""Model card: an individual's README.md for a hub, with its pedigree and its scores.

Mitchell et al. 2019, "Model cards for model reporting", arXiv 1810.03993. The front matter is plain
YAML, not huggingface_hub's ModelCardData: that package is in the extra `data`, exports need none,
and a card must have the same bytes with and without it. A test reads it back with ModelCard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from lab.corpora.vocabulary import Vocabulary
from lab.models.individual import Individual


def format_model_card(
    individual: Individual,
    name: str,
    ancestors: Sequence[Mapping[str, Any]],
    scores: Sequence[tuple[str, float, float]],
    file_notes: Sequence[str],
) -> str:
    """README.md: size and origin of an individual, its ancestors, its scores and how to run it.

    ancestors: generation, name, kind and id of each, parents first; scores: split, bpc, accuracy;
    file_notes: sentences on further files in the folder.
    """
    a, birth, recipe = (
        individual.genotype.architecture,
        individual.birth,
        individual.birth["recipe"],
    )
    vocabulary = Vocabulary.from_dict(birth["vocabulary"])
    corpus_record = birth.get("corpus")
    lines = [
        *_front_matter(["ascii-art", a.kind, str(recipe.get("kind", "unknown"))]),
        f"# {name}",
        "",
        f"{_describe_kind(a.kind)} of {a.num_parameters:,} parameters: width {a.dim}, depth "
        f"{a.depth}, "
        f"{a.heads} heads of {a.dim_head}, context {birth.get('context')}.",
        "",
        "| | |",
        "|---|---|",
        f"| id | `{individual.id}` |",
        f"| corpus | {_format_corpus(corpus_record)} |",
        f"| framing | {birth.get('framing') or 'running text'} |",
        f"| vocabulary | {len(vocabulary):,} {vocabulary.kind}{_format_characters(vocabulary)} |",
        f"| recipe | {_format_recipe(recipe)} |",
        "",
        "## Pedigree",
        "",
        *(_pedigree_table(ancestors) or ["A founder: it has no parents."]),
        "",
        "## Measures",
        "",
        *(_score_table(scores) or ["None is on record. `python -m lab.evaluate` makes them."]),
        "",
        "## Use",
        "",
        "    python -m lab.sample artist=THIS_FOLDER",
        "    python -m lab.evaluate artist=THIS_FOLDER",
        *(f"\n{sentence}" for sentence in file_notes),
    ]
    return "\n".join(lines) + "\n"


def _front_matter(tags: Sequence[str]) -> list[str]:
    """The card's metadata between lines of dashes."""
    metadata = {"library_name": "model-breeding-lab", "tags": list(tags)}
    text = yaml.safe_dump(metadata, default_flow_style=None, sort_keys=False, width=10**6)
    return ["---", *text.splitlines(), "---"]


def _describe_kind(kind: str) -> str:
    """The name and paper of an architecture's kind."""
    return {
        "ngpt": "An nGPT (Loshchilov et al. 2024, arXiv 2410.01131)",
        "llama": "A LLaMA (Touvron et al. 2023, arXiv 2302.13971)",
        "sandwich": "A sandwich (unit rows, norms on both sides of a branch)",
    }.get(kind, kind)


def _format_corpus(corpus_record: Any) -> str:
    """A corpus as the birth certificate has it; a bred individual has none of its own."""
    if not isinstance(corpus_record, Mapping):
        return "its parents'"
    fingerprint = str(corpus_record.get("fingerprint"))[:12]
    return f"{corpus_record.get('name')} ({corpus_record.get('kind')}), `{fingerprint}`"


def _format_characters(vocabulary: Vocabulary) -> str:
    """The printable characters of a vocabulary, where they fit a line."""
    printable = [
        character
        for character in vocabulary.characters
        if character.isprintable() and character not in "|`"
    ]
    text = "".join(printable)
    return f": ` {text} `" if vocabulary.kind == "characters" and 0 < len(text) <= 120 else ""


def _format_recipe(recipe: Mapping[str, Any]) -> str:
    """The origin of an individual in a few words."""
    if recipe.get("kind") == "bred":
        values = ", ".join(f"{k} {v:.4g}" for k, v in recipe.get("parameters", {}).items())
        return f"bred by {recipe.get('operator')} ({values}), seed {recipe.get('seed')}"
    if "steps" in recipe:
        return f"trained, {recipe['steps']:,} steps, {recipe.get('tokens', 0):,} characters"
    return str(recipe.get("kind", "unknown"))


def _pedigree_table(ancestors: Sequence[Mapping[str, Any]]) -> list[str]:
    """A Markdown table of ancestors."""
    header = ["| generation | name | kind | id |", "|---|---|---|---|"] if ancestors else []
    return header + [
        f"| {ancestor['generation']} | {ancestor['name']} | {ancestor['kind']} | "
        f"`{ancestor['id'][:12]}` |"
        for ancestor in ancestors
    ]


def _score_table(scores: Sequence[tuple[str, float, float]]) -> list[str]:
    """A Markdown table of scores."""
    header = ["| split | bits per character | next character right |", "|---|---|---|"]
    rows = [f"| {split} | {bpc:.4f} | {100 * accuracy:.2f} % |" for split, bpc, accuracy in scores]
    return header + rows if rows else []
