"""Command decorator: Hydra (Yadan 2019, hydra.cc) composes a config, a schema checks it."""

from __future__ import annotations

import argparse
import functools
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from inspect import signature
from types import MappingProxyType
from typing import Any, NoReturn, Protocol

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from lab.config.conf_folder import conf_dir, version_base
from lab.config.errors import USER_ERRORS, format_user_error
from lab.config.help import help_page, wants_help
from lab.config.renamed_keys import rename_keys, restore_typed_keys
from lab.config.run_names import run_name
from lab.config.termination import exit_on_signals
from lab.config.text_values import quote_texts, text_keys
from lab.config.typed_options import refuse_options
from lab.config.validation import check_name
from lab.terminal.safe_output import emit, guard_warnings, prepare_streams

EXIT_USER_ERROR = 2


class Schema(Protocol):
    """A dataclass of a command's keys that can check their values."""

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> None:
        """Refuse a composed config that cannot work; ValueError in one line."""


def command(
    name: str, schema: type[Schema]
) -> Callable[[Callable[[Any], None]], Callable[[], None]]:
    """Make a function of a checked config the command whose primary file is conf/<name>.yaml.

    The function gets an instance of `schema`; nodes with a `_target_` stay dicts. A user error is
    one line on stderr and exit code 2 (LAB_DEBUG=1: with traceback), an interrupt is 130,
    SIGTERM 143; a sweep goes on after a failed job and ends with 2.
    """

    def enter(function: Callable[[Any], None]) -> Callable[[], None]:
        store = ConfigStore.instance()
        if f"{name}_schema.yaml" not in store.repo:
            store.store(f"{name}_schema", schema)
        help_text = sys.modules[function.__module__].__doc__ or ""

        @functools.wraps(function)
        def main() -> None:
            failures, typed = list[BaseException](), dict[str, str]()
            prepare_streams()
            guard_warnings()

            def job(composed: DictConfig) -> None:
                try:
                    function(validate_config(composed, schema, typed))
                except USER_ERRORS as error:
                    print_user_error(error, schema)
                    failures.append(error)

            functools.update_wrapper(job, function)
            try:
                refuse_options(sys.argv[1:])
                arguments, older = rename_keys(sys.argv[1:], getattr(schema, "RENAMED", {}))
                for new, old in older.items():
                    emit(f"lab: {old}= is called {new}= now", file=sys.stderr)
                typed.update(older)
                list_keys = getattr(schema, "SEVERAL", ())
                arguments = join_lists(arguments, list_keys)
                sys.argv[1:] = quote_texts(arguments, dict(text_keys(schema)))
                with exit_on_signals(), hydra_environment(help_text):
                    if wants_help(sys.argv[1:]):
                        emit(help_page(name, help_text, sys.argv[1:], renamed_lists(list_keys)))
                        return
                    launch = hydra.main(str(conf_dir()), config_name=name, **version_base())
                    launch(job)()
            except USER_ERRORS as error:
                print_user_error(error, schema)
                failures.append(error)
            if failures:
                sys.exit(EXIT_USER_ERROR)

        return main

    return enter


def validate_config(
    composed: DictConfig, schema: type[Schema], typed: Mapping[str, str] = MappingProxyType({})
) -> Any:
    """Return a composed config as an instance of its schema, named and with every value checked.

    typed: {present name: older name} of the keys that were typed by an older name.
    """
    settings = HydraConfig.get()
    choices = settings.runtime.choices
    if "name" in composed:
        default_name = choices.get("exp") or choices.get("corpus") or settings.job.config_name
        name = composed.name or default_name
        overrides = settings.overrides.task if settings.mode is RunMode.MULTIRUN else ()
        composed.name = run_name(check_name(str(name)), restore_typed_keys(overrides, typed))
    container = OmegaConf.to_container(composed, resolve=True, throw_on_missing=True)
    schema.check(container)  # type: ignore[arg-type]
    return OmegaConf.to_object(composed)


def print_user_error(error: BaseException, schema: type[Schema]) -> None:
    """Print a user error as one line; with LAB_DEBUG=1, where it came from too."""
    if os.environ.get("LAB_DEBUG") == "1":
        emit("".join(traceback.format_exception(error)), end="", file=sys.stderr)
    emit(f"lab: {format_user_error(error, dotted_keys(schema))}", file=sys.stderr)


def dotted_keys(schema: Any, prefix: str = "") -> Iterator[str]:
    """Yield every dotted key of a schema."""
    for field in fields(schema):
        yield prefix + field.name
        inner: Any = field.default_factory
        if is_dataclass(inner):
            yield from dotted_keys(inner, f"{prefix}{field.name}.")


@contextmanager
def hydra_environment(help_text: str) -> Iterator[None]:
    """Run Hydra with exceptions instead of prints, our help text, a temporary sweep directory."""
    os.environ["HYDRA_FULL_ERROR"] = "1"
    parser: Any = argparse.ArgumentParser
    error, parser.error = parser.error, raise_argument_error
    try:
        with tempfile.TemporaryDirectory(prefix="lab-sweep-") as scratch:
            register_config_resolver("lab.about", help_text.strip)
            register_config_resolver("lab.scratch", lambda: scratch)
            yield
    finally:
        parser.error = error


def register_config_resolver(name: str, function: Callable[..., str]) -> None:
    """Let config files say ${name:}; OmegaConf 2.4 spells this otherwise than 2.3."""
    is_old_api = "replace" not in signature(OmegaConf.register_resolver).parameters
    register: Any = OmegaConf.register_new_resolver if is_old_api else OmegaConf.register_resolver
    register(name, function, replace=True)


def size_class(framing: Any) -> str:
    """Return the entry of a scale for a framing: text without one, film, rows, else artist."""
    name = str((framing or {}).get("_target_", "")).rpartition(".")[2]
    return {"": "text", "frame": "film", "row": "rows"}.get(name, "artist")


register_config_resolver("lab.size_class", size_class)


def raise_argument_error(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    """Raise what argparse would print over several lines."""
    raise ValueError(f"{message}: see --help")


def join_lists(arguments: list[str], keys: Collection[str]) -> list[str]:
    """Return arguments with key=a,b as key=[a,b] for list keys; with -m commas sweep.

    A mapping {typed: name in the config} renames its keys first: a key that is typed like a group
    of conf/ has another name in the config.
    """
    for typed, name in renamed_lists(keys).items():
        arguments = [re.sub(rf"^{typed}=", f"{name}=", argument) for argument in arguments]
    keys = renamed_lists(keys).values() or keys
    if {"-m", "--multirun"} & set(arguments):
        return arguments
    pattern = re.compile(
        rf"({'|'.join(keys)})=([^\[\](){{}}'\"]*,[^\[\](){{}}'\"]*)" if keys else "(?!)"
    )
    return [
        f"{match[1]}=[{match[2]}]" if (match := pattern.fullmatch(argument)) else argument
        for argument in arguments
    ]


def renamed_lists(keys: Collection[str]) -> dict[str, str]:
    """Return {typed: name in the config} of list keys, nothing where they are called alike."""
    return dict(keys) if isinstance(keys, Mapping) else {}
