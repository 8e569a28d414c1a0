"""Display workflow: pictures and films shown in frozen attention heads."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor
from tqdm import tqdm

from lab.attention_maps import (
    decode_picture,
    frame_source,
    image_metrics,
    images,
    npy_stream,
    split_pictures,
)
from lab.attention_maps.model_layer import Screen
from lab.attention_maps.resolve_inputs import bitmaps
from lab.attention_maps.run_display import by_adam, line, present, table
from lab.config.schemas.display import Display
from lab.config.schemas.sample import several
from lab.corpora import video_writer
from lab.records.metrics import read
from lab.records.run import Run
from lab.storage import atomic_file


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
        shown, decoded, maps, measured = shown_by(config, screen, channels, chosen(config.head))
        told[screen.name] = {"layer": config.layer, "heads": list(shown.heads), **measured}
        inputs[screen.name] = shown.placed.x
        depth = 3 if config.colour else 1
        for number, (target, ours) in enumerate(
            zip(channels.split(depth), decoded.split(depth), strict=True)
        ):
            row = [(f"{screen.name}: picture", target)]
            pane = shown.heads[number * depth * (1 + shown.whole)]
            if config.adam:
                grey, theirs = by_adam(screen, target[0], pane, config.adam)
                told[screen.name].setdefault("original", []).append(theirs)
                row.append((f"original, {theirs['psnr']:.1f} dB", grey))
            elif screen.layer.causal:
                grey = decode_picture.magma(decode_picture.look(maps[pane].float()))
                row.append(("the original's look", grey))
            rows.append([*row, (f"shown, {measured['psnr']:.1f} dB", ours)])
        common = channels[:1] if common is None else common  # the same for all, to compare heads
        [first] = split_pictures.factored(common, screen.layer, config.sweeps)
        heads[screen.name] = split_pictures.contrasts(screen.layer, first)
        print(line(screen.name, shown.heads, measured))
    print("\n".join(table(heads)))
    atomic_file.write(folder / "display.png", images.png(images.sheet(rows)))
    tensors = {name: x.detach().float().cpu().contiguous() for name, x in inputs.items()}
    atomic_file.write(folder / "input.safetensors", save(tensors))
    return {"shown": told, "contrast of heads": heads}


def film(
    config: Display, screen: Screen, path: Path, run: Run, device: torch.device
) -> dict[str, Any]:
    """Frame after frame, as files; one that is there already is not made again."""
    folder, inputs = run.folder / "frames", run.folder / "inputs.npy"
    folder.mkdir(exist_ok=True)
    done, most = 0, npy_stream.frames(inputs) if config.inputs else math.inf
    while done < most and (folder / f"{done + 1:05d}.png").exists():
        done += 1
    run.forget(done)
    heads, source = chosen(config.head), wanted(config, path)
    bar = tqdm(source, total=config.frames, file=sys.stderr, desc=path.name, unit="frame")
    for number, channels in enumerate(bar, 1):
        if number <= done and heads is not None:
            continue
        channels = flipped(channels, config.invert).to(device)
        shown, decoded, _, measured = shown_by(config, screen, channels, heads)
        heads = heads or shown.heads
        if number > done:
            both = torch.cat([channels, decoded], dim=2)
            if config.inputs:
                npy_stream.put(inputs, number, shown.placed.x)
            run.write("frame", number, **measured)
            atomic_file.write(folder / f"{number:05d}.png", images.png(images.pixels(both)))
        bar.set_postfix_str(f"{measured['psnr']:.1f} dB")
    names = sorted(folder.glob("*.png"))
    video_writer.write(
        run.folder / f"film.{config.film}",
        [images.load(name) for name in names],
        config.rate,
    )
    kept = [one for one in read(run.metrics.path) if one["kind"] == "frame"]
    middle = {key: middle_of(kept, key) for key in image_metrics.ABOUT}
    print(f"{len(names)} frames, medians: " + line(screen.name, heads or (), middle))
    return {"frames": len(names), "heads": list(heads or ()), "medians": middle}


def middle_of(kept: Sequence[dict[str, Any]], key: str) -> float:
    """The median of a measure."""
    return float(torch.tensor([float(one[key]) for one in kept]).median())


def wanted(config: Display, path: Path) -> Iterator[Tensor]:
    """The frames that are asked for."""
    for number, one in enumerate(
        frame_source.frames(path, config.size, config.rate, config.colour)
    ):
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
) -> tuple[split_pictures.Shown, Tensor, Tensor, dict[str, Any]]:
    """What is placed, the channels shown, the real maps, and the measures, as the config wants."""
    return present(screen, channels, heads, config.whole, config.sweeps, config.contrast)
