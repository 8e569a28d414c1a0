"""Values of nodes: each key of every function under conf/ has legal values, and no others pass."""

from __future__ import annotations

import inspect
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from lab.config.conf_folder import conf_dir, version_base
from lab.config.instantiate import find_function
from lab.config.legal_values import Flag, Legal, Null, Range, Text
from lab.config.node_values import (
    CONTROLS,
    NODE_KEYS,
    NODE_VALUES,
    check_node_values,
    find_legal_values,
)  # fmt: skip
from lab.config.schemas.bench import BenchConfig
from lab.config.schemas.breed import BreedConfig

FILES = {
    f"{path.parent.name}={path.stem}": node
    for path in sorted(conf_dir().rglob("*.yaml"))
    if "_target_" in (node := yaml.safe_load(path.read_text()) or {})
}
BAD: list[Any] = [math.nan, math.inf, -math.inf, None, [], [[]], {}, "x y", "", True, -1e9, 1e30]
BAD += [[math.nan]]
GROUPS = {
    "search",
    "selection",
    "mutation",
    "schedule",
    "optimizer",
    "corpus",
    "framing",
    "crossover",
}
BUILT = {"ancestor", "generator", "importance", "mask", "selection", "baseline"}  # no config's


def keys_of(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node's own keys."""
    return {key: value for key, value in node.items() if key not in (*NODE_KEYS, "defaults")}


@pytest.mark.parametrize("option", FILES)
def test_every_key_of_every_file_has_legal_values(option: str) -> None:
    legal = find_legal_values(FILES[option]["_target_"])
    assert legal is not None and set(keys_of(FILES[option])) <= set(legal)
    for key, value in keys_of(FILES[option]).items():
        assert value == "???" or "${" in str(value) or value in legal[key], key


@pytest.mark.parametrize("option", FILES)
def test_every_number_of_a_function_has_legal_values_and_no_key_is_made_up(option: str) -> None:
    target = FILES[option]["_target_"]
    parameters = inspect.signature(find_function("node", target)).parameters
    legal = find_legal_values(target)
    assert legal is not None and set(legal) <= set(parameters)
    numbers = {
        name
        for name, parameter in parameters.items()
        if re.search(r"\b(int|float|Alpha)\b", str(parameter.annotation)) and name not in BUILT
        if name not in ("progress", "sizes")
    }
    assert numbers <= set(legal)
    defaults = {name: one.default for name, one in parameters.items() if name in legal}
    assert [
        n for n, v in defaults.items() if v is not inspect.Parameter.empty and v not in legal[n]
    ] == []


def breed_config(option: str) -> dict[str, Any]:
    """Return the composed config of `lab.breed` with an option, corpora being files named x."""
    ConfigStore.instance().store("breed_schema", BreedConfig)
    path = ["corpus.path=x"] if option in ("corpus=text", "corpus=drawings") else []
    film = ["framing=frame"] if option == "corpus=frames" else []
    film += ["corpus=frames"] if option in ("framing=frame", "framing=row") else []
    with initialize_config_dir(str(conf_dir()), **version_base()):
        composed = compose("breed", ["scale=debug", "parents=same_data", option, *path, *film])
    return OmegaConf.to_container(composed, resolve=True)  # type: ignore[return-value]


MATRIX = [option for option in FILES if option.partition("=")[0] in GROUPS]


@pytest.mark.parametrize("option", [*MATRIX, "controls=cheap"])
def test_a_value_that_cannot_be_is_refused_at_the_door_by_its_key(option: str) -> None:
    config, group = breed_config(option), option.partition("=")[0]
    BreedConfig.check(config)
    legal = CONTROLS if group == "controls" else find_legal_values(config[group]["_target_"])
    assert legal is not None
    for key, values in legal.items():
        refused = [bad for bad in BAD if not allows(values, bad)]
        assert len(refused) >= 6, key
        for bad in refused:
            with pytest.raises(ValueError, match=rf"^{group}\.{key} must be .+ \(got ") as raised:
                BreedConfig.check({**config, group: {**config[group], key: bad}})
            assert "\n" not in str(raised.value)


def allows(values: Legal, bad: Any) -> bool:
    """Say whether a value of BAD is right for this key: null, a flag, or text, where it may be."""
    inner = values.legal if isinstance(values, Null) else values
    return (
        (bad is None and isinstance(values, Null))
        or (bad is True and isinstance(inner, Flag))
        or (bad == "x y" and isinstance(inner, Text))
        or (isinstance(inner, Range) and isinstance(bad, float) and bad in inner)
    )


REPORTED = [
    "search=cmaes search.sigma=0",
    "search=cmaes search.sigma=nan",
    "search=cmaes search.population=0",
    "search=cmaes search.population=-1",
    "search=cmaes search.population=inf",
    "search=grid search.shares=1",
    "search=evolution search.shares=1",
    "search=cmaes search.keep=null",
    "search=cmaes search.level=null",
    "selection=tournament selection.size=1.5",
    "selection=tournament selection.size=0",
    "optimizer.eps=null",
    "selection=niches selection.exponent=nan",
    "selection=niches selection.epsilon=0",
    "selection=niches selection.epsilon=-1",
    "crossover.alpha=nan",
    "crossover.alpha={rest: inf}",
]


@pytest.mark.parametrize("typed", REPORTED)
def test_what_the_field_reported_is_one_line_that_names_the_key(typed: str) -> None:
    ConfigStore.instance().store("breed_schema", BreedConfig)
    *options, last = typed.split(" ", 1) if " " in typed and "{" not in typed else [typed]
    with initialize_config_dir(str(conf_dir()), **version_base()):
        composed = compose("breed", ["scale=debug", *options, last])
    with pytest.raises(ValueError, match=re.escape(last.partition("=")[0]) + " must be "):
        BreedConfig.check(OmegaConf.to_container(composed, resolve=True))  # type: ignore[arg-type]


def test_a_benchmarks_values_are_checked_too() -> None:
    node = {**FILES["subject=training"], "rounds": 0}
    with pytest.raises(ValueError, match="subject.rounds must be at least 1 and at most"):
        BenchConfig.check({"root": "x", "threads": 1, "subject": node})


def test_a_key_that_the_lab_fills_in_is_no_key() -> None:
    with pytest.raises(ValueError, match="slerp knows no crossover.generator"):
        check_node_values("crossover", {"_target_": "a.b.slerp", "generator": 3})
    check_node_values("crossover", {"_target_": "lab.nowhere.new", "generator": 3})


def test_an_older_path_of_a_function_finds_the_same_values() -> None:
    assert find_legal_values("lab.breeding.search.golden") is NODE_VALUES["search"]["golden"]


def test_a_refusal_of_a_value_imports_no_torch() -> None:
    script = (
        "import sys; sys.argv = ['x', 'search=cmaes', 'search.sigma=0']\n"
        "from lab.breed import main\n"
        "try: main()\nexcept SystemExit: print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=Path(conf_dir()).parent)
    assert answer.stdout == "False\n" and "search.sigma must be above 0" in answer.stderr
