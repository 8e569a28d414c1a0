"""Tree text: a pedigree drawn as indented lines, of any number of generations."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from lab.genealogy.family_tree import family_subgraph, node_label, sort_by_name
from lab.genealogy.pedigree import Pedigree
from lab.terminal.safe_text import mask_unprintable

MAX_DEPTH = 16  # generations that are indented, 3 columns each, before the tree goes on at the left


class Branch(NamedTuple):
    """A child to draw: below which parent (None: at the left), how deep, and what precedes it."""

    identity: str
    parent: str | None = None
    depth: int = 0
    start: str = ""
    indent: str = ""


def render_tree_text(pedigree: Pedigree, subject: str) -> str:
    """Render a tree as indented lines, founders first; the subject is marked with *.

    A child stands under each of its parents, the others named after an x; its own children only
    at its first occurrence. After MAX_DEPTH generations a branch goes on at the left, further down.
    """
    graph, visited, lines = family_subgraph(pedigree, subject), set[str](), list[str]()
    roots = [i for i in graph if graph.in_degree(i) == 0]
    trees = deque(Branch(root) for root in sort_by_name(pedigree, roots))
    postponed: set[str] = set()
    while trees:
        branches, later = [trees.popleft()], list[Branch]()
        continued = branches[0].identity in postponed
        while branches:
            branch = branches.pop()
            identity = branch.identity
            children = sort_by_name(pedigree, graph.successors(identity))
            note = ""
            if continued:
                note, continued = " (from above)", False
                postponed.remove(identity)
            elif identity in postponed:
                note = " (see below)"
            elif identity in visited:
                note = " (see above)" if children else ""
            elif branch.depth == MAX_DEPTH and children:
                note = " (see below)"
                postponed.add(identity)
                later.append(Branch(identity))
            lines.append(f"{branch.start}{_branch_label(pedigree, subject, branch)}{note}")
            if identity in visited or identity in postponed:
                continue
            visited.add(identity)
            for place, child in enumerate(reversed(children)):
                fork, line = ("├─ ", "│  ") if place else ("└─ ", "   ")
                start, indent = branch.indent + fork, branch.indent + line
                branches.append(Branch(child, identity, branch.depth + 1, start, indent))
        trees.extendleft(reversed(later))
    return "\n".join(lines)


def _branch_label(pedigree: Pedigree, subject: str, branch: Branch) -> str:
    mark = "* " if branch.identity == subject else ""
    parents = dict.fromkeys(pedigree.parents(branch.identity))
    others = [parent for parent in parents if branch.parent not in (parent, None)]
    partners = "".join(f" x {mask_unprintable(pedigree.name(other))}" for other in others)
    return mark + node_label(pedigree, branch.identity) + partners
