"""A family as indented lines, however long the line of descent."""

from __future__ import annotations

from typing import Any

import networkx as nx

from lab.genealogy.pedigree import Pedigree, read_pedigree
from lab.genealogy.tree_text import MAX_DEPTH, render_tree_text


def _nameless(drawing: str, family: Any) -> list[str]:
    for name, identity in family.ids.items():
        drawing = drawing.replace(identity[:8], f"#{name[0]}")
    return drawing.splitlines()


def test_the_text_shows_the_whole_line(family: Any) -> None:
    drawing = render_tree_text(read_pedigree(family.root), family.ids["child"])
    assert _nameless(drawing, family) == [
        "ancestor (founder, #a)",
        "├─ left (trained, #l)",
        "│  └─ * child (bred slerp, #c) x right",
        "│     └─ grandchild (bred nlerp, #g) x stranger",
        "└─ right (trained, #r)",
        "   └─ * child (bred slerp, #c) x left (see above)",
        "stranger (founder, #s)",
        "└─ grandchild (bred nlerp, #g) x child",
    ]


def test_only_the_line_of_the_subject_is_shown(family: Any) -> None:
    family.born("cousin", "right")
    drawing = render_tree_text(read_pedigree(family.root), family.ids["left"])
    assert "cousin" not in drawing and "right" in drawing and "grandchild" in drawing


def test_no_name_breaks_out_of_a_line(family: Any) -> None:
    nasty = family.born("nasty", "child")
    pedigree = read_pedigree(family.root)
    pedigree.graph.nodes[nasty]["name"] = "<b>\"&'\x1b[31m\n]"
    text = render_tree_text(pedigree, nasty)
    assert "\x1b" not in text and len(text.splitlines()) == 6


def test_a_thousand_generations_are_short_lines(line_of_descent: Any) -> None:
    pedigree = line_of_descent(1000, 1)
    lines = render_tree_text(pedigree, "g0999-0").splitlines()
    names = [line.lstrip("* │├└─").split(" ")[0] for line in lines]
    assert [name for name, line in zip(names, lines, strict=True) if "from above" not in line] == [
        f"g{generation:04d}-0" for generation in range(1000)
    ]
    assert max(map(len, lines)) < 3 * MAX_DEPTH + 40
    assert sum(line.startswith("* g0999") or "* g0999" in line for line in lines) == 1


def test_branches_go_on_once_in_their_order(line_of_descent: Any) -> None:
    """Full sibs of full sibs: each is drawn once with its children, though both parents name it."""
    pedigree: Pedigree = line_of_descent(3 * MAX_DEPTH, 2)
    lines = render_tree_text(pedigree, f"g{3 * MAX_DEPTH - 1:04d}-0").splitlines()
    whole = [line for line in lines if "(see" not in line and "g0047-1" not in line]
    drawn = [line.lstrip("* │├└─").split(" ")[0] for line in whole]
    graph = nx.ancestors(pedigree.graph, "g0047-0")
    last = [name for name in drawn if name == "g0047-0"]
    assert sorted(name for name in drawn if name != "g0047-0") == sorted(graph) and last
