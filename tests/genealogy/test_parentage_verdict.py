"""The verdict on parentage: degrees, descent from an ancestor, agreement with the certificate."""

import math
from typing import Any

from lab.genealogy.pair_shortlist import PairShortlist
from lab.genealogy.parentage_regression import ParentMixture
from lab.genealogy.parentage_verdict import (
    compare_with_certificate,
    format_degrees,
    is_mixture_as_good,
    split_off_ancestor,
)
from lab.genealogy.registry import Registry


def test_degrees_have_three_decimals() -> None:
    assert format_degrees(math.pi / 2) == "90.000°"


def test_an_ancestor_of_all_others_is_split_off(family: Any) -> None:
    registry, ids = Registry(family.root), family.ids
    forks = [ids["left"], ids["right"]]
    assert split_off_ancestor(registry, [*forks, ids["ancestor"]]) == (forks, ids["ancestor"])
    assert split_off_ancestor(registry, forks) == (forks, None)


def test_the_certificate_confirms_or_names_other_parents(family: Any) -> None:
    registry, ids = Registry(family.root), family.ids
    right_pair = (ids["right"], ids["left"])
    same = compare_with_certificate(registry, ids["child"], right_pair)
    assert same == "its birth certificate names the same parents"
    other = compare_with_certificate(registry, ids["child"], (ids["stranger"], ids["left"]))
    labels = f"{registry.label(ids['left'])} and {registry.label(ids['right'])}"
    assert other == f"its birth certificate names {labels}"
    founder = compare_with_certificate(registry, ids["ancestor"], right_pair)
    assert founder == "its birth certificate names no parents"


def test_a_mixture_may_miss_as_much_as_the_best_pair_and_no_more() -> None:
    shortlist = PairShortlist(("a", "b"), [], None, 0.1, math.inf, 9.0)
    near, far = (ParentMixture(("a", "c"), angle, 0.0, {}) for angle in (0.1, 0.5))
    assert is_mixture_as_good(near, shortlist) and not is_mixture_as_good(far, shortlist)
