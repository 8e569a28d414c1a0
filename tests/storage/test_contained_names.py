"""Contained names: no name is a path, and nothing is written through a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.storage.contained_names import (
    is_run_name,
    portable_file_name,
    refuse_linked_entries,
    refuse_links,
)


@pytest.mark.parametrize("name", ["a", "styleA-seed.1", "1.10", "_x", "a" * 64])
def test_names_of_runs(name: str) -> None:
    assert is_run_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "/tmp/x",
        "a/b",
        "a\\b",
        ".x",
        "-x",
        "a b",
        "a\n",
        "\x1b[2J",
        "ä",
        "a" * 65,
    ]
    + [None, 7, ["a"], {"a": 1}],
)
def test_what_is_no_name(name: object) -> None:
    assert not is_run_name(name)


def test_a_file_name_has_no_separator() -> None:
    assert portable_file_name("interpolation-../../x \x1b[2J") == "interpolation-.._.._x_2J"


def test_a_link_between_root_and_path_is_refused() -> None:
    root = Path("root")
    (root / "a").mkdir(parents=True)
    Path("elsewhere").mkdir()
    assert refuse_links(root / "a" / "new" / "file", root) == root / "a" / "new" / "file"
    (root / "a" / "checkpoint").symlink_to(Path("elsewhere").resolve())
    for path in (root / "a" / "checkpoint", root / "a" / "checkpoint" / "step-1"):
        with pytest.raises(ValueError, match="root/a/checkpoint is a link, and nothing is written"):
            refuse_links(path, root)
    with pytest.raises(ValueError, match="root/a/checkpoint is a link"):
        refuse_linked_entries(root / "a")
    Path("linked").symlink_to(root.resolve())  # the root itself is the user's choice
    assert refuse_links(Path("linked/a/x"), Path("linked"))
