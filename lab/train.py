"""Rear one individual: a character model on the hypersphere, from a corpus to a folder.

    python -m lab.train +exp=styleA                         an artist of creatures and nature
    python -m lab.train +exp=styleA framing=unconditional   one that is not told what to draw
    python -m lab.train +exp=ancestor                       a model of enwik8; then +exp=forkL
    python -m lab.train corpus=drawings corpus.path=FOLDER  your own drawings
    python -m lab.train +exp=bad_apple_rows                 a film, learned by heart line by line
    python -m lab.train +exp=styleA scale=debug             the same in seconds
    python -m lab.train -m +exp=styleA seed=0,1,2           three of them

The same command again goes on where it was stopped, or says that it is done.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lab.config import door
from lab.config.rearing import find_parent, framing, rearing, settle, shape, study
from lab.config.scales import numbers
from lab.config.train import Train
from lab.corpora.framing import unframe
from lab.films.judging import examine, verdict
from lab.films.projector import Projector
from lab.galleries.drawing import pieces
from lab.galleries.terminal import side_by_side
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.records import Run, environment
from lab.training import ranks
from lab.training.card import card
from lab.training.cost import flops_per_character, matrix_rate, peak_memory
from lab.training.estimate import seconds_per_character
from lab.training.learner import Diverged
from lab.training.lesson import Lesson, spread
from lab.training.precision import Arithmetic, choose
from lab.training.progress import duration
from lab.training.rearing import rear
from lab.training.signals import Request, caught
from lab.training.witness import Witness

JUDGED_AT_ONCE = 1e13  # operations; on a CPU more are `lab.evaluate split=report`'s


@door("train", Train)
def main(config: Train) -> None:
    """Rear what the config describes and print what became of it."""
    result = rear_run(config)
    if ranks.index() == 0:
        drawn = side_by_side([unframe(text).art for text in result["drawings"]])
        print(card(config.name, result, drawn, str(Path(config.root) / config.name)))
        print("".join(f"freely, {verdict(*one)}\n" for one in judged(result)), end="")
        print(next_scale(config, result), end="")


def rear_run(config: Train) -> dict[str, Any]:
    """Rear an individual in its run's folder and return its result; done already, only return it.

    Raises SystemExit: 128 + n after signal n, with a checkpoint; 1 where the loss diverges.
    """
    torch.set_num_threads(config.threads or torch.get_num_threads())
    config.root = str(Path(config.root).expanduser())
    parent = find_parent(config)
    with caught() as request, ranks.joined(config.device):
        finished = (Path(config.root) / str(config.name) / "result.json").is_file()
        done = finished and not config.again
        taught = None if done else study(config, parent)  # a bad corpus leaves no folder behind
        told = {**asdict(config), "parent_id": parent.id if parent else None}
        folder = Run(config.root, str(config.name), told, config.again, told["tracker"])
        with ranks.first(folder) as run:
            result = run.result if run is not None else None
            if ranks.told(result is not None):
                if run is not None:
                    print(f"lab: {run.folder} is done already", file=sys.stderr)
                return result or {}
            if run is not None and parent is not None:
                run.mirror.used(str(config.parent), parent.id)
            return grow(config, taught or study(config, parent), parent, run, request)


def grow(
    config: Train, taught: Lesson, parent: Individual | None, run: Run | None, request: Request
) -> dict[str, Any]:
    """Train in an open run (None on ranks that do not write), score, and finish the run."""
    architecture = shape(config, taught, parent)
    arithmetic = settle(config, architecture)

    def show(genotype: Genotype) -> list[str]:
        wishes = spread(taught.wishes, config.training.samples)
        if taught.film is not None:
            return list(theatre(config, taught, genotype, arithmetic).frames(wishes))
        length, device = config.training.context, arithmetic.device
        asked = (taught.vocabulary, framing(config), wishes, range(len(wishes)))
        return pieces(genotype, *asked, length=length, device=device)

    witness = Witness(config.name, arithmetic.device, run, show)
    begin(witness, architecture, taught, arithmetic, run)
    what = rearing(config, arithmetic, parent)
    try:
        reared = rear(what, taught, architecture, parent, witness, request)
    except Diverged as error:
        witness.warn(f"stopped: {error}; the last good checkpoint is in {what.folder}")
        raise SystemExit(1) from None
    finally:
        witness.console.close()
    if reared.ended == "signal":
        witness.warn(f"stopped at step {reared.progress.step}; the same command goes on there")
        raise SystemExit(request.exit_code)
    result = {
        "individual": reared.individual.id if reared.individual else None,
        "ended": reared.ended,
        "parameters": architecture.num_parameters,
        "vocabulary": architecture.vocab_size,
        "context": what.context,
        "stride": what.context,
        **reared.progress.to_dict(),
        "operations": reared.progress.tokens * flops_per_character(architecture, what.context),
        "memory": peak_memory(arithmetic.device),
        "corpus": {**taught.about, "left_out": taught.left_out},
        "scores": {name: scores.summary() for name, scores in reared.scores.items()},
    }
    if run is not None and reared.individual is not None:
        result["drawings"] = show(reared.individual.genotype)
        if taught.film is not None:
            alone = theatre(config, taught, reared.individual.genotype, arithmetic)
            reading = (
                len(taught.film)
                * len(taught.film[0])
                * flops_per_character(architecture, what.context)
            )
            fast = arithmetic.device.type != "cpu" or reading < JUDGED_AT_ONCE
            result["freely"] = examine(alone, taught.film, everything=fast)
        run.finish(result)
        run.mirror.produced(run.name, reared.individual.id)
    return result


def theatre(config: Train, taught: Lesson, genotype: Genotype, arithmetic: Arithmetic) -> Projector:
    """Who plays the film that is learned, frame by frame, without help."""
    length, device = config.training.context + 1, arithmetic.device
    drafting = device.type == "cpu"
    return Projector(
        genotype, taught.vocabulary, str(framing(config)), length, device, drafting=drafting
    )


def judged(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What became of a film: names and figures; nothing of another corpus."""
    return list(result.get("freely", {}).items())


def begin(
    witness: Witness,
    architecture: Architecture,
    taught: Lesson,
    arithmetic: Arithmetic,
    run: Run | None,
) -> None:
    """Say what will be reared, and note on what."""
    if run is not None:
        rate = matrix_rate(arithmetic.dtype, arithmetic.device)
        threads = torch.get_num_threads()
        run.note_environment(environment(**arithmetic.to_dict(), threads=threads, rate=rate))
    size, (kind, much) = architecture.num_parameters, taught.amount
    learned = f"{much:,} {kind} of {taught.about['name']} on {arithmetic.device}"
    witness.console.say(f"{witness.console.name}: {size:,} parameters learn {learned}")


def next_scale(config: Train, result: dict[str, Any]) -> str:
    """What the next scale up would take here, by a few real steps of it."""
    if not config.scale.get("next"):
        return ""
    larger = numbers(config.scale["next"], config.kind)
    size = {key: larger[key] for key in ("dim", "depth", "heads", "dim_head")}
    told = {**asdict(config.model), **size, "kv_heads": None, "neurons": None}
    architecture = Architecture(vocab_size=result["vocabulary"], **told)
    arithmetic = choose(config.device, config.precision, False, config.attention, 0)
    each = seconds_per_character(architecture, larger["context"], arithmetic)
    takes = duration(each * larger["steps"] * larger["batch"] * larger["context"])
    name, parameters = config.scale["next"], architecture.num_parameters
    return f"scale={name} ({parameters:,} parameters) would take about {takes} here\n"


if __name__ == "__main__":
    main()
