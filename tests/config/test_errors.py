"""Errors of every kind as one line."""

from __future__ import annotations

import errno

import pytest
import yaml
from hydra.errors import ConfigCompositionException
from omegaconf.errors import ConfigKeyError

from lab.config.errors import USER_ERRORS, format_user_error
from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.safe_text import escape_to_line

KNOWN = [
    (ValueError("two\n  lines"), "two lines"),
    (ValueError(), "ValueError"),
    (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
    (
        FileNotFoundError(errno.ENOENT, "No such file or directory", "x"),
        "x: No such file or directory",
    ),
    (
        FileNotFoundError("no corpus here: use corpus=bestiary"),
        "no corpus here: use corpus=bestiary",
    ),
    (DamagedIndividual("x/birth.json is missing"), "x/birth.json is missing"),
    (ConfigCompositionException("Could not\ncompose"), "Could not compose"),
]


@pytest.mark.parametrize(("error", "line"), KNOWN)
def test_known_errors(error: Exception, line: str) -> None:
    assert isinstance(error, USER_ERRORS) and format_user_error(error) == line


def test_an_unknown_key_has_a_near_match() -> None:
    error = ConfigKeyError("Key 'dimm' is not in struct")
    error.full_key = "model.dimm"
    assert (
        format_user_error(error, ["seed", "model.dim"])
        == "unknown key model.dimm; did you mean model.dim?"
    )
    assert format_user_error(error, ["seed"]) == "unknown key model.dimm"


def test_yaml_names_file_and_line() -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.safe_load("a: 1\nb: [")
    assert format_user_error(caught.value).startswith("<unicode string>, line 2: ")


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "\u202eabc", "\x07", "\x00", "\x7f"])
def test_nothing_that_a_terminal_obeys_is_printed(text: str) -> None:
    assert escape_to_line(text).isprintable() and escape_to_line(text) != text
