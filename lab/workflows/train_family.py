"""Family training: the missing members of a family are trained as lab.train would."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lab.breeding.statistics.control_arms import ControlArm
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
from lab.records.run_lock import RunInUse, RunLock
from lab.terminal.progress import format_duration
from lab.terminal.safe_output import emit
from lab.training.precision import choose_arithmetic
from lab.training.runtime_estimate import seconds_per_character
from lab.workflows.family_configs import (
    HALVES,
    family_folder,
    lineage_configs,
    member_name,
    scored_corpora,
    unfinished_members,
)
from lab.workflows.train import train_run


def read_family_datasets(config: BreedConfig, vocabulary: Vocabulary | None) -> list[Dataset]:
    """Return the datasets that a family is scored on, whole, in one vocabulary or each in its own.

    ValueError if fewer than two windows of select or report can be scored.
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
                    f"{split} of {dataset.provenance['name']} has fewer than two pieces that fit "
                    f"into a context of {context}: set training.context"
                )
    return datasets


def window_domains(config: BreedConfig, datasets: Sequence[Dataset]) -> list[str]:
    """Return the domain of each report window: its corpus if there are several, else its half.

    Empty for a single corpus without halves.
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


def train_missing_members(
    config: BreedConfig, datasets: Sequence[Dataset], arms: Sequence[ControlArm]
) -> None:
    """Train the missing members, those of the control arms included; print the time it may take.

    What depends on the best parent is trained later, by `train_matched_controls`.
    """
    configs = lineage_configs(config, config.parents["cross"])
    if siblings := config.parents["siblings"]:
        sibling_arms = [arm for arm in arms if arm.trained == "siblings"]
        if any(arm.effect == "excess" for arm in sibling_arms):
            configs += lineage_configs(config, siblings)
        for arm in sibling_arms:
            configs += lineage_configs(config, siblings[:1], arm.times)
    unfinished = unfinished_members(
        {train_config.name: train_config for train_config in configs}.values()
    )
    if unfinished:
        emit(format_training_estimate(config, unfinished, datasets[0]), file=sys.stderr)
    for train_config in unfinished:
        train_member(config, train_config)


def train_member(config: BreedConfig, train_config: TrainConfig) -> None:
    """Train a member, or wait for the process that does: crosses of one family share members.

    RunInUse where wait=false and another process trains it.
    """
    folder = Path(train_config.root).expanduser() / str(train_config.name)
    while True:
        if config.wait:
            RunLock(folder).wait()
        try:
            train_run(train_config)
        except RunInUse:
            if not config.wait:
                raise
        else:
            return


def format_training_estimate(
    config: BreedConfig, unfinished: Sequence[TrainConfig], dataset: Dataset
) -> str:
    """Return the line that says who is to be trained, on how much text, for about how long."""
    architecture = Architecture(vocab_size=len(dataset.vocabulary), **asdict(config.model))
    arithmetic = choose_arithmetic(
        config.device, config.precision, False, config.attention, 0, config.kernels
    )
    each = config.training.batch * config.training.context
    characters = each * sum(train_config.training.steps or 0 for train_config in unfinished)
    seconds = characters * seconds_per_character(architecture, config.training.context, arithmetic)
    names = ", ".join(str(train_config.name) for train_config in unfinished)
    duration = format_duration(seconds)
    return f"{config.name}: to train {names}; {characters:,} characters, about {duration}"


def load_members(
    config: BreedConfig, names: Sequence[str], times: int = 1
) -> dict[str, Individual]:
    """Return finished members of the family, by name."""
    folder = family_folder(config)
    return {
        name: individual.find_individual(member_name(config, name, times), folder, warn)
        for name in names
    }


def train_matched_controls(
    config: BreedConfig, best: str, arms: Sequence[ControlArm]
) -> dict[str, Individual]:
    """Train what control arms of equal compute need; return the individuals by the arms' names.

    best is the best parent on select. Arms of siblings are left out for a family without them.
    """
    siblings = config.parents["siblings"]
    members = {"best parent": best} | ({"siblings": siblings[0]} if siblings else {})
    individuals = {}
    for arm in arms:
        if arm.trained not in members or arm.effect == "excess":
            continue
        name = members[arm.trained]
        for train_config in unfinished_members(lineage_configs(config, [name], arm.times)):
            train_member(config, train_config)
        individuals[arm.name] = load_members(config, [name], arm.times)[name]
    return individuals


def common_vocabulary(individuals: Sequence[Individual]) -> Vocabulary:
    """Return the vocabulary of a cross: the individuals' own, or the union of unequal ones."""
    vocabularies = [Vocabulary.from_dict(parent.birth["vocabulary"]) for parent in individuals]
    if all(vocabulary == vocabularies[0] for vocabulary in vocabularies):
        return vocabularies[0]
    return Vocabulary(union_vocabulary([vocabulary.characters for vocabulary in vocabularies]))
