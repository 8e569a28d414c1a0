"""Text values: what is typed for a text key reaches it unchanged, numbers and commas included.

Hydra's grammar reads 1.10 as a number, 1_000 as 1000 and a comma as a sweep, and cuts blanks. A
key that a schema declares as text has none of these: its value is put in quotes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from lab.config.node_values import text_keys_of_nodes

TEXTS = {"texts": True}  # metadata of a field typed Any: one text or several
ASSIGNMENT = re.compile(r"(\+{0,2})([A-Za-z_][\w.]*)=(.+)", re.DOTALL)
ELEMENT = re.compile(r"(^|(?<=[,\[]))(\s*)([^\s,\[\](){}'\"$\\]+)(?=\s*(?:[,\]]|$))")


def text_keys(schema: Any, prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Yield every dotted key of a schema that holds text, and whether it holds several."""
    hints = get_type_hints(schema)
    for field in fields(schema):
        hint, key = hints[field.name], prefix + field.name
        kinds = {*(get_args(hint) or [hint])} - {type(None)}
        if is_dataclass(hint):
            yield from text_keys(hint, f"{key}.")
            continue
        if kinds == {str} or field.metadata == TEXTS:
            yield key, get_origin(hint) is list or field.metadata == TEXTS
        yield from ((f"{key}.{name}", False) for name in text_keys_of_nodes(field.name))


def quote_texts(arguments: Sequence[str], keys: Mapping[str, bool]) -> list[str]:
    """Return command-line arguments with quotes around text that Hydra would read otherwise.

    keys: {dotted key of text: whether it holds several}. null, quoted texts and interpolations stay
    as they are; in a sweep (-m) a comma still parts the values.
    """
    sweeps = not {"-m", "--multirun"}.isdisjoint(arguments)
    return [_quote_argument(argument, keys, sweeps) for argument in arguments]


def _quote_argument(argument: str, keys: Mapping[str, bool], sweeps: bool) -> str:
    match = ASSIGNMENT.fullmatch(argument)
    if not match or match[2] not in keys or match[3] == "null" or "${" in match[3]:
        return argument
    start, text = f"{match[1]}{match[2]}=", match[3]
    if keys[match[2]] or sweeps:
        return start + ELEMENT.sub(_quote_element, text)
    if is_read_as_typed(text):
        return argument
    return start + quote_text(text)


def _quote_element(match: re.Match[str]) -> str:
    changed = not is_read_as_typed(match[3])
    return match[1] + match[2] + (quote_text(match[3]) if changed else match[3])


def is_read_as_typed(text: str) -> bool:
    """Say whether Hydra's grammar reads a value as text, and as this text or what it quotes."""
    try:
        value = OverridesParser.create().parse_override(f"key={text}").value()
    except HydraException:
        return False
    as_typed = value == text or "\\" in text or text.lstrip()[:1] in ("'", '"')
    return isinstance(value, str) and as_typed


def quote_text(text: str) -> str:
    """Return text in single quotes, as Hydra's grammar reads them back."""
    escaped = re.sub(r"(\\*)('|\Z)", lambda m: m[1] * 2 + ("\\'" if m[2] else ""), text)
    return f"'{escaped}'"


def unquote_number_like(text: str) -> str:
    """Return an override of a sweep without the quotes around one plain word, for a run's name."""
    return re.sub(r"(?<==)'([\w.+-]+)'\Z", r"\1", text)
