"""Checked configs, artists of bars, a tiny searched cross, a tiny trained and crossed family."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import lab.breed  # noqa: F401 - stores the schema
import lab.train  # noqa: F401 - stores the schema
from lab.breeding.crossover import BoundOperator
from lab.breeding.operators.slerp import slerp
from lab.breeding.prepare_parents import prepare_parents
from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.coefficient_search import random_draws
from lab.config import conf_dir
from lab.config.command import version_base
from lab.config.schemas.breed import BreedConfig
from lab.config.schemas.train import TrainConfig
from lab.corpora.drawing_corpus import drawings
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.hypersphere import normalize
from lab.models.individual import Individual, find_individual, save_individual
from lab.records import Run
from lab.records.config_hash import hash_config
from lab.records.run import HASH_HEADER
from lab.training.precision import Arithmetic
from lab.workflows.breed import breed_in_run
from lab.workflows.breeding_setup import set_up_breeding
from lab.workflows.cross_setup import PreparedCross
from lab.workflows.run_search import run_search
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer
from lab.workflows.train_family import (
    load_members,
    read_family_datasets,
    train_missing_members,
)


def compose_train(*overrides: str) -> TrainConfig:
    with initialize_config_dir(str(conf_dir()), **version_base()):
        composed = compose("train", [*overrides, "name=probe"])
    TrainConfig.check(OmegaConf.to_container(composed, resolve=True))  # type: ignore[arg-type]
    return OmegaConf.to_object(composed)  # type: ignore[return-value]


@pytest.fixture(scope="session")
def train_config() -> Callable[..., TrainConfig]:
    """train_config("+exp=debug", ...): a checked config of lab.train, called probe."""
    return compose_train


@pytest.fixture
def command_config() -> Callable[..., Any]:
    """command_config("play", "artist=a", ...): a checked config of a command."""

    def composed(command: str, *overrides: str) -> Any:
        import_module(f"lab.{command}")  # stores the schema
        with initialize_config_dir(str(conf_dir()), **version_base()):
            config = compose(command, list(overrides))
        container = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        OmegaConf.get_type(config).check(container)
        return OmegaConf.to_object(config)

    return composed


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    """A file of forty drawings: bars, and boxes."""
    pieces = [{"label": "bar", "art": f"o{'-' * n}o"} for n in range(1, 21)]
    pieces += [{"label": "box", "art": f"+{'-' * n}+\n|{' ' * n}|"} for n in range(1, 21)]
    path = tmp_path / "bars.jsonl"
    path.write_text("\n".join(map(json.dumps, pieces)))
    return path


def write_config(folder: Path, config: dict[str, Any]) -> None:
    """Write a run's config.yaml under its hash, as `Run` does."""
    text = f"{HASH_HEADER}{hash_config(config)}\n{json.dumps(config)}"
    (folder / "config.yaml").write_text(text)


@pytest.fixture
def save_artist(bars: Path) -> Callable[..., Individual]:
    """save_artist(name, seed): an untrained artist of bars under experiments/; more: its birth."""

    def save(name: str, seed: int = 0, step: int = 0, **more: Any) -> Individual:
        vocabulary, kind = drawings(bars).vocabulary, "lab.corpora.drawing_corpus.drawings"
        config = {"corpus._target_": kind, "corpus.path": str(bars)}
        recipe = {"kind": "trained", "config": config, "corpus": drawings(bars).fingerprint}
        birth = {
            "name": name, "framing": "conditional", "context": 48, "parents": [],
            "vocabulary": vocabulary.to_dict(),
            "recipe": recipe, **more,
        }  # fmt: skip
        shape = Architecture(len(vocabulary), 16, 1, 1, 16, s_logit_init=10.0)
        genotype = founder(shape, torch.Generator().manual_seed(seed))
        folder = Path("experiments") / name / "checkpoint" / f"step-{step:08d}"
        save_individual(folder, genotype, birth)
        if path := birth["recipe"].get("config", {}).get("corpus.path"):
            write_config(folder.parents[1], {"corpus": {"_target_": kind, "path": path}})
        return find_individual(name, Path("experiments"))

    return save


CHARACTERS = tuple("abcdefghijk")
TINY = Architecture(vocab_size=11, dim=16, depth=1, heads=2, dim_head=4, ff_expand=1.5)
EAGER = Arithmetic(torch.device("cpu"), torch.float32, False, "blocks", "fp32", 0.0)
Search = Callable[[str], SearchedCross]


def fork(genotype: Genotype, seed: int) -> Genotype:
    """A relative: every row turned a little."""
    noise = torch.randn(genotype.rows.shape, generator=torch.Generator().manual_seed(seed))
    return Genotype(genotype.architecture, normalize(genotype.rows + noise / 10), genotype.scales)


