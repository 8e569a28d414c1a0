"""A gallery as one page of HTML that needs nothing else: no request, no library, no trust in it.

Every piece stands in it as escaped text, so that it reads without its script, which filters,
sorts and leads from piece to piece. Its Content-Security-Policy lets nothing run or load but the
style and the script whose hashes it names (W3C, "Content Security Policy Level 3").
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from lab.galleries.novelty import MEMORISED, VARIED
from lab.galleries.piece_view import Card, cards, line

POLICY = (
    "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)
VERDICTS = ("memorised", "varied", "new")


def write(folder: Path, name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> Path:
    """Write <name>.html into folder, beside the lines that it is made of; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.html"
    path.write_text(html(name, pieces, command), encoding="utf-8", newline="\n")
    return path


def html(name: str, pieces: Sequence[Mapping[str, Any]], command: str) -> str:
    """The page of these lines; the same bytes for the same lines."""
    made = cards(pieces, name)
    style, script = part("page.css") + fitted(made), part("page.js")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(part("page.html")).render(
        name=line(name),
        command=line(command),
        cards=made,
        style=style,
        script=script,
        policy=POLICY.format(style=digest(style), script=digest(script)),
        labels=counted(one.label for one in made),
        artists=counted((one.artist for one in made), ordered=False),
        verdicts=verdicts(made),
        several=len({one.row for one in made}) < len(made),
        parents=ancestry(made),
        bounds=(VARIED, MEMORISED),
    )


def table(name: str, pieces: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What a plain table shows of each piece: its caption, and the drawing as visible text."""
    return [
        {
            "label": one.label,
            "artist": one.artist,
            "seed": one.seed,
            "settings": one.settings,
            "verdict": one.verdict,
            "similarity": one.similarity,
            "marks": ", ".join(mark for mark, _ in one.marks),
            "text": "".join(text for _, text in one.runs),
        }
        for one in cards(pieces, name)
    ]


def part(name: str) -> str:
    """One of the files that lie beside this one."""
    return (files("lab.galleries") / name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """What a Content-Security-Policy knows a style or a script by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def fitted(made: Iterable[Card]) -> str:
    """Rules that tell the style how wide and high drawings are, since no element may say so."""
    made = list(made)
    wide = {one.width for one in made} | {one.nearest_width for one in made}
    widths = "".join(f".w{one}{{--w:{one}}}" for one in sorted(wide))
    return widths + "".join(f".h{one}{{--h:{one}}}" for one in sorted({one.height for one in made}))


def counted(names: Iterable[str], ordered: bool = True) -> list[tuple[str, int]]:
    """(name, times) of each name that occurs, by name, or as they come."""
    found = list(Counter(names).items())
    return sorted(found) if ordered else found


def verdicts(made: Iterable[Card]) -> list[tuple[str, int]]:
    """(verdict, times) of each verdict that occurs, from memorised to new."""
    found = Counter(one.verdict for one in made)
    return [(verdict, found[verdict]) for verdict in VERDICTS if found[verdict]]


def ancestry(made: Iterable[Card]) -> list[tuple[str, str]]:
    """(class, name) for the legend: the parents' names where all children have the same parents."""
    families = {tuple((kind, name) for kind, name, _ in one.parents) for one in made if one.parents}
    if len(families) == 1:
        return list(families.pop())
    most = max(map(len, families), default=1) - 1
    ranks = ("first parent", "second parent", "third parent", "fourth parent")[:most]
    told = [(f"p{number}", rank) for number, rank in enumerate(ranks)]
    return [*told, ("even", "either")] if told else []
