"""The household: whoever of a family is missing is reared, by the code of lab.train.

Used by `lab.breed`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from lab.breeding.vocabularies import union_vocabulary
from lab.config import instantiate
from lab.config.schemas.breed import BreedConfig
from lab.config.schemas.train import TrainConfig
from lab.corpora.dataset import Dataset, build_dataset
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.individual import Individual
from lab.records import warn
from lab.terminal.progress import format_duration
from lab.training.precision import choose_arithmetic
from lab.training.runtime_estimate import seconds_per_character
from lab.workflows.family_configs import (
    HALVES,
    family_folder,
    lineage_configs,
    member_config,
    member_name,
    scored_corpora,
    unfinished_members,
)
from lab.workflows.train import train_run


def read_family_datasets(config: BreedConfig, vocabulary: Vocabulary | None) -> list[Dataset]:
    """The corpora that the family is scored on, whole, in one vocabulary or each in its own.

    ValueError where select or report holds nothing that can be scored.
    """
    frame = instantiate(config.framing) if config.framing else None
    context = config.training.context
    datasets = [
        build_dataset(instantiate(node), frame, context, vocabulary)
        for node in scored_corpora(config)
    ]
    for dataset in datasets:
        for split in ("select", "report"):
            if len(getattr(dataset, split)) < 2:
                raise ValueError(
                    f"{split} of {dataset.provenance['name']} has not two pieces that fit into a "
                    "context of "
                    f"{context} to judge by: set training.context"
                )
    return datasets


def window_domains(config: BreedConfig, datasets: Sequence[Dataset]) -> list[str]:
    """Which domain each report window is from: a corpus of several, else a half of the one.

    Empty where there is only one corpus, and it has no halves.
    """
    if len(datasets) > 1:
        return [str(dataset.provenance["name"]) for dataset in datasets for _ in dataset.report]
    (node,), (whole,) = scored_corpora(config), datasets
    if "half" not in node:
        return []
    first, second = HALVES["text" if whole.provenance["kind"] == "text" else "artist"]
    frame = instantiate(config.framing) if config.framing else None
    corpus = instantiate({**node, "half": first})
    half = build_dataset(corpus, frame, config.training.context, whole.vocabulary)
    own = {window.tobytes() for window in half.report}
    return [first if window.tobytes() in own else second for window in whole.report]


def train_missing_members(config: BreedConfig, datasets: Sequence[Dataset]) -> None:
    """Rear whoever of the family is missing, and say beforehand how long that may take."""
    configs = lineage_configs(config, config.parents["cross"])
    if config.controls["matched"] and (siblings := config.parents["siblings"]):
        configs += [*lineage_configs(config, siblings), member_config(config, siblings[0], 2)]
    unfinished = unfinished_members(
        {train_config.name: train_config for train_config in configs}.values()
    )
    if unfinished:
        print(format_training_estimate(config, unfinished, datasets[0]), file=sys.stderr)
    for train_config in unfinished:
        train_run(train_config)


def format_training_estimate(
    config: BreedConfig, unfinished: Sequence[TrainConfig], dataset: Dataset
) -> str:
    """How many are to be reared, on how many characters, and about how long it takes here."""
    architecture = Architecture(vocab_size=len(dataset.vocabulary), **asdict(config.model))
    arithmetic = choose_arithmetic(config.device, config.precision, False, config.attention, 0)
    each = config.training.batch * config.training.context
    characters = each * sum(train_config.training.steps or 0 for train_config in unfinished)
    seconds = characters * seconds_per_character(architecture, config.training.context, arithmetic)
    names = ", ".join(str(train_config.name) for train_config in unfinished)
    duration = format_duration(seconds)
    return f"{config.name}: to rear {names}; {characters:,} characters, about {duration}"


def load_members(
    config: BreedConfig, names: Sequence[str], times: int = 1
) -> dict[str, Individual]:
    """Finished members of the family, by name."""
    folder = family_folder(config)
    return {
        name: individual.find_individual(member_name(config, name, times), folder, warn)
        for name in names
    }


def train_matched_controls(config: BreedConfig, best: str) -> dict[str, Individual]:
    """The controls of equal compute: the best parent at twice the steps, the union at both."""
    controls = {"best parent twice": (best, 2)}
    if siblings := config.parents["siblings"]:
        controls |= {"union once": (siblings[0], 1), "union twice": (siblings[0], 2)}
    for name, times in controls.values():
        for train_config in unfinished_members(lineage_configs(config, [name], times)):
            train_run(train_config)
    return {
        arm: load_members(config, [name], times)[name] for arm, (name, times) in controls.items()
    }


def common_vocabulary(individuals: Sequence[Individual]) -> Vocabulary:
    """The vocabulary that individuals are crossed in: their own, or the union of unequal ones."""
    vocabularies = [Vocabulary.from_dict(parent.birth["vocabulary"]) for parent in individuals]
    if all(vocabulary == vocabularies[0] for vocabulary in vocabularies):
        return vocabularies[0]
    return Vocabulary(union_vocabulary([vocabulary.characters for vocabulary in vocabularies]))