def individual(name: str, genotype: Genotype) -> Individual:
    """An individual that was never saved, so that it keeps no averages."""
    vocabulary = {"kind": "characters", "characters": "".join(CHARACTERS)}
    birth = {"id": f"id of {name}", "vocabulary": vocabulary}
    return Individual(genotype, birth, Path("/nowhere"))


def windows(seed: int, count: int = 12) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).integers(0, 11, (count, 9)))


@pytest.fixture
def scorer(tmp_path: Path) -> SplitScorer:
    """A scorer of 12 windows each of select and report, the log of report in tmp_path."""
    log = tmp_path / "report-touches.jsonl"
    return SplitScorer(windows(0), windows(1), EAGER, log, "test", ["x"] * 6 + ["y"] * 6)


@pytest.fixture
def make_cross(scorer: SplitScorer, tmp_path: Path) -> Callable[..., SearchedCross]:
    """Search four random children of two forks of one ancestor, under the names given."""

    def make(names: Sequence[str] = ("forkL", "forkR"), log: str = "search") -> SearchedCross:
        ancestor = founder(TINY, torch.Generator().manual_seed(0))
        parents = {name: individual(name, fork(ancestor, i + 1)) for i, name in enumerate(names)}
        genotypes = [parent.genotype for parent in parents.values()]
        prepared = prepare_parents(genotypes, [CHARACTERS] * 2, ancestor, CHARACTERS)
        operator = BoundOperator(slerp, {"alpha": 0.5}, ancestor=ancestor)
        builder = ChildBuilder(
            size=1, founders=dict(zip(parents, genotypes, strict=True)), cross=operator
        )
        cross = PreparedCross(
            parents, individual("ancestor", ancestor), prepared, operator, builder, {"test": log}
        )
        result = run_search(
            scorer, lambda *told: random_draws(*told, budget=4), builder,
            tmp_path / f"{log}.jsonl", cross.header, 0,
        )  # fmt: skip
        return SearchedCross.from_result(cross, scorer, result)

    return make


WORDS = ("the", "cat", "sat", "on", "a", "mat", "dog", "ran", "far", "away", "and", "then", "it")
SMALL = ("scale=debug", "model.dim=16", "model.dim_head=8", "model.depth=1", "training.samples=0")
TEXT = ("corpus=text", "training.context=32")
MakeConfig = Callable[..., BreedConfig]


@pytest.fixture(scope="session")
def tale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text of 13 words, a line of ten at a time; do not write to it."""
    path, draw = tmp_path_factory.mktemp("family") / "tale.txt", random.Random(0)
    path.write_text("\n".join(" ".join(draw.choices(WORDS, k=10)) for _ in range(300)))
    return path


@pytest.fixture(scope="session")
def breed_config(tale: Path) -> MakeConfig:
    """breed_config("search=none", ...): a checked config of lab.breed on the tale, in its root."""

    @cache
    def make_once(*overrides: str) -> BreedConfig:
        text = () if any(o.startswith("corpus=") for o in overrides) else TEXT
        common = [*SMALL, *text, f"root={tale.parent / 'experiments'}"]
        common += [f"corpus.path={tale}"] if text else []
        with initialize_config_dir(str(conf_dir()), **version_base()):
            composed = compose("breed", [*common, *overrides])
        BreedConfig.check(OmegaConf.to_container(composed, resolve=True))  # type: ignore[arg-type]
        return OmegaConf.to_object(composed)  # type: ignore[return-value]

    return lambda *overrides: deepcopy(make_once(*overrides))


@pytest.fixture(scope="session")
def family(breed_config: MakeConfig) -> dict[str, Individual]:
    """The ancestor and two forks of the tale, trained once for all tests; do not write to them."""
    config = breed_config()
    train_missing_members(config, read_family_datasets(config, None), [])
    return load_members(config, ["ancestor", "forkL", "forkR"])


CHOICES = {"parents": "shared_ancestor", "crossover": "slerp", "search": "none", "corpus": "text"}


@pytest.fixture(scope="session")
def bred(breed_config: MakeConfig, family: dict[str, Individual]) -> BreedConfig:
    """The config of a finished run in the root of the tale: the forks' child, halfway."""
    config = breed_config("search=none", "controls=none", "name=halfway")
    setup = set_up_breeding(config, {name: family[name] for name in ("forkL", "forkR")})
    choices = {**CHOICES, "mutation": "none"}
    with Run(config.root, str(config.name), asdict(config)) as run:
        run.finish(breed_in_run(config, run, choices, setup, []))
    return config
