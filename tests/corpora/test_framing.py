"""Framing can be undone, and nothing inside a piece can pose as its frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from lab.config import conf_dir
from lab.corpora import framing
from lab.corpora.drawing import Drawing
from lab.corpora.vocabulary import EOA, FRAMING_CHARACTERS, SEP, SOL

ANY = st.text(st.characters(codec="utf-8") | st.sampled_from(FRAMING_CHARACTERS))
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="".join(FRAMING_CHARACTERS)))


def test_known_answers() -> None:
    cat = Drawing("Cat", "=^.^=\n")
    assert framing.conditional(cat) == "\x02Cat\x03=^.^=\n\x04"
    assert framing.unconditional(cat) == "\x02=^.^=\n\x04"


@given(PLAIN, PLAIN)
def test_unframe_undoes_conditional(label: str, art: str) -> None:
    assert framing.unframe(framing.conditional(Drawing(label, art))) == (label, art, True)


@given(PLAIN)
def test_unframe_undoes_unconditional(art: str) -> None:
    assert framing.unframe(framing.unconditional(Drawing("", art))) == (None, art, True)


@given(PLAIN, PLAIN)
def test_prefixes_begin_their_frames(label: str, art: str) -> None:
    piece = Drawing(label, art)
    assert framing.conditional(piece) == framing.conditional_prefix(label) + art + EOA
    assert framing.unconditional(piece) == framing.unconditional_prefix() + art + EOA


@pytest.mark.parametrize("mark", FRAMING_CHARACTERS)
def test_a_framing_character_cannot_be_smuggled(mark: str) -> None:
    for frame in (framing.conditional, framing.unconditional):
        with pytest.raises(ValueError, match=r"the art .* at position 1"):
            frame(Drawing("Cat", f"x{mark}y"))
    with pytest.raises(ValueError, match=r"the label .* at position 3"):
        framing.conditional_prefix(f"Cat{mark}")


@given(ANY)
def test_unframe_leaves_no_framing_character(text: str) -> None:
    label, art, _ = framing.unframe(text)
    assert not set(FRAMING_CHARACTERS) & set((label or "") + art)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", (None, "", False)),
        (SOL + "Cat" + SEP + "=^", ("Cat", "=^", False)),
        (SOL + "Cat" + SEP + "a" + SEP + "b" + EOA, ("Cat", "a", False)),
        (SOL + "Cat" + SEP + "a" + SOL + "b" + EOA, ("Cat", "a", False)),
        (SOL + "Cat" + SEP + "a" + EOA + "b", ("Cat", "a", True)),
        ("Cat" + SEP + "a" + EOA, ("Cat", "a", True)),
    ],
)
def test_what_a_model_may_write_is_defined(text: str, parts: tuple) -> None:
    assert framing.unframe(text) == parts


def test_every_choice_of_framing_is_in_the_table() -> None:
    choices = {path.stem for path in (conf_dir() / "framing").glob("*.yaml")} - {"none"}
    assert set(framing.FRAMINGS) == choices
    for name, function in framing.FRAMINGS.items():
        node = OmegaConf.load(conf_dir() / "framing" / f"{name}.yaml")
        assert node._target_ == f"{function.__module__}.{function.__name__}"
