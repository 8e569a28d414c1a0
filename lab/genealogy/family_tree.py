"""Family tree: a pedigree drawn as Mermaid or as SVG.

Mermaid's syntax: https://mermaid.js.org/syntax/flowchart.html. Names come from files that anyone
may have written, so each drawing escapes them for its own format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import networkx as nx

from lab.genealogy.pedigree import SHORT_ID_LENGTH, Pedigree
from lab.terminal.safe_text import display_width, mask_unprintable

BOX_HEIGHT, GAP_X, GAP_Y = 60, 24, 46  # of a box and between boxes, in SVG units
LINE_OFFSETS = (19, 35, 51)  # where the lines of a box stand in it
LETTER_WIDTH, MARGIN = (
    7.3,
    9,
)  # of a character of 12px monospace, and beside the longest line
MAX_LINE_WIDTH = 36  # characters of a line
CSS_CLASSES = {"bred": "bred", "unknown": "unknown", "unsaved": "bred unknown"}  # of a kind
STYLE = (
    "text{font:12px monospace;text-anchor:middle;fill:#222}.id{fill:#777}"
    "rect{fill:#fff;stroke:#555}.subject rect{fill:#ffe9a8}.bred rect{stroke:#a33}"
    ".unknown rect{stroke-dasharray:4}line{stroke:#888}"
)


def family_subgraph(pedigree: Pedigree, subject: str) -> nx.DiGraph:
    """Return the ancestors and descendants of a subject (an id) as a subgraph.

    The other parents of its descendants are included, without their own ancestors.
    """
    lineage = pedigree.ancestors(subject) | pedigree.descendants(subject) | {subject}
    spouses = {parent for member in lineage for parent in pedigree.parents(member)}
    return pedigree.graph.subgraph(lineage | spouses)


def render_tree_mermaid(pedigree: Pedigree, subject: str) -> str:
    """Render a tree as a Mermaid flowchart, which GitHub displays."""
    graph = family_subgraph(pedigree, subject)
    node_names = {
        identity: f"n{i}" for i, identity in enumerate(_sort_by_generation(pedigree, graph))
    }
    lines = ["flowchart TD"]
    for identity, node in node_names.items():
        label = "".join(
            c if c.isalnum() or c in " -_.,()" else f"#{ord(c)};"
            for c in node_label(pedigree, identity)
        )
        lines.append(f'  {node}["{label}"]')
    lines += sorted(f"  {node_names[a]} --> {node_names[b]}" for a, b in graph.edges)
    lines.append(f"  style {node_names[subject]} stroke-width:3px")
    return "\n".join(lines)


def render_tree_svg(pedigree: Pedigree, subject: str) -> str:
    """Render a tree as SVG: a row per generation, founders on top, a line from parent to child.

    All boxes are as wide as the longest line in them, which is cut at MAX_LINE_WIDTH characters.
    """
    graph = family_subgraph(pedigree, subject)
    box_lines = {identity: _box_lines(pedigree, identity) for identity in graph}
    max_line_width = max(display_width(line) for lines in box_lines.values() for line in lines)
    box_width = round(max_line_width * LETTER_WIDTH) + 2 * MARGIN
    positions: dict[str, tuple[float, float]] = {}
    generations = list(nx.topological_generations(graph))
    max_columns = max(map(len, generations))
    for depth, row in enumerate(generations):
        for column, identity in enumerate(sort_by_name(pedigree, row)):
            column_offset = column + (max_columns - len(row)) / 2
            positions[identity] = (
                column_offset * (box_width + GAP_X),
                depth * (BOX_HEIGHT + GAP_Y),
            )
    width = max_columns * (box_width + GAP_X) - GAP_X + 8
    height = len(generations) * (BOX_HEIGHT + GAP_Y) - GAP_Y + 8
    edge_lines = [
        f'<line x1="{positions[a][0] + box_width / 2}" y1="{positions[a][1] + BOX_HEIGHT}" '
        f'x2="{positions[b][0] + box_width / 2}" y2="{positions[b][1]}"/>'
        for a, b in sorted(graph.edges)
    ]
    boxes = []
    for identity, (x, y) in positions.items():
        kind = pedigree.graph.nodes[identity]["kind"]
        css_classes = CSS_CLASSES.get(kind, "trained")
        css_classes += " subject" if identity == subject else ""
        boxes.append(
            f'<g class="{css_classes}" transform="translate({x} {y})">'
            f"{_render_box(box_lines[identity], box_width)}</g>"
        )
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width} {height}">',
        f"<style>{STYLE}</style>", *edge_lines, *boxes, "</svg>",
    ])  # fmt: skip


def _render_box(lines: Sequence[str], width: int) -> str:
    text_elements = [
        f'<text x="{width / 2}" y="{y}"{class_attribute}>{escape(line)}</text>'
        for line, y, class_attribute in zip(
            lines, LINE_OFFSETS, ("", "", ' class="id"'), strict=True
        )
    ]
    return f'<rect width="{width}" height="{BOX_HEIGHT}" rx="6"/>{"".join(text_elements)}'


def _box_lines(pedigree: Pedigree, identity: str) -> tuple[str, str, str]:
    """The lines of a box: name, origin, id."""
    name, origin = (
        mask_unprintable(field)
        for field in (pedigree.name(identity), _describe_origin(pedigree, identity))
    )
    return _truncate_line(name), _truncate_line(origin), identity[:SHORT_ID_LENGTH]


def _truncate_line(line: str) -> str:
    """Cut a line to MAX_LINE_WIDTH columns, with an ellipsis."""
    if display_width(line) <= MAX_LINE_WIDTH:
        return line
    while display_width(line) > MAX_LINE_WIDTH - 1:
        line = line[:-1]
    return f"{line}…"


def node_label(pedigree: Pedigree, identity: str) -> str:
    """Return the name, origin and short id of an individual, safe to print."""
    origin = _describe_origin(pedigree, identity)
    return mask_unprintable(f"{pedigree.name(identity)} ({origin}, {identity[:SHORT_ID_LENGTH]})")


def _describe_origin(pedigree: Pedigree, identity: str) -> str:
    node = pedigree.graph.nodes[identity]
    recipe = (node["birth"] or {}).get("recipe", {})
    steps = recipe.get("steps")
    last_step = steps[-1] if isinstance(steps, list) and steps else recipe
    operator = last_step.get("operator", "") if isinstance(last_step, dict) else ""
    return f"{node['kind']} {operator}".strip()


def sort_by_name(pedigree: Pedigree, identities: Iterable[str]) -> list[str]:
    """Return ids in the order of their names."""
    return sorted(identities, key=lambda i: (pedigree.name(i), i))


def _sort_by_generation(pedigree: Pedigree, graph: nx.DiGraph) -> list[str]:
    return [i for row in nx.topological_generations(graph) for i in sort_by_name(pedigree, row)]
