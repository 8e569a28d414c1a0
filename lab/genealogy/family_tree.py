"""A family tree, drawn: as text, as Mermaid, as SVG.

Mermaid's syntax: https://mermaid.js.org/syntax/flowchart.html. Names come from files that anyone
may have written, so each drawing escapes them for its own format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from unicodedata import east_asian_width

import networkx as nx

from lab.genealogy.pedigree import SHORT, Pedigree

HEIGHT, GAP_X, GAP_Y = 60, 24, 46  # of a box and between boxes, in SVG units
LINES = (19, 35, 51)  # where the lines of a box stand in it
LETTER, MARGIN = 7.3, 9  # across, of a character of 12px monospace, and beside the longest line
LONGEST = 36  # characters of a line
STYLE = (
    "text{font:12px monospace;text-anchor:middle;fill:#222}.id{fill:#777}"
    "rect{fill:#fff;stroke:#555}.subject rect{fill:#ffe9a8}.bred rect{stroke:#a33}"
    ".unknown rect{stroke-dasharray:4}line{stroke:#888}"
)


def family(pedigree: Pedigree, subject: str) -> nx.DiGraph:
    """The part of the pedigree that a subject (an id) belongs to: ancestors and descendants.

    The other parents of its descendants are included, without their own ancestors.
    """
    line = pedigree.ancestors(subject) | pedigree.descendants(subject) | {subject}
    spouses = {parent for one in line for parent in pedigree.parents(one)}
    return pedigree.graph.subgraph(line | spouses)


def text(pedigree: Pedigree, subject: str) -> str:
    """Indented lines, founders first; the subject is marked with *.

    A child stands under each of its parents, the others named after an x; its own children only
    where it is met first.
    """
    graph, seen = family(pedigree, subject), set[str]()

    def lines(identity: str, parent: str | None) -> Iterator[str]:
        mark = "* " if identity == subject else ""
        others = [p for p in dict.fromkeys(pedigree.parents(identity)) if parent not in (p, None)]
        crossed = "".join(f" x {_printable(pedigree.name(p))}" for p in others)
        children = _ordered(pedigree, graph.successors(identity))
        again = " (see above)" if identity in seen and children else ""
        yield mark + _label(pedigree, identity) + crossed + again
        if identity in seen:
            return
        seen.add(identity)
        for child in children:
            fork, below = ("└─ ", "   ") if child == children[-1] else ("├─ ", "│  ")
            first, *rest = lines(child, identity)
            yield fork + first
            yield from (below + line for line in rest)

    roots = _ordered(pedigree, (i for i in graph if graph.in_degree(i) == 0))
    return "\n".join(line for root in roots for line in lines(root, None))


def mermaid(pedigree: Pedigree, subject: str) -> str:
    """A Mermaid flowchart, as GitHub renders it."""
    graph = family(pedigree, subject)
    number = {identity: f"n{i}" for i, identity in enumerate(_layered(pedigree, graph))}
    lines = ["flowchart TD"]
    for identity, node in number.items():
        label = "".join(
            c if c.isalnum() or c in " -_.,()" else f"#{ord(c)};"
            for c in _label(pedigree, identity)
        )
        lines.append(f'  {node}["{label}"]')
    lines += sorted(f"  {number[a]} --> {number[b]}" for a, b in graph.edges)
    lines.append(f"  style {number[subject]} stroke-width:3px")
    return "\n".join(lines)


def svg(pedigree: Pedigree, subject: str) -> str:
    """A picture: one row per generation, founders on top, a line from parent to child.

    All boxes are as wide as the longest line in them, which is cut at LONGEST characters.
    """
    graph = family(pedigree, subject)
    told = {identity: _lines(pedigree, identity) for identity in graph}
    letters = max(_across(line) for lines in told.values() for line in lines)
    box = round(letters * LETTER) + 2 * MARGIN
    place: dict[str, tuple[float, float]] = {}
    rows = list(nx.topological_generations(graph))
    widest = max(map(len, rows))
    for depth, row in enumerate(rows):
        for column, identity in enumerate(_ordered(pedigree, row)):
            across = column + (widest - len(row)) / 2
            place[identity] = (across * (box + GAP_X), depth * (HEIGHT + GAP_Y))
    width = widest * (box + GAP_X) - GAP_X + 8
    height = len(rows) * (HEIGHT + GAP_Y) - GAP_Y + 8
    lines = [
        f'<line x1="{place[a][0] + box / 2}" y1="{place[a][1] + HEIGHT}" '
        f'x2="{place[b][0] + box / 2}" y2="{place[b][1]}"/>'
        for a, b in sorted(graph.edges)
    ]
    boxes = []
    for identity, (x, y) in place.items():
        kind = pedigree.graph.nodes[identity]["kind"]
        classes = kind if kind in ("bred", "unknown") else "trained"
        classes += " subject" if identity == subject else ""
        boxes.append(
            f'<g class="{classes}" transform="translate({x} {y})">{_box(told[identity], box)}</g>'
        )
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width} {height}">',
        f"<style>{STYLE}</style>", *lines, *boxes, "</svg>",
    ])  # fmt: skip


def _box(lines: Sequence[str], width: int) -> str:
    told = [
        f'<text x="{width / 2}" y="{y}"{told}>{escape(line)}</text>'
        for line, y, told in zip(lines, LINES, ("", "", ' class="id"'), strict=True)
    ]
    return f'<rect width="{width}" height="{HEIGHT}" rx="6"/>{"".join(told)}'


def _lines(pedigree: Pedigree, identity: str) -> tuple[str, str, str]:
    """What a box says: name, origin, id."""
    name, origin = (
        _printable(one) for one in (pedigree.name(identity), _origin(pedigree, identity))
    )
    return _cut(name), _cut(origin), identity[:SHORT]


def _cut(line: str) -> str:
    """A line of LONGEST characters at most, with an ellipsis where it was longer."""
    if _across(line) <= LONGEST:
        return line
    while _across(line) > LONGEST - 1:
        line = line[:-1]
    return f"{line}…"


def _across(line: str) -> int:
    """How many characters wide a line is; those of East Asia take two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in line)


def _label(pedigree: Pedigree, identity: str) -> str:
    origin = _origin(pedigree, identity)
    return _printable(f"{pedigree.name(identity)} ({origin}, {identity[:SHORT]})")


def _origin(pedigree: Pedigree, identity: str) -> str:
    node = pedigree.graph.nodes[identity]
    recipe = (node["birth"] or {}).get("recipe", {})
    steps = recipe.get("steps")
    last = steps[-1] if isinstance(steps, list) and steps else recipe
    operator = last.get("operator", "") if isinstance(last, dict) else ""
    return f"{node['kind']} {operator}".strip()


def _ordered(pedigree: Pedigree, identities: Iterable[str]) -> list[str]:
    return sorted(identities, key=lambda i: (pedigree.name(i), i))


def _layered(pedigree: Pedigree, graph: nx.DiGraph) -> list[str]:
    return [i for row in nx.topological_generations(graph) for i in _ordered(pedigree, row)]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
