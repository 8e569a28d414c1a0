"""Error messages: a user's error as one line: what, where, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError
from yaml.error import MarkedYAMLError

from lab.storage.verified_folder import DamagedIndividual
from lab.terminal.safe_text import escape_to_line

USER_ERRORS = (
    ValueError,
    OSError,
    DamagedIndividual,
    HydraException,
    OmegaConfBaseException,
    YAMLError,
)


def format_user_error(error: BaseException, keys: Iterable[str] = ()) -> str:
    """Return an error as one printable line; `keys` are the legal dotted keys, for near matches."""
    return escape_to_line(describe_error(error, list(keys)))


def describe_error(error: BaseException, keys: list[str]) -> str:
    """Return what an error says to a person, perhaps over several lines."""
    match error:
        case OverrideParseException():
            hint = "quote odd values: 'key=\"a b\"'"
            return f"cannot read {error.override!r}: {first_message_line(error)}; {hint}"
        case MissingConfigException() if error.missing_cfg_file and error.options:
            return describe_missing_option(error.missing_cfg_file, list(error.options))
        case MarkedYAMLError() if error.problem_mark:
            mark = error.problem_mark
            return f"{mark.name}, line {mark.line + 1}: {error.problem}"
        case OmegaConfBaseException():
            return describe_value_error(error, keys)
        case HydraException() if cause := find_cause(error):
            file = re.match(r"In '(.+?)':", str(error))
            return (f"{file[1]}: " if file else "") + describe_error(cause, keys)
        case OSError() if error.strerror:
            return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def find_cause(error: HydraException) -> BaseException | None:
    """Return the config or YAML error that Hydra's error came of, None where there is none."""
    cause = error.__cause__ or error.__context__
    return cause if isinstance(cause, OmegaConfBaseException | YAMLError) else None


def describe_missing_option(option_path: str, options: list[str]) -> str:
    """Return which option of a group is missing and which there are."""
    group, _, name = option_path.rpartition("/")
    matches = difflib.get_close_matches(name, options, 1)
    hint = f"; did you mean {matches[0]}?" if matches else ""
    return f"there is no {group}={name}: choose one of {', '.join(options)}{hint}"


def describe_value_error(error: OmegaConfBaseException, keys: list[str]) -> str:
    """Return which key has a value of the wrong type, or is not known."""
    key = str(error.full_key or "")
    text = first_message_line(error)
    if re.match(r"Key .* (not in|is not in struct)", text):
        matches = difflib.get_close_matches(key, keys, 1, 0.7)
        hint = f"; did you mean {matches[0]}?" if matches else ""
        return f"unknown key {key}{hint}"
    if text.startswith("Missing mandatory value"):
        return f"{key} is missing: set it with {key}=..."
    return f"{key}: {text}" if key and key not in text else text


def first_message_line(error: BaseException) -> str:
    """Return the first line of an error that says something."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")
