"""Play a film that an individual knows by heart, in the terminal or into a file.

    python -m lab.play artist=bad_apple                 written ahead, then shown at its rate
    python -m lab.play artist=bad_apple live=true       shown as it is written
    python -m lab.play artist=bad_apple truth=true      beside the film, wrong cells marked
    python -m lab.play artist=bad_apple view=gif        to galleries/bad_apple.gif; also view=mp4
    python -m lab.play artist=bad_apple first=400 last=480 every=2
    python -m lab.play artist=bad_apple engine=true     written by llama.cpp from a GGUF of ours

Each frame comes from its number alone, greedily: nothing of the film is shown to the model. Where
there is no terminal, the last frame is printed.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from lab.config import command
from lab.config.schemas.play import Play
from lab.corpora.film import number_of
from lab.corpora.film_corpus import RATE, Frames
from lab.exports.llama_cpp_decoder import Outside
from lab.films.accuracy import judge, verdict
from lab.films.frame_generator import Projector, projector
from lab.films.frame_view import crossed, shown, size
from lab.films.player import Reel, able, play
from lab.films.render import write
from lab.galleries.artist import Artist
from lab.galleries.reference_corpora import School
from lab.models import individual
from lab.models.individual import Individual
from lab.records import warn
from lab.training.precision import choose
from lab.workflows.training_corpora import taught

WIDE = (10**6, 10**6)  # room without an end, for plain text


@command("play", Play)
def main(config: Play) -> None:
    """Let the individual write the frames, and show them."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    one = individual.find(config.artist, Path(config.root), warn)
    name = str(one.birth.get("name") or Path(config.artist).name)
    device = choose(config.device, "fp32", False, "auto", 0.0).device
    genotype = Artist(name, one, config.weights, School([])).genotype
    knows = projector(genotype, one.birth, device)
    if not config.engine:
        return show(config, name, one, knows)
    with tempfile.TemporaryDirectory(prefix="lab-play-") as folder:
        outside = Outside(genotype, knows.vocabulary, knows.length, Path(folder))
        show(config, name, one, replace(knows, drafting=False, decoder=outside))
        print(f"written by {outside.name}, {outside.seconds:.1f} CPU seconds without its starts")


def show(config: Play, name: str, one: Individual, knows: Projector) -> None:
    """Let the frames be written, show them, and say how much of them is right."""
    numbers = wanted(config, knows)
    film = truth_of(config, one)
    places = [number_of(number) for number in numbers]
    truth = [film.train[place].art for place in places] if film else None
    rate = config.rate or (film.rate / config.every if film else RATE)
    reel = Reel(knows.frames(numbers), len(numbers))
    watched = config.view == "terminal" and able(sys.stdin, sys.stdout)
    if not (watched and config.live):
        fill(reel, config.view != "print")
    beside = truth if config.truth else None
    if watched:
        play(reel, rate, truth, beside=config.truth)
    elif config.view in ("gif", "mp4"):
        place = Path(config.galleries) / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.{config.view}"
        print(f"written to {write(place, reel.frames, rate, beside)}")
    else:
        plainly(config, reel.frames, beside)
    if film and len(reel.frames) == len(places):
        whole = [piece.art for piece in film.train]
        print(verdict(name, judge(reel.frames, whole, places)))


def wanted(config: Play, knows: Projector) -> list[str]:
    """The characters of the frames to show. ValueError where there are none."""
    known = knows.numbers
    last = len(known) - 1 if config.last is None else config.last
    if max(config.first, last) >= len(known):
        raise ValueError(f"the film's frames are 0 to {len(known) - 1}: see first and last")
    return known[config.first : last + 1 : config.every]


def truth_of(config: Play, one: Individual) -> Frames | None:
    """The film that was learned; None where it cannot be had and is not asked for."""
    try:
        films = [film for film in taught(one, Path(config.root), config.data)]
    except (ValueError, OSError) as error:
        if config.truth:
            raise
        warn(f"the film itself cannot be read, so nothing is compared: {error}")
        return None
    known = one.birth.get("corpus", {}).get("fingerprint")
    found = [one for one in films if isinstance(one, Frames) and one.fingerprint == known]
    if not found and config.truth:
        raise ValueError("the film is no longer what was learned: truth=true has nothing to show")
    return found[0] if found else None


def fill(reel: Reel, told: bool) -> None:
    """Let all frames be written, telling on stderr how far it is."""
    began = time.monotonic()
    while reel.grow():
        done, since = len(reel.frames), time.monotonic() - began
        left = since / done * (reel.count - done)
        if told and sys.stderr.isatty():
            text = f"\rframe {done} of {reel.count}, {since / done:.2f} s each, {left:.0f} s left "
            print(text, end="\n" if done == reel.count else "", file=sys.stderr, flush=True)


def plainly(config: Play, frames: Sequence[str], truth: Sequence[str] | None) -> None:
    """Print every frame, or where a terminal was wanted and is none, the last."""
    for at in range(len(frames)) if config.view == "print" else [len(frames) - 1]:
        right = truth[at] if truth else None
        print("\n".join(shown(frames[at], right, WIDE, crossed)))
        if config.view == "print":
            print("-" * size(frames[at])[1])
    if config.view == "terminal":
        print(f"the last of {len(frames)} frames: there is no terminal here; view=gif or view=mp4")


if __name__ == "__main__":
    main()
