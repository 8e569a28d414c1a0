"""The generations of an evolution that were not kept, between its founders and its champion."""

from __future__ import annotations

from typing import Any

from lab.genealogy.family_tree import render_tree_svg
from lab.genealogy.pedigree import read_pedigree
from lab.genealogy.tree_text import render_tree_text
from lab.genealogy.unsaved_generations import insert_generations

FIRST, SECOND, THIRD = (digit * 64 for digit in "abc")


def step(name: str, *parents: str) -> dict[str, Any]:
    """A step of a recipe, as `lab.breeding.recipe` writes it."""
    return {
        "name": name,
        "parents": list(parents),
        "operator": "slerp",
        "parameters": {},
        "seed": 1,
    }


def steps_of(family: Any) -> list[dict[str, Any]]:
    """Three steps: of both forks, of the first and the left fork, and the champion's own."""
    left, right = family.ids["left"], family.ids["right"]
    return [step(FIRST, left, right), step(SECOND, FIRST, left), step(THIRD, SECOND, FIRST)]


def test_every_generation_of_an_evolution_is_in_the_tree(family: Any) -> None:
    champion = family.born("champion", "left", "right", steps=steps_of(family))
    pedigree = read_pedigree(family.root)
    drawn = insert_generations(pedigree, champion)
    first, second = f"{FIRST}/{champion}", f"{SECOND}/{champion}"
    assert drawn.parents(champion) == (second, first)
    assert drawn.parents(second) == (first, family.ids["left"])
    assert drawn.parents(first) == (family.ids["left"], family.ids["right"])
    text = render_tree_text(drawn, champion)
    assert "generation 1 aaaa (unsaved slerp, aaaaaaaa) x right" in text
    assert "generation 2 bbbb (unsaved slerp, bbbbbbbb) x left" in text
    assert "* champion (bred slerp" in text and "generation 3" not in text
    assert render_tree_svg(drawn, champion).count('class="bred unknown"') == 2
    assert len(pedigree.graph) == 7 and pedigree.parents(champion) == (
        family.ids["left"], family.ids["right"],
    )  # fmt: skip


def test_a_founder_that_no_step_names_stays_a_parent(family: Any) -> None:
    champion = family.born("champion", "left", "right", "stranger", steps=steps_of(family))
    drawn = insert_generations(read_pedigree(family.root), champion)
    assert drawn.parents(champion)[-1] == family.ids["stranger"]
    assert drawn.ancestors(champion) >= {family.ids[n] for n in ("left", "right", "stranger")}


def test_other_recipes_leave_the_tree_as_it_is(family: Any) -> None:
    first, second, _ = steps_of(family)
    left = family.ids["left"]
    wrong: list[Any] = [
        [first],
        [step(SECOND, FIRST, left), step(FIRST, SECOND, left)],
        [step(FIRST, left, "nobody"), second],
        [{"name": FIRST}, second],
        [{**first, "parents": []}, second],
        [{**first, "name": ["a"]}, second],
        [first, second, step(FIRST, SECOND, left), step(THIRD, FIRST)],
        ["left", "right"],
        {"0": first},
        None,
    ]
    for number, steps in enumerate(wrong):
        champion = family.born(f"champion{number}", "left", "right", steps=steps)
        pedigree = read_pedigree(family.root)
        assert insert_generations(pedigree, champion) is pedigree
