"""Bounded YAML: plain configs are read, unfolding and deep ones are refused at once."""

from __future__ import annotations

import pytest
import yaml

from lab.storage.bounded_yaml import MAX_YAML_CHARACTERS, parse_plain_yaml

BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 11)
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        BOMB, "a: &b 1\nc: *b", "&a [*a]", "[" * 100_000, "[" * 100 + "]" * 100, "a: [", "\x00",
        "a: !!python/object/apply:os.system [ls]", "x" * (MAX_YAML_CHARACTERS + 1), "- " * 5000,
    ],
)  # fmt: skip
def test_odd_yaml_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        parse_plain_yaml(text)


def test_a_plain_config_is_what_yaml_says() -> None:
    text = yaml.safe_dump({"a": [1, 2.5, None, True], "b": {"c": "x"}})
    assert parse_plain_yaml(text) == yaml.safe_load(text)
