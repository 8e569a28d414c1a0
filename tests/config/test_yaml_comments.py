"""YAML comments: of keys at any depth, of a file's head, and none where # is in a text."""

from __future__ import annotations

from lab.config.yaml_comments import file_summary, key_meanings

TEXT = """# @package _global_
# Train a thing: python -m lab.train +exp=thing
# In two lines.
seed: 0  # of every draw
model:
  dim: 8  # channels
  deep:
    more: 1  # twice nested
  depth: 2
bare: '# no comment'
both: "a # b"  # a comment
node: {a: 1, b: 2}  # of the whole
last: null # of one blank
"""


def test_the_head_of_a_file_is_its_summary() -> None:
    assert file_summary(TEXT) == "Train a thing. In two lines."
    assert file_summary("seed: 1  # of it\n") == ""


def test_keys_have_their_dotted_names_below_the_package() -> None:
    assert dict(key_meanings(TEXT, "")) == {
        "seed": "of every draw",
        "model.dim": "channels",
        "model.deep.more": "twice nested",
        "both": "a comment",
        "node": "of the whole",
        "last": "of one blank",
    }
    assert dict(key_meanings("rate: 1  # per step\n", "optimizer")) == {
        "optimizer.rate": "per step"
    }
