"""Finding: which model a name means, and which bitmap a file, a drawing of a gallery among them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from lab.attention_maps import bert_npz, images, shadow_film, transformers_models
from lab.attention_maps.model_layer import Screen, algebra, of_individual
from lab.models import individual
from lab.models.genotype import Genotype

GALLERY = re.compile(r"(.+\.samples\.jsonl)(?::(\d+))?")
TEXTS = {".txt", ".asc", ".nfo"}


def screen_of(name: str, root: str, data: str | None, layer: int, device: str = "cpu") -> Screen:
    """The layer of a model by name: an individual, head.npz, random-gpt2-xl, or Hugging Face's.

    ValueError where there is none.
    """
    if name.endswith(".npz"):
        if layer:
            raise ValueError(f"{name} holds layer 0 only")
        return algebra(Path(name).stem, bert_npz.of_extract(located(name, data), device=device))
    if name.startswith("random-"):
        return transformers_models.random(name.removeprefix("random-"), layer, device=device)
    if (
        not (Path(name).expanduser() / "config.json").is_file()
        and name not in transformers_models.SHAPES
    ):
        try:
            one = individual.find(name, Path(root))
        except FileNotFoundError as error:
            if "/" not in name or Path(name).exists():
                raise ValueError(f"{error}; models of the hub are gpt2, or OWNER/NAME") from None
        else:
            g = one.genotype
            g = Genotype(g.architecture, g.rows.to(device), g.scales.to(device))
            return of_individual(str(one.birth.get("name") or Path(name).name), g, layer)
    return transformers_models.load(name, layer, device)


def located(name: str, data: str | None) -> Path:
    """A file as it is named, or in the folder of data or its heads/; ValueError where it is not."""
    places = [Path(name).expanduser()]
    places += [Path(data).expanduser() / part / name for part in ("", "heads")] if data else []
    for place in places:
        if place.is_file():
            return place
    raise ValueError(f"there is no {name}" + (f" (looked in {data} too)" if data else ""))


def bitmaps(
    files: Sequence[str], size: int, colour: bool, fit: str, artist: str | None = None
) -> list[Tensor]:
    """Channels [1 or 3, size, size] of each file; of a gallery its piece of that number.

    With artist, a gallery without number gives that artist's first piece, else its first.
    """
    return [_bitmap(one, size, colour, fit, artist) for one in files]


def _bitmap(name: str, size: int, colour: bool, fit: str, artist: str | None) -> Tensor:
    path = Path(name).expanduser()
    if found := GALLERY.fullmatch(name):
        shown = images.drawn(piece(Path(found[1]).expanduser(), found[2], artist), size, fit)
    elif own := re.fullmatch(r"shadows:(\d+)", name):
        shown = shadow_film.frame(int(own[1]), size)[None]
    elif path.suffix.lower() in TEXTS:
        shown = images.drawn(path.read_text(encoding="utf-8", errors="replace"), size, fit)
    elif path.suffix.lower() in images.SUFFIXES:
        return images.read(path, size, colour, fit)
    else:
        kinds = ", ".join(sorted(images.SUFFIXES | TEXTS))
        raise ValueError(
            f"{name} is no picture: {kinds}, a piece of a gallery (.samples.jsonl:1), shadows:1"
        )
    return shown.expand(3, -1, -1) if colour else shown


def piece(path: Path, number: str | None, artist: str | None) -> str:
    """The text of a piece of a gallery, counted from 1; ValueError where there is none."""
    lines = [json.loads(one) for one in path.read_text(encoding="utf-8").split("\n") if one.strip()]
    if number is None and artist is not None:
        lines = [one for one in lines if one.get("artist") == artist] or lines
    at = int(number or 1)
    if not 1 <= at <= len(lines) or not isinstance(lines[at - 1].get("text"), str):
        raise ValueError(f"{path} has no piece {at}")
    return str(lines[at - 1]["text"])


def titled(files: Sequence[str], models: Sequence[Any]) -> str:
    """A name for a run, of letters that any file system takes."""
    parts = [
        re.sub(r"(\.samples\.jsonl)?:", "-", Path(one).name).split(".")[0] for one in files[:2]
    ]
    parts += [Path(str(one)).name.removesuffix(".npz") for one in models[:3]]
    joined = "-".join(["display", *parts])
    return re.sub(r"-+", "-", re.sub(r"[^\w.-]+", "-", joined, flags=re.A))[:64].strip("-.")
