"""Text keys of every command: what is typed reaches them, whatever Hydra would read into it."""

from __future__ import annotations

import importlib
from dataclasses import fields
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from lab.config.command import join_lists
from lab.config.conf_folder import conf_dir, version_base
from lab.config.run_names import run_name
from lab.config.text_values import TEXTS, quote_texts, text_keys

NUMBER_LIKE = [
    *("1.10", "1e5", "true", "False", "1_000", "0x10", "on", "off", "007", "33e17046", "12e456"),
    *("inf", "nan", "-1", "+5", ".5", "1.", "0b1", "1:30", "12345678", "NULL", "~", "1e-3"),
]
ODD = [
    *(" The ", "Hello, world", "h1,h2", "(^.^)", "it's", 'a "b" c', "a\\", "a\\'b", "[x]"),
    *("{x: 1}", "a=b", "tab\tx", "two\nlines", "ünï #1", "$", "%", "a:b", "*", "range(1,3)"),
    *("\\", "'", "\\\\'"),
]  # fmt: skip
COMMANDS = sorted(
    path.stem for path in conf_dir().glob("*.yaml") if path.stem not in ("door", "run")
)
COMMANDS = [
    name for name in COMMANDS if f"{name}_schema" in (conf_dir() / f"{name}.yaml").read_text()
]
NEEDED = {"corpus.data": "corpus=frames", "corpus.characters": "corpus=frames"}
NEEDED |= {
    "corpus.path": "corpus=frames",
    "corpus.half": "corpus=text",
    "subject.data": "subject=film",
}
NEEDED |= {
    "corpus.separator": "corpus=frames",
    "corpus.revision": "corpus=apehex",
    "subject.path": "subject=film",
    "subject.size": "subject=film",
}
NUMBERS = {"temperature", "head"}  # lists of numbers, which are read as such


def schema_of(command: str) -> Any:
    """Return the schema of a command, registered with Hydra."""
    module = importlib.import_module(f"lab.config.schemas.{command}")
    schema = getattr(module, f"{command.capitalize()}Config")
    ConfigStore.instance().store(f"{command}_schema", schema)
    return schema


KEYS = {command: dict(text_keys(schema_of(command))) for command in COMMANDS}
CASES = sorted((command, key) for command, keys in KEYS.items() for key in keys)


def value_of(command: str, key: str, text: str) -> Any:
    """Return the value of a key where this text is typed for it, read as by a command."""
    has_group = command not in ("sample", "play")  # their corpus is a path alone
    typed = [NEEDED[key]] if key in NEEDED and has_group else []
    arguments = join_lists([*typed, f"{key}={text}"], getattr(schema_of(command), "SEVERAL", ()))
    with initialize_config_dir(str(conf_dir()), **version_base()):
        config = compose(command, quote_texts(arguments, KEYS[command]))
    return OmegaConf.select(config, key)


@pytest.mark.parametrize(("command", "key"), CASES)
def test_a_text_key_of_a_command_is_what_was_typed(command: str, key: str) -> None:
    if KEYS[command][key]:
        assert value_of(command, key, "[1e5,true,a,'1_000']") == ["1e5", "true", "a", "1_000"]
    else:
        assert value_of(command, key, "1.10") == "1.10"
        assert value_of(command, key, "a, 1e5") == "a, 1e5"


@pytest.mark.parametrize("text", [*NUMBER_LIKE, *ODD])
def test_a_text_of_any_kind_is_what_was_typed(text: str) -> None:
    assert value_of("sample", "prompt", text) == text


@pytest.mark.parametrize("text", NUMBER_LIKE)
def test_each_text_of_a_list_is_what_was_typed(text: str) -> None:
    assert value_of("sample", "labels", f"{text},Cats,{text}") == [text, "Cats", text]
    assert value_of("pedigree", "among", f"[a, {text}]") == ["a", text]


@given(st.text(st.characters(exclude_categories=["C"], exclude_characters="$"), min_size=1))
def test_any_text_is_what_was_typed(text: str) -> None:
    if text != "null" and text.strip()[:1] not in ("'", '"', "") and "\\" not in text:
        assert value_of("sample", "prompt", text) == text


def test_quotes_null_and_interpolations_are_as_they_were() -> None:
    assert (
        value_of("sample", "prompt", "'1.10'") == value_of("sample", "prompt", '"1.10"') == "1.10"
    )
    assert value_of("sample", "prompt", "null") is None
    assert value_of("sample", "prompt", "${root}") == "experiments"
    assert value_of("train", "name", "a\\,b") == "a,b"


def test_other_keys_keep_their_numbers() -> None:
    words = ["seed=0,1", "optimizer.lr=3e-4", "training.steps=1000000", "-m", "+exp=1e5", "a=true"]
    assert quote_texts(words, KEYS["train"]) == words


def test_a_sweep_parts_texts_at_commas_and_names_its_jobs_without_quotes() -> None:
    assert quote_texts(["-m", "parent=1.1,1.10,a"], KEYS["train"])[1] == "parent='1.1','1.10',a"
    assert run_name("x", ["parent='1.10'"]) == "x-parent.1.10"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_list_that_is_typed_with_commas_says_whether_it_is_text(command: str) -> None:
    schema = schema_of(command)
    several = getattr(schema, "SEVERAL", ())
    names = set(several.values() if isinstance(several, dict) else several)
    texts = {field.name for field in fields(schema) if field.metadata == TEXTS}
    assert names - texts <= NUMBERS and texts <= names
