"""YAML comments: what a config file says of itself and of its keys, for the help page."""

from __future__ import annotations

import re
from collections.abc import Iterator

KEY_LINE = re.compile(r"( *)([A-Za-z]\w*):(?: |$)")
COMMENT = re.compile(r"(?:^|\s)# (.*)")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def file_summary(text: str) -> str:
    """Return the comment at the top of a YAML file, without Hydra's package and its command."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        if not line.startswith(("# @package", "# python -m")):
            lines.append(re.sub(r": python -m lab.*", ".", line[2:].strip()))
    return " ".join(lines)


def key_meanings(text: str, package: str) -> Iterator[tuple[str, str]]:
    """Yield the dotted key and comment of every line of a YAML file that has both."""
    parents: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not (match := KEY_LINE.match(line)):
            continue
        indent = len(match[1])
        parents = [(depth, key) for depth, key in parents if depth < indent] + [(indent, match[2])]
        unquoted = QUOTED.sub(lambda quoted: "_" * len(quoted[0]), line)
        if comment := COMMENT.search(unquoted):
            dotted = ".".join([*([package] if package else []), *(key for _, key in parents)])
            yield dotted, line[comment.start(1) :].strip()
