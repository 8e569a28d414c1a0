"""Show a picture in one frozen attention head: find an input under which it attends to it.

    python -m lab.display picture=cat.png model=styleA                 an individual of the lab
    python -m lab.display picture=galleries/styles.samples.jsonl:3 model=styleA
    python -m lab.display picture=cat.png model=gpt2-xl head=0 whole=false
    python -m lab.display picture=film.mp4 model=random-gpt2-xl        frame by frame, restartable
    python -m lab.display picture=galleries/styles.samples.jsonl model=styleA,styleB,child

Several pictures stand in several heads of one input. Several models show a drawing of their own
each, beside a table of their heads' contrast. To experiments/<to>/: display.png (the picture, the
attention in the original's look, ours), input.safetensors, result.json; of a film its frames, and
inputs.npy, [frames, T, D].
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor
from tqdm import tqdm

from lab.attention import decode, films, measures, panes, pictures, reel
from lab.attention.finding import bitmaps, screen_of, titled
from lab.attention.screens import Screen
from lab.attention.showing import by_adam, line, present, table
from lab.attention.tiny import flushed
from lab.config import door
from lab.config.display import Display
from lab.config.sample import several
from lab.corpora import recording
from lab.records import atomic, environment
from lab.records.metrics import read
from lab.records.run import Run
from lab.training.precision import choose


@door("display", Display)
@flushed()
def main(config: Display) -> None:
    """Show what the config names, and say where it lies and how good it is."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    device = choose(config.device, "fp32", False, "auto", 0).device
    files, models = [str(one) for one in several(config.picture)], several(config.screen)
    screens = [screen_of(str(one), config.root, config.data, config.layer, str(device))
               for one in models]  # fmt: skip
    names = [screen.name for screen in screens]
    if len(set(map(str, models))) < len(models):
        raise ValueError("model=... names one of them twice")
    if len(set(names)) < len(names):  # then by what was typed
        screens = [replace(old, name=str(one)) for old, one in zip(screens, models, strict=True)]
    told = {key: value for key, value in asdict(config).items() if key != "again"}
    with Run(config.root, config.to or titled(files, models), told, config.again) as run:
        if run.finished:
            print(f"{run.folder} is done; again=true shows it anew")
            return
        run.note_environment(environment(threads=torch.get_num_threads(), device=str(device)))
        if len(files) == 1 and films.is_film(Path(files[0]).expanduser()):
            if len(screens) > 1:
                raise ValueError("a film is shown by one model at a time")
            result = film(config, screens[0], Path(files[0]).expanduser(), run, device)
        else:
            result = still(config, screens, names, files, run.folder, device)
        run.finish(result)
        print(f"written to {run.folder}")


def still(
    config: Display, screens: Sequence[Screen], artists: Sequence[str], files: Sequence[str],
    folder: Path, device: torch.device,
) -> dict[str, Any]:  # fmt: skip
    """Pictures by each model: the sheet, the inputs, the measures and the table of heads.

    Of a gallery each shows what the artist of its name drew.
    """
    rows, inputs, told, heads = [], {}, dict[str, dict[str, Any]](), {}
    common: Tensor | None = None
    for screen, artist in zip(screens, artists, strict=True):
        mine = None if len(screens) == 1 else artist
        found = bitmaps(files, config.size, config.colour, config.fit, mine)
        channels = flipped(torch.cat(found), config.invert).to(device)
        shown, images, maps, measured = shown_by(config, screen, channels, chosen(config.head))
        told[screen.name] = {"layer": config.layer, "heads": list(shown.heads), **measured}
        inputs[screen.name] = shown.placed.x
        depth = 3 if config.colour else 1
        for number, (target, ours) in enumerate(
            zip(channels.split(depth), images.split(depth), strict=True)
        ):
            row = [(f"{screen.name}: picture", target)]
            pane = shown.heads[number * depth * (1 + shown.whole)]
            if config.adam:
                grey, theirs = by_adam(screen, target[0], pane, config.adam)
                told[screen.name].setdefault("original", []).append(theirs)
                row.append((f"original, {theirs['psnr']:.1f} dB", grey))
            elif screen.layer.causal:
                grey = decode.magma(decode.look(maps[pane].float()))
                row.append(("the original's look", grey))
            rows.append([*row, (f"shown, {measured['psnr']:.1f} dB", ours)])
        common = channels[:1] if common is None else common  # the same for all, to compare heads
        [first] = panes.factored(common, screen.layer, config.sweeps)
        heads[screen.name] = panes.contrasts(screen.layer, first)
        print(line(screen.name, shown.heads, measured))
    print("\n".join(table(heads)))
    atomic.write(folder / "display.png", pictures.png(pictures.sheet(rows)))
    tensors = {name: x.detach().float().cpu().contiguous() for name, x in inputs.items()}
    atomic.write(folder / "input.safetensors", save(tensors))
    return {"shown": told, "contrast of heads": heads}


