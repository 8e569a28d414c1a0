"""The table of kinship: coefficients of the pedigree beside angles and cosines of the weights."""

from typing import Any

from lab.genealogy.kinship import median_row_angle, task_vector_cosines
from lab.genealogy.kinship_table import (
    format_missing_weights,
    format_relationship,
    kinship_table,
    to_smallest_vocabulary,
)
from lab.genealogy.registry import Registry


def test_half_siblings_and_a_parent_have_their_coefficients(family: Any) -> None:
    registry, ids = Registry(family.root), family.ids
    assert format_relationship(registry, ids["left"], ids["right"]) == "0.250"
    assert format_relationship(registry, ids["left"], ids["ancestor"]) == "0.500"
    assert format_relationship(registry, ids["left"], ids["stranger"]) == "0.000"


def test_a_row_holds_the_angle_and_the_cosine_since_the_ancestor(family: Any) -> None:
    ids, weights = family.ids, family.weights
    _, row = kinship_table(Registry(family.root), [(ids["left"], ids["right"])], ids["ancestor"])
    angle = median_row_angle(weights["left"], weights["right"])
    cosine = task_vector_cosines(weights["left"], weights["right"], weights["ancestor"])["all"]
    assert row.split() == ["left", "right", "0.250", f"{angle:.2f}°", f"{cosine:+.3f}", "ancestor"]


def test_without_weights_the_table_says_so(family: Any) -> None:
    for weights in family.root.rglob("model.safetensors"):
        weights.unlink()
    pair = (family.ids["left"], family.ids["right"])
    lines = kinship_table(Registry(family.root), [pair], family.ids["ancestor"])
    assert lines[1].split()[:5] == ["left", "right", "0.250", "-", "-"]
    assert lines[-1] == "-: their weights are not here"


def test_an_unknown_parent_leaves_the_coefficient_open(family: Any) -> None:
    orphan = family.born("orphan", "f" * 64)
    registry = Registry(family.root)
    assert format_relationship(registry, orphan, family.ids["left"]) == "-"
    lines = kinship_table(registry, [(orphan, family.ids["left"])], None)
    assert "-: the certificate of unknown (ffffffff) is missing" in lines


def test_missing_and_damaged_weights_have_a_line_each() -> None:
    faults = {**{f"m{i}": "" for i in range(6)}, "bad": "a NaN"}
    assert format_missing_weights(faults, range(9)) == [
        "-: the weights of m0, m1, m2, m3 and 2 more are not here",
        "-: bad is damaged: a NaN",
    ]


def test_one_vocabulary_changes_no_genotype(family: Any) -> None:
    registry = Registry(family.root)
    members = [registry.load(family.ids[name]) for name in ("left", "right")]
    assert to_smallest_vocabulary(members) == [member.genotype for member in members]
