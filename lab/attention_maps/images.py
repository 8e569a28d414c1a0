"""Pictures: files, drawings and texts as square bitmaps, and bitmaps as files.

Pillow reads and writes them: the extra `display`, or `analysis`, brings it. Texts are drawn with
its built-in font, 6 x 11 pixels a character, light on dark.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
INSTALL = "pip install 'model-breeding-lab[display]'"
CELL = (6, 11)  # pixels of a character, across and down
LARGEST = 400  # lines and columns of a drawing; the rest is cut


def library() -> Any:
    """Pillow; ValueError says what to install where it is missing."""
    try:
        import PIL.Image
        import PIL.ImageDraw
        import PIL.ImageFont
    except ImportError:
        raise ValueError(f"pictures need Pillow: {INSTALL}") from None
    return PIL


def read(path: Path, size: int, colour: bool = False, fit: str = "pad") -> Tensor:
    """A file as channels [1 or 3, size, size] in [0, 1]; ValueError where it is no picture."""
    pillow = library()
    try:
        with pillow.Image.open(path) as image:
            image.load()
            return square(image, size, colour, fit)
    except (pillow.UnidentifiedImageError, SyntaxError, EOFError, MemoryError) as error:
        raise ValueError(f"{path} is no picture that can be read: {error}") from None


def square(image: Any, size: int, colour: bool, fit: str) -> Tensor:
    """An image of Pillow's as channels: stretched, whole on the colour of its border, or inside.

    inside: at half the size in the lower left quarter, all of which a single causal head shows.
    """
    pillow = library()
    if fit == "inside":
        small = square(image, size // 2, colour, "pad")
        whole = small[:, :1, :1].expand(-1, size, size).clone()
        whole[:, -small.shape[1] :, : small.shape[2]] = small
        return whole
    image = image.convert("RGBA")
    paper = pillow.Image.new("RGBA", image.size, "white")
    image = pillow.Image.alpha_composite(paper, image).convert("RGB" if colour else "L")
    if fit == "pad":
        share = size / max(image.size)
        image = image.resize([max(1, round(side * share)) for side in image.size])
        grey = np.asarray(image).reshape(image.height, image.width, -1)
        border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        paint = tuple(int(level) for level in np.median(border, axis=0))
        whole = pillow.Image.new(image.mode, (size, size), paint if colour else paint[0])
        whole.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
        image = whole
    return channels(np.asarray(image.resize((size, size))))


def channels(levels: np.ndarray) -> Tensor:
    """Bytes [T, T] or [T, T, 3] as channels [1 or 3, T, T] in [0, 1]."""
    whole = levels.reshape(*levels.shape[:2], -1).astype(np.float32) / 255
    return torch.from_numpy(whole.transpose(2, 0, 1).copy())


def drawn(text: str, size: int, fit: str = "pad") -> Tensor:
    """A text as a bitmap [1, size, size], light on dark, as large as it fits."""
    pillow = library()
    lines = [line.rstrip() for line in text.expandtabs().split("\n")][:LARGEST]
    while lines and not lines[-1]:
        lines.pop()
    left = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    lines = [line[left : left + LARGEST] for line in lines] or [" "]
    width, height = max(map(len, lines)) + 2, len(lines) + 1
    image = pillow.Image.new("L", (width * CELL[0], height * CELL[1]), 0)
    pen, font = pillow.ImageDraw.Draw(image), built_in(pillow)
    for row, line in enumerate(lines):
        for column, sign in enumerate(line):
            if sign != " ":
                sign = sign if " " < sign <= "ÿ" and sign.isprintable() else "#"
                at = (round((column + 1) * CELL[0]), round((row + 0.5) * CELL[1]))
                pen.text(at, sign, fill=255, font=font)
    return square(image, size, colour=False, fit=fit)


def load(path: Path) -> np.ndarray:
    """A file of our own as it is, bytes [T, T'] or [T, T', 3]."""
    with library().Image.open(path) as image:
        return np.asarray(image)


def built_in(pillow: Any) -> Any:
    """Pillow's small font of equal widths; other than its default, it needs no library."""
    plain = getattr(pillow.ImageFont, "load_default_imagefont", pillow.ImageFont.load_default)
    return plain()


def pixels(parts: Tensor) -> np.ndarray:
    """Channels [1 or 3, T, T] or colours [T, T, 3] as bytes [T, T] or [T, T, 3]."""
    array = parts if parts.shape[-1] == 3 else parts.permute(1, 2, 0)
    levels = (array.clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
    return levels[..., 0] if levels.shape[-1] == 1 else levels


def png(array: np.ndarray) -> bytes:
    """An array of bytes [T, T] or [T, T, 3] as a PNG."""
    buffer = io.BytesIO()
    library().Image.fromarray(array).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def sheet(rows: Sequence[Sequence[tuple[str, Tensor]]], gap: int = 8) -> np.ndarray:
    """Titled pictures in rows, as bytes [height, width, 3]; each is [1 or 3, T, T] or [T, T, 3]."""
    pillow = library()
    size = max(part.shape[1] for row in rows for _, part in row)
    wide, high = size + gap, size + gap + CELL[1] + 2
    board = (wide * max(map(len, rows)) + gap, high * len(rows) + gap)
    image = pillow.Image.new("RGB", board, "white")
    pen, font = pillow.ImageDraw.Draw(image), built_in(pillow)
    for down, row in enumerate(rows):
        for across, (title, part) in enumerate(row):
            x, y = gap + across * wide, gap + down * high
            pen.text((x, y), printable(title)[: size // CELL[0]], fill=0, font=font)
            image.paste(pillow.Image.fromarray(pixels(part)).convert("RGB"), (x, y + CELL[1] + 2))
    return np.asarray(image)


def printable(text: str) -> str:
    """A text in the letters that the font has."""
    return "".join(one if " " <= one <= "~" else "?" for one in text)
