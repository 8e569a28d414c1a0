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
from lab.attention_maps.model_layer import ProbedLayer
from lab.attention_maps.resolve_inputs import load_bitmaps
from lab.attention_maps.run_display import (
    display_by_adam,
    display_channels,
    format_contrast_table,
    format_measures,
)
from lab.config.schemas.display import DisplayConfig
from lab.config.schemas.sample import as_list
from lab.corpora import video_writer
from lab.records.metrics import read_metrics
from lab.records.run import Run
from lab.storage import atomic_file
from lab.terminal.safe_output import emit
from lab.terminal.safe_text import escape_to_line


def show_pictures(
    config: DisplayConfig, probed_layers: Sequence[ProbedLayer], artists: Sequence[str],
    files: Sequence[str], folder: Path, device: torch.device,
) -> dict[str, Any]:  # fmt: skip
    """Show pictures in each model; write the sheet, the inputs, the measures and the heads.

    Of a gallery, each model shows the pieces of the artist of its name.
    """
    rows, inputs, measures, heads = [], {}, dict[str, dict[str, Any]](), {}
    common: Tensor | None = None
    for probed_layer, artist in zip(probed_layers, artists, strict=True):
        gallery_artist = None if len(probed_layers) == 1 else artist
        pictures = load_bitmaps(files, config.size, config.colour, config.fit, gallery_artist)
        channels = maybe_invert(torch.cat(pictures), config.invert).to(device)
        placed, decoded, maps, measured = present_channels(
            config, probed_layer, channels, parse_heads(config.head)
        )
        measures[probed_layer.name] = {
            "layer": config.layer,
            "heads": list(placed.heads),
            **measured,
        }
        inputs[probed_layer.name] = placed.placed.x
        depth = 3 if config.colour else 1
        for number, (target, decoded_picture) in enumerate(
            zip(channels.split(depth), decoded.split(depth), strict=True)
        ):
            row = [(f"{probed_layer.name}: picture", target)]
            pane = placed.heads[number * depth * (1 + placed.whole)]
            if config.adam:
                grey, adam_measures = display_by_adam(probed_layer, target[0], pane, config.adam)
                measures[probed_layer.name].setdefault("original", []).append(adam_measures)
                row.append((f"original, {adam_measures['psnr']:.1f} dB", grey))
            elif probed_layer.layer.causal:
                grey = decode_picture.apply_magma(decode_picture.render_zscores(maps[pane].float()))
                row.append(("the original's look", grey))
            rows.append([*row, (f"shown, {measured['psnr']:.1f} dB", decoded_picture)])
        common = (
            channels[:1] if common is None else common
        )  # equal for all models, to compare heads
        [factor] = split_pictures.factorise_panes(common, probed_layer.layer, config.sweeps)
        heads[probed_layer.name] = split_pictures.head_contrasts(probed_layer.layer, factor)
        emit(format_measures(probed_layer.name, placed.heads, measured))
    emit("\n".join(format_contrast_table(heads)))
    atomic_file.write_atomic(
        folder / "display.png", images.encode_png(images.compose_image_sheet(rows))
    )
    tensors = {name: x.detach().float().cpu().contiguous() for name, x in inputs.items()}
    atomic_file.write_atomic(folder / "input.safetensors", save(tensors))
    return {"shown": measures, "contrast of heads": heads}


def show_film(
    config: DisplayConfig, probed_layer: ProbedLayer, path: Path, run: Run, device: torch.device
) -> dict[str, Any]:
    """Show a film frame by frame; write the frames that are missing."""
    folder, inputs = run.folder / "frames", run.folder / "inputs.npy"
    folder.mkdir(exist_ok=True)
    done, max_frames = 0, npy_stream.count_frames(inputs) if config.inputs else math.inf
    while done < max_frames and (folder / f"{done + 1:05d}.png").exists():
        done += 1
    run.forget(done)
    heads, source = parse_heads(config.head), iterate_frames(config, path)
    bar = tqdm(
        source, total=config.frames, file=sys.stderr, desc=escape_to_line(path.name), unit="frame"
    )
    for number, channels in enumerate(bar, 1):
        if number <= done and heads is not None:
            continue
        channels = maybe_invert(channels, config.invert).to(device)
        placed, decoded, _, measured = present_channels(config, probed_layer, channels, heads)
        heads = heads or placed.heads
        if number > done:
            panels = torch.cat([channels, decoded], dim=2)
            if config.inputs:
                npy_stream.write_frame(inputs, number, placed.placed.x)
            run.write("frame", number, **measured)
            atomic_file.write_atomic(
                folder / f"{number:05d}.png", images.encode_png(images.channels_to_bytes(panels))
            )
        bar.set_postfix_str(f"{measured['psnr']:.1f} dB")
    paths = sorted(folder.glob("*.png"))
    video_writer.write_video(
        run.folder / f"film.{config.film}",
        [images.load_image_array(name) for name in paths],
        config.rate,
    )
    entries = [entry for entry in read_metrics(run.metrics.path) if entry["kind"] == "frame"]
    medians = {key: compute_median(entries, key) for key in image_metrics.MEASURES}
    emit(
        f"{len(paths)} frames, medians: " + format_measures(probed_layer.name, heads or (), medians)
    )
    return {"frames": len(paths), "heads": list(heads or ()), "medians": medians}


def compute_median(entries: Sequence[dict[str, Any]], key: str) -> float:
    """Return the median of a measure."""
    return float(torch.tensor([float(entry[key]) for entry in entries]).median())


def iterate_frames(config: DisplayConfig, path: Path) -> Iterator[Tensor]:
    """Yield the frames of the configured range."""
    for number, frame in enumerate(
        frame_source.read_frames(path, config.size, config.rate, config.colour)
    ):
        if config.frames is not None and number >= config.frames:
            return
        yield frame


def parse_heads(head: Any) -> tuple[int, ...] | None:
    """Parse the configured heads; None for auto."""
    return None if head == "auto" else tuple(int(index) for index in as_list(head))


def maybe_invert(channels: Tensor, invert: bool) -> Tensor:
    """Invert channels if so configured."""
    return 1 - channels if invert else channels


def present_channels(
    config: DisplayConfig, probed_layer: ProbedLayer, channels: Tensor, heads: Sequence[int] | None
) -> tuple[split_pictures.PlacedPictures, Tensor, Tensor, dict[str, Any]]:
    """Display channels as configured; return the placement, channels, maps and measures."""
    return display_channels(
        probed_layer, channels, heads, config.whole, config.sweeps, config.contrast
    )
