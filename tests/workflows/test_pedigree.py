"""Family tree workflow: the views of a family, and where the picture goes or may not go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lab.genealogy.registry import Registry
from lab.models.individual import Individual
from lab.workflows.pedigree import format_family_view, write_pedigree_svg

Save = Callable[..., Individual]
View = Callable[..., str]


@pytest.fixture
def view(save_artist: Save, command_config: Callable[..., Any]) -> View:
    """view(name, ...): a view of left, right or their child, whose parent is ancestor."""
    ancestor = save_artist("ancestor")
    left, right = (
        save_artist(name, i, parents=[ancestor.id]) for i, name in ((1, "left"), (2, "right"))
    )
    save_artist("my-child", 3, parents=[left.id, right.id], recipe={"kind": "bred"})
    registry = Registry("experiments")

    def shown(name: str, *words: str) -> str:
        config = command_config("pedigree", f"of='{name}'", *words)
        return format_family_view(config, registry, registry.find(name))

    return shown


def test_a_tree_names_the_ancestors_and_the_kinship_below_it(view: View) -> None:
    tree, _, page = view("my-child").partition("\n\n")
    assert all(name in tree for name in ("my-child", "left", "right", "ancestor"))
    assert "its parents left and right: ancestor" in page and "inbreeding F = 0." in page


def test_beside_another_the_common_ancestor_is_named_and_no_tree(view: View) -> None:
    page = view("left", "beside=right")
    assert page.startswith("nearest common ancestor of left (") and "my-child" not in page
    with pytest.raises(ValueError, match="no individual called nobody"):
        view("left", "beside=nobody")


def test_mermaid_is_text_and_svg_a_file(view: View) -> None:
    assert view("my-child", "view=mermaid").count("-->") == 4
    said = view("my-child", "view=svg")
    path = Path("experiments/my-child.pedigree.svg")
    assert said == f"written to {path}"
    drawn = ElementTree.fromstring(path.read_text())
    assert drawn.tag.endswith("svg")
    texts = " ".join(drawn.itertext())
    assert all(name in texts for name in ("my-child", "left", "right", "ancestor"))
    assert view("left", "view=svg", "output=tree.svg") == "written to tree.svg"
    assert Path("tree.svg").is_file()


def test_an_error_names_the_place_that_was_asked_for(view: View) -> None:
    Path("folder").mkdir()
    for place, kind, said in (
        ("none/tree.svg", FileNotFoundError, "none is no folder: make it first, or set output="),
        ("folder", IsADirectoryError, "folder is a folder: say output=folder/tree.svg"),
    ):
        with pytest.raises(kind, match=said):
            view("left", "view=svg", f"output={place}")
    assert not list(Path("folder").iterdir()) and not Path("none").exists()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder that takes no file")
def test_a_failed_write_names_the_picture_and_no_temporary_file() -> None:
    with pytest.raises(OSError) as raised:
        write_pedigree_svg(Path("/proc/tree.svg"), "<svg/>")
    assert raised.value.filename == "/proc/tree.svg" and raised.value.filename2 is None