def film(
    config: Display, screen: Screen, path: Path, run: Run, device: torch.device
) -> dict[str, Any]:
    """Frame after frame, as files; one that is there already is not made again."""
    folder, inputs = run.folder / "frames", run.folder / "inputs.npy"
    folder.mkdir(exist_ok=True)
    done, most = 0, reel.frames(inputs) if config.inputs else math.inf
    while done < most and (folder / f"{done + 1:05d}.png").exists():
        done += 1
    run.forget(done)
    heads, source = chosen(config.head), wanted(config, path)
    bar = tqdm(source, total=config.frames, file=sys.stderr, desc=path.name, unit="frame")
    for number, channels in enumerate(bar, 1):
        if number <= done and heads is not None:
            continue
        channels = flipped(channels, config.invert).to(device)
        shown, images, _, measured = shown_by(config, screen, channels, heads)
        heads = heads or shown.heads
        if number > done:
            both = torch.cat([channels, images], dim=2)
            if config.inputs:
                reel.put(inputs, number, shown.placed.x)
            run.write("frame", number, **measured)
            atomic.write(folder / f"{number:05d}.png", pictures.png(pictures.pixels(both)))
        bar.set_postfix_str(f"{measured['psnr']:.1f} dB")
    names = sorted(folder.glob("*.png"))
    recording.write(
        run.folder / f"film.{config.film}",
        [pictures.load(name) for name in names],
        config.rate,
    )
    kept = [one for one in read(run.metrics.path) if one["kind"] == "frame"]
    middle = {key: middle_of(kept, key) for key in measures.ABOUT}
    print(f"{len(names)} frames, medians: " + line(screen.name, heads or (), middle))
    return {"frames": len(names), "heads": list(heads or ()), "medians": middle}


def middle_of(kept: Sequence[dict[str, Any]], key: str) -> float:
    """The median of a measure."""
    return float(torch.tensor([float(one[key]) for one in kept]).median())


def wanted(config: Display, path: Path) -> Iterator[Tensor]:
    """The frames that are asked for."""
    for number, one in enumerate(films.frames(path, config.size, config.rate, config.colour)):
        if config.frames is not None and number >= config.frames:
            return
        yield one


def chosen(head: Any) -> tuple[int, ...] | None:
    """The heads that are named, None for auto."""
    return None if head == "auto" else tuple(int(one) for one in several(head))


def flipped(channels: Tensor, invert: bool) -> Tensor:
    """Black for white, if so."""
    return 1 - channels if invert else channels


def shown_by(
    config: Display, screen: Screen, channels: Tensor, heads: Sequence[int] | None
) -> tuple[panes.Shown, Tensor, Tensor, dict[str, Any]]:
    """What is placed, the channels shown, the real maps, and the measures, as the config wants."""
    return present(screen, channels, heads, config.whole, config.sweeps, config.contrast)


if __name__ == "__main__":
    main()
