"""Help page: a command's own groups and keys, with resolved values and the YAML comments on them.

Hydra's --help lists every group of conf/ and the config before interpolation; this page replaces
it: Hydra computes the defaults list and composes the config, the comments come from its files.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.default_element import ResultDefault
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import OmegaConf

from lab.config.conf_folder import conf_dir, version_base
from lab.config.validation import format_yaml_value
from lab.config.yaml_comments import file_summary, key_meanings

WIDTH = 100  # columns
MAX_KEY_WIDTH, MAX_VALUE_WIDTH = 30, 24  # columns that all lines of a section share
HIDDEN_KEYS = ("_target_", "_partial_")
HYDRA_FLAGS = """\
Hydra: -m sweeps over commas; --cfg job --resolve prints the config as YAML; --config-dir DIR adds
a folder like conf/ of yours; -sc install=bash completes on TAB; --hydra-help lists the rest."""


@dataclass(frozen=True)
class ConfigFile:
    """A YAML file of a composed config: its group's option, its package, what its comments say."""

    group: str
    option: str
    package: str
    summary: str
    meanings: Mapping[str, str]


def wants_help(arguments: Sequence[str]) -> bool:
    """Say whether --help or -h is among a command line's arguments."""
    return not {"--help", "-h"}.isdisjoint(arguments)


def help_page(
    name: str, about: str, arguments: Sequence[str], typed_names: Mapping[str, str] | None = None
) -> str:
    """Return the help page of the command whose primary file is conf/<name>.yaml.

    arguments: what else was typed; the page shows the config with those overrides.
    typed_names: {name that users type: name of that key in the config}.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--config-dir", "-cd")
    options, words = parser.parse_known_args(list(arguments))
    overrides = [word for word in words if "=" in word or word.startswith("~")]
    if options.config_dir:
        folder = Path(options.config_dir).expanduser().resolve()
        overrides.append(f"hydra.searchpath=[file://{folder}]")
    with initialize_config_dir(str(conf_dir()), **version_base()):
        composed = compose(name, overrides, return_hydra_config=True)
        defaults = (
            GlobalHydra.instance()
            .config_loader()
            .compute_defaults_list(name, overrides, RunMode.RUN)
        )
        runtime = composed.hydra.runtime
        folders = [Path(one.path) for one in runtime.config_sources if one.schema == "file"]
        groups = list(group_lines(folders, name, dict(runtime.choices)))
        files = list(composed_files(folders, defaults.defaults))
        OmegaConf.set_struct(composed, False)
        del composed["hydra"]
        config: Any = OmegaConf.to_container(composed, resolve=True)
    for typed, key in (typed_names or {}).items():
        if typed != key:
            config[typed] = config.pop(key)
            files = [rename_meaning(file, key, typed) for file in files]
    parts = [about.strip(), *groups, *key_sections(config, files), HYDRA_FLAGS]
    return "\n\n".join(parts)


def composed_files(
    folders: Sequence[Path], defaults: Sequence[ResultDefault]
) -> Iterator[ConfigFile]:
    """Yield the YAML files that a config is composed of, in the order in which they are merged."""
    for default in defaults:
        option_path = default.config_path or ""
        path = next(find_yaml(folders, f"{option_path}.yaml"), None)
        if path is None or option_path.startswith("hydra"):
            continue
        group, _, option = option_path.rpartition("/")
        package = "" if default.package in (None, "_global_") else str(default.package)
        text = path.read_text(encoding="utf-8")
        meanings = dict(key_meanings(text, package))
        yield ConfigFile(group, option, package, file_summary(text), meanings)


def find_yaml(folders: Sequence[Path], pattern: str) -> Iterator[Path]:
    """Yield the files of a name, or of a pattern with a *, in the folders that Hydra searches."""
    for folder in folders:
        yield from sorted(folder.glob(pattern))


def rename_meaning(file: ConfigFile, key: str, typed: str) -> ConfigFile:
    """Return a file whose comment on one key is filed under the name that users type for it."""
    meanings = {typed if dotted == key else dotted: text for dotted, text in file.meanings.items()}
    return ConfigFile(file.group, file.option, file.package, file.summary, meanings)


def group_lines(
    folders: Sequence[Path], name: str, choices: dict[str, str | None]
) -> Iterator[str]:
    """Yield one block: every group of the command with its options, the chosen one first."""
    rows = [
        (group, [chosen or "null", *other_options(folders, group, chosen)])
        for group, chosen in reversed(list(choices.items()))
        if "/" not in group and "@" not in group and group != "exp"
    ]
    if experiments := list(experiments_of(folders, name)):
        rows.append(("+exp", experiments))
    if rows:
        width = max(len(group) for group, _ in rows)
        title = "Groups: choose an option with group=option; the first one is chosen here"
        lines = [wrap(f"  {group:<{width}}  ", " | ".join(options)) for group, options in rows]
        yield "\n".join([title, *lines])


def other_options(folders: Sequence[Path], group: str, chosen: str | None) -> list[str]:
    """Return the options of a group that are not chosen, sorted."""
    options = {path.stem for path in find_yaml(folders, f"{group}/*.yaml")}
    return sorted(options - {chosen})


def experiments_of(folders: Sequence[Path], name: str) -> Iterator[str]:
    """Yield the options of the group exp whose file gives this command in its second line."""
    for path in find_yaml(folders, "exp/*.yaml"):
        if f"python -m lab.{name} " in path.read_text(encoding="utf-8"):
            yield path.stem


def key_sections(config: Mapping[str, Any], files: Sequence[ConfigFile]) -> Iterator[str]:
    """Yield a block for the command's own keys, then one for every node of its config."""
    meanings = {key: text for file in files for key, text in file.meanings.items()}
    chosen = {file.group: file for file in files if file.package in ("", file.group)}
    own = {key: value for key, value in config.items() if not is_section(key, value, meanings)}
    yield format_section("Keys: set one with key=value", own, meanings)
    for name, node in config.items():
        if name in own or not node:
            continue
        file = chosen.get(name)
        title = f"{name}={file.option}: {file.summary}" if file else f"{name}:"
        keys = {f"{name}.{key}": value for key, value in node.items() if key not in HIDDEN_KEYS}
        yield format_section(title, keys, meanings)


