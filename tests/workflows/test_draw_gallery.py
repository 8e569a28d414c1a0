"""Gallery workflow: which pieces are kept, which labels are asked for, and who drew them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.models.individual import Individual
from lab.workflows.draw_gallery import (
    attribute_pieces,
    draw_rows,
    gather_artists,
    is_acceptable_piece,
    list_prompts,
    redraw_pieces,
    save_gallery,
)

Save = Callable[..., Individual]
Config = Callable[..., Any]


def piece(**more: Any) -> dict[str, Any]:
    nearest = {"similarity": 0.5}
    return {"framing": "conditional", "closed": True, "text": "o-o", "nearest": nearest, **more}


@pytest.mark.parametrize(
    ("more", "closed", "below", "kept"),
    [
        ({}, True, None, True),
        ({"closed": False}, True, None, False),
        ({"closed": False}, False, None, True),
        ({"text": " \n "}, True, None, False),
        ({"closed": False, "framing": None}, True, None, True),  # running text has no end
        ({}, True, 0.6, True),
        ({}, True, 0.5, False),
        ({"nearest": None}, True, 0.1, True),  # nothing to resemble
    ],
)
def test_a_piece_is_kept_if_it_is_finished_and_novel_enough(
    more: dict[str, Any], closed: bool, below: float | None, kept: bool
) -> None:
    assert is_acceptable_piece(piece(**more), closed, below) is kept


def test_max_similarity_drops_rows_and_changes_no_other(
    save_artist: Save, command_config: Config
) -> None:
    save_artist("a")
    words = ("artist=a", "closed=false", "prompt=o---", "temperature=0.5")
    config = command_config("sample", *words)
    artists = gather_artists(config)
    every = [row[0] for row in draw_rows(config, artists, 12)]
    assert [one["seed"] for one in every] == list(range(12))
    middle = sorted(one["nearest"]["similarity"] for one in every)[6]
    strict = command_config("sample", *words, f"max_similarity={middle}")
    novel = [row[0] for row in draw_rows(strict, artists, 1)]  # of 20 tries for one piece
    assert all(one["nearest"]["similarity"] < middle for one in novel)
    expected = [one for one in every if one["nearest"]["similarity"] < middle]
    assert 0 < len(expected) < 12 and [one for one in novel if one["seed"] < 12] == expected


def test_labels_are_those_of_the_corpus_or_refused(
    save_artist: Save, command_config: Config
) -> None:
    save_artist("a")
    save_artist("orphan", 1, recipe={"kind": "adopted"})
    save_artist("writer", 2, framing=None)

    base = command_config("sample", "artist=a")

    def prompts(artist: str, labels: Any = None) -> list[str]:
        config = replace(base, artist=artist, labels=labels)
        return list_prompts(config, gather_artists(config))

    assert prompts("a") == prompts("a", "all") == ["bar", "box"]
    assert prompts("a", ["box"]) == prompts("orphan", "box") == ["box"]
    for words, said in {
        ("a", "dragon"): "a has never seen dragon",
        ("orphan",): r"orphan has no recorded labels: set labels=\[\.\.\.\]",
        ("a,writer",): "sample them in separate commands",
        ("writer",): "writer has no recorded training corpus: set prompt=",
    }.items():
        with pytest.raises(ValueError, match=said):
            prompts(*words)


def test_a_gallery_is_drawn_again_from_its_lines(
    save_artist: Save, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    save_artist("a")
    config = command_config("sample", "artist=a", "closed=false", "gallery=two")
    artists = gather_artists(config)
    pieces = attribute_pieces([*draw_rows(config, artists, 2)], artists, Path("experiments"))
    paths = save_gallery(config, pieces, ["a"])
    assert all(path.is_file() for path in paths)
    lines = Path("galleries/two.samples.jsonl")
    assert lines in paths
    redraw_pieces(command_config("sample", "gallery=two", "redraw=all"))
    assert capsys.readouterr().out.count("the same, byte for byte") == 2
    with pytest.raises(ValueError, match="has 2 lines, no line 3"):
        redraw_pieces(command_config("sample", "gallery=two", "redraw=3"))
    changed = [pieces[0], {**pieces[1], "text": "no"}]
    lines.write_text("\n".join(map(json.dumps, changed)))
    redraw_pieces(command_config("sample", "gallery=two", "redraw=1"))
    with pytest.raises(SystemExit) as left:
        redraw_pieces(command_config("sample", "gallery=two", "redraw=all"))
    assert left.value.code == 1 and "line 2: another text" in capsys.readouterr().out
