"""Input resolution: a model's name to a layer, and a file, video or gallery piece to bitmaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from lab.attention_maps import bert_npz, images, shadow_film, transformers_models
from lab.attention_maps.model_layer import ProbedLayer, probe_bare_layer, probe_individual
from lab.models import individual
from lab.models.genotype import Genotype
from lab.storage.bounded_reader import parse_json, read_regular_file, require_types

GALLERY_NAME = re.compile(r"(.+\.samples\.jsonl)(?::(\d+))?")
TEXT_SUFFIXES = {".txt", ".asc", ".nfo"}


def load_probed_layer(
    name: str, root: str, data: str | None, layer: int, device: str = "cpu"
) -> ProbedLayer:
    """Load a layer by model name: an individual, head.npz, random-gpt2-xl, or Hugging Face's.

    ValueError where there is none.
    """
    if name.endswith(".npz"):
        if layer:
            raise ValueError(f"{name} holds layer 0 only")
        return probe_bare_layer(
            Path(name).stem, bert_npz.load_bert_layer(locate_file(name, data), device=device)
        )
    if name.startswith("random-"):
        return transformers_models.random_gpt2_layer(
            name.removeprefix("random-"), layer, device=device
        )
    if (
        not (Path(name).expanduser() / "config.json").is_file()
        and name not in transformers_models.GPT2_SHAPES
    ):
        try:
            lab_individual = individual.find_individual(name, Path(root))
        except FileNotFoundError as error:
            if "/" not in name or Path(name).exists():
                raise ValueError(f"{error}; models of the hub are gpt2, or OWNER/NAME") from None
        else:
            genotype = lab_individual.genotype
            genotype = Genotype(
                genotype.architecture, genotype.rows.to(device), genotype.scales.to(device)
            )
            return probe_individual(
                str(lab_individual.birth.get("name") or Path(name).name), genotype, layer
            )
    return transformers_models.load_hf_layer(name, layer, device)


def locate_file(name: str, data: str | None) -> Path:
    """Locate a file by path, or in the data folder or its heads/; ValueError for none."""
    candidates = [Path(name).expanduser()]
    candidates += (
        [Path(data).expanduser() / subfolder / name for subfolder in ("", "heads")] if data else []
    )
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise ValueError(f"there is no {name}" + (f" (looked in {data} too)" if data else ""))


def load_bitmaps(
    files: Sequence[str], size: int, colour: bool, fit: str, artist: str | None = None
) -> list[Tensor]:
    """Load channels [1 or 3, size, size] of each file, or of a numbered piece of a gallery.

    With artist, a gallery without number gives that artist's first piece, else its first.
    """
    return [_load_bitmap(file, size, colour, fit, artist) for file in files]


def _load_bitmap(name: str, size: int, colour: bool, fit: str, artist: str | None) -> Tensor:
    path = Path(name).expanduser()
    if gallery_match := GALLERY_NAME.fullmatch(name):
        bitmap = images.render_text_image(
            read_gallery_piece(Path(gallery_match[1]).expanduser(), gallery_match[2], artist),
            size,
            fit,
        )
    elif shadow_match := re.fullmatch(r"shadows:(\d+)", name):
        bitmap = shadow_film.render_shadow_frame(int(shadow_match[1]), size)[None]
    elif path.suffix.lower() in TEXT_SUFFIXES:
        bitmap = images.render_text_image(
            path.read_text(encoding="utf-8", errors="replace"), size, fit
        )
    elif path.suffix.lower() in images.SUFFIXES:
        return images.read_image(path, size, colour, fit)
    else:
        kinds = ", ".join(sorted(images.SUFFIXES | TEXT_SUFFIXES))
        raise ValueError(
            f"{name} is no picture: {kinds}, a piece of a gallery (.samples.jsonl:1), shadows:1"
        )
    return bitmap.expand(3, -1, -1) if colour else bitmap


def read_gallery_piece(path: Path, number: str | None, artist: str | None) -> str:
    """Read the text of a piece of a gallery, counted from 1; ValueError for none."""
    text = read_regular_file(path).decode("utf-8", "replace")
    lines: list[dict[str, Any]] = [
        require_types(parse_json(line, str(path)), {"text?": str}, str(path))
        for line in text.split("\n")
        if line.strip()
    ]
    if number is None and artist is not None:
        lines = [line for line in lines if line.get("artist") == artist] or lines
    index = int(number or 1)
    if not 1 <= index <= len(lines) or not isinstance(lines[index - 1].get("text"), str):
        raise ValueError(f"{path} has no piece {index}")
    return str(lines[index - 1]["text"])


def display_run_name(files: Sequence[str], models: Sequence[Any]) -> str:
    """Return a run name of portable file name characters."""
    parts = [
        re.sub(r"(\.samples\.jsonl)?:", "-", Path(file).name).split(".")[0] for file in files[:2]
    ]
    parts += [Path(str(model)).name.removesuffix(".npz") for model in models[:3]]
    joined = "-".join(["display", *parts])
    return re.sub(r"-+", "-", re.sub(r"[^\w.-]+", "-", joined, flags=re.A))[:64].strip("-.")