def is_section(key: str, value: Any, meanings: Mapping[str, str]) -> bool:
    """Say whether a value is a node with a block of its own: a mapping without its own comment."""
    return isinstance(value, Mapping) and key not in meanings


def format_section(title: str, values: Mapping[str, Any], meanings: Mapping[str, str]) -> str:
    """Return a title and one entry per key: its name, value and meaning in columns."""
    texts = {key: format_value(value) for key, value in values.items()}
    key_width = min(max(map(len, texts), default=0), MAX_KEY_WIDTH)
    short = [len(text) for text in texts.values() if len(text) <= MAX_VALUE_WIDTH]
    value_width = max(short, default=0)
    lines = [wrap("", title, indent=2)]
    for key, text in texts.items():
        start, meaning = f"  {key:<{key_width}}  ", meanings.get(key, "")
        if len(text) <= value_width:
            lines.append(wrap(f"{start}{text:<{value_width}}  ", meaning))
        else:
            lines.append(wrap(start, text))
            if meaning:
                lines.append(wrap(" " * (key_width + value_width + 6), meaning))
    return "\n".join(lines)


def wrap(start: str, text: str, indent: int | None = None) -> str:
    """Return a text behind a start, wrapped at WIDTH; more lines begin below the text's first."""
    below = " " * (len(start) if indent is None else indent)
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=below,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines).rstrip() or start.rstrip()


def format_value(value: Any) -> str:
    """Return a value as one types it in an override: null, 0.5, [a, b], {key: value}."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {format_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(format_value, value)) + "]"
    return "???" if value == "???" else format_yaml_value(value)
