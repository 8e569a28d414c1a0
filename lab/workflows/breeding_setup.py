"""Breeding setup: the prepared parents, the datasets they are scored on, calibration windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.breeding.statistics.report_log import REPORT_LOG_NAME
from lab.config.schemas.breed import BreedConfig
from lab.corpora.dataset import Dataset
from lab.corpora.framing import FramingMismatch
from lab.corpora.vocabulary import VocabularyMismatch
from lab.models.individual import Individual
from lab.training.precision import Arithmetic
from lab.workflows.calibration import take_calibration_windows
from lab.workflows.cross_setup import PreparedCross, prepare_cross
from lab.workflows.external_parents import format_config_value
from lab.workflows.split_scorer import SplitScorer
from lab.workflows.train import framing_name
from lab.workflows.train_family import common_vocabulary, read_family_datasets, window_domains


@dataclass(frozen=True)
class BreedingSetup:
    """Prepared parents, the datasets that score them, and the windows that operators may read."""

    cross: PreparedCross
    datasets: list[Dataset]
    calibration_windows: list[np.ndarray]

    def make_scorer(self, config: BreedConfig, purpose: str, arithmetic: Arithmetic) -> SplitScorer:
        """Return a scorer over the datasets; purpose is what it logs of each use of report."""
        return SplitScorer(
            [window for dataset in self.datasets for window in dataset.select],
            [window for dataset in self.datasets for window in dataset.report],
            arithmetic,
            Path(config.root) / REPORT_LOG_NAME,
            purpose,
            window_domains(config, self.datasets),
        )


def set_up_breeding(config: BreedConfig, individuals: Mapping[str, Individual]) -> BreedingSetup:
    """Prepare parents and datasets; ValueError if the parents cannot be crossed or scored."""
    datasets = read_common_datasets(config, individuals)
    windows = take_calibration_windows(datasets, config.training.context)
    return BreedingSetup(prepare_cross(config, individuals, windows), datasets, windows)


def read_common_datasets(
    config: BreedConfig, individuals: Mapping[str, Individual]
) -> list[Dataset]:
    """Return the datasets that score the parents, in the parents' common vocabulary.

    ValueError if there is none; of external parents, it asks for the corpus they learned from.
    """
    try:
        return read_family_datasets(config, common_vocabulary(list(individuals.values())))
    except (VocabularyMismatch, FramingMismatch) as error:
        if not config.parent_runs:
            raise
        framing = format_config_value(framing_name(config))
        is_framing = isinstance(error, FramingMismatch)
        reason = f"they learned with framing={framing}" if is_framing else str(error)
        raise ValueError(
            f"{' and '.join(individuals)} cannot read this corpus, {reason}: "
            "name the one they learned from, corpus=..."
        ) from None
