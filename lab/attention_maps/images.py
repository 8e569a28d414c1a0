"""Images: files, drawings and texts as square bitmaps, and bitmaps as files.

Pillow reads and writes them: the extra `display`, or `analysis`, brings it. Texts are drawn with
its built-in font, 6 x 11 pixels a character, light on dark.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "PPM")  # no PostScript: it is a program to run
MAX_PIXELS = 64_000_000  # of a file; 12 bytes each while it is read
TOO_LARGE = f"more than {MAX_PIXELS:,} pixels: make it smaller"
INSTALL = "pip install 'model-breeding-lab[display]'"
CELL_SIZE = (6, 11)  # pixels of a character, across and down
MAX_LINES_AND_COLUMNS = 400  # lines and columns of a drawing; the rest is cut


def import_pillow() -> Any:
    """Import Pillow; ValueError says what to install where it is missing."""
    try:
        import PIL.Image
        import PIL.ImageDraw
        import PIL.ImageFont
        import PIL.ImageOps
    except ImportError:
        raise ValueError(f"pictures need Pillow: {INSTALL}") from None
    return PIL


def read_image(path: Path, size: int, colour: bool = False, fit: str = "pad") -> Tensor:
    """Read a file as channels [1 or 3, size, size] in [0, 1], upright as its Exif says.

    ValueError names a file that is no picture of FORMATS, is damaged, or exceeds MAX_PIXELS.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is no file")
    pillow = import_pillow()
    try:
        with warnings.catch_warnings():  # the limit here is lower than the one that Pillow warns of
            warnings.simplefilter("ignore", pillow.Image.DecompressionBombWarning)
            image = pillow.Image.open(path, formats=FORMATS)
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"it has {image.width} x {image.height} pixels, {TOO_LARGE}")
            upright = to_eight_bits(pillow.ImageOps.exif_transpose(image))
            return fit_to_square(upright, size, colour, fit)
    except pillow.Image.DecompressionBombError:
        fault: object = TOO_LARGE
    except OSError as error:  # a missing file says its name, a truncated or unknown one does not
        if error.errno is not None:
            raise
        fault = error
    except Exception as error:  # a damaged file raises whatever its bytes lead to
        fault = error
    raise ValueError(f"{path} is no picture that can be read: {fault}")


def to_eight_bits(image: Any) -> Any:
    """A Pillow image of 16 or 32 bits of grey by its highest 8, as libpng takes them of colours.

    Pillow's own `convert` would clip it to white instead.
    """
    if not image.mode.startswith("I"):
        return image
    levels = np.asarray(image).astype(np.int64).clip(0)
    shift = 8 if levels.max(initial=0) <= 65535 else 23
    return import_pillow().Image.fromarray((levels >> shift).astype(np.uint8))


def fit_to_square(image: Any, size: int, colour: bool, fit: str) -> Tensor:
    """Fit a Pillow image to a square: stretched, whole on its border colour, or inside.

    inside: at half the size in the lower left quarter, which a single causal head shows completely.
    """
    pillow = import_pillow()
    if fit == "inside":
        small = fit_to_square(image, size // 2, colour, "pad")
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
    return bytes_to_channels(np.asarray(image.resize((size, size))))


def bytes_to_channels(levels: np.ndarray) -> Tensor:
    """Convert bytes [T, T] or [T, T, 3] to channels [1 or 3, T, T] in [0, 1]."""
    whole = levels.reshape(*levels.shape[:2], -1).astype(np.float32) / 255
    return torch.from_numpy(whole.transpose(2, 0, 1).copy())


def render_text_image(text: str, size: int, fit: str = "pad") -> Tensor:
    """Render a text as a bitmap [1, size, size], light on dark, as large as it fits."""
    pillow = import_pillow()
    lines = [line.rstrip() for line in text.expandtabs().split("\n")][:MAX_LINES_AND_COLUMNS]
    while lines and not lines[-1]:
        lines.pop()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    lines = [line[indent : indent + MAX_LINES_AND_COLUMNS] for line in lines] or [" "]
    width, height = max(map(len, lines)) + 2, len(lines) + 1
    image = pillow.Image.new("L", (width * CELL_SIZE[0], height * CELL_SIZE[1]), 0)
    pen, font = pillow.ImageDraw.Draw(image), load_builtin_font(pillow)
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            if character != " ":
                character = character if " " < character <= "ÿ" and character.isprintable() else "#"
                position = (round((column + 1) * CELL_SIZE[0]), round((row + 0.5) * CELL_SIZE[1]))
                pen.text(position, character, fill=255, font=font)
    return fit_to_square(image, size, colour=False, fit=fit)


def load_image_array(path: Path) -> np.ndarray:
    """Load an image file that the lab wrote, bytes [T, T'] or [T, T', 3]."""
    with import_pillow().Image.open(path, formats=("PNG",)) as image:
        return np.asarray(image)


def load_builtin_font(pillow: Any) -> Any:
    """Load Pillow's small monospaced font, which needs no font library."""
    load_font = getattr(pillow.ImageFont, "load_default_imagefont", pillow.ImageFont.load_default)
    return load_font()


def channels_to_bytes(parts: Tensor) -> np.ndarray:
    """Convert channels [1 or 3, T, T] or colours [T, T, 3] to bytes [T, T] or [T, T, 3]."""
    array = parts if parts.shape[-1] == 3 else parts.permute(1, 2, 0)
    levels = (array.clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
    return levels[..., 0] if levels.shape[-1] == 1 else levels


def encode_png(array: np.ndarray) -> bytes:
    """Encode an array of bytes [T, T] or [T, T, 3] as a PNG."""
    buffer = io.BytesIO()
    import_pillow().Image.fromarray(array).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def compose_image_sheet(rows: Sequence[Sequence[tuple[str, Tensor]]], gap: int = 8) -> np.ndarray:
    """Compose rows of titled pictures [1 or 3, T, T] or [T, T, 3]; bytes [height, width, 3]."""
    pillow = import_pillow()
    size = max(part.shape[1] for row in rows for _, part in row)
    cell_width, cell_height = size + gap, size + gap + CELL_SIZE[1] + 2
    board_size = (cell_width * max(map(len, rows)) + gap, cell_height * len(rows) + gap)
    image = pillow.Image.new("RGB", board_size, "white")
    pen, font = pillow.ImageDraw.Draw(image), load_builtin_font(pillow)
    for row_index, row in enumerate(rows):
        for column_index, (title, part) in enumerate(row):
            x, y = gap + column_index * cell_width, gap + row_index * cell_height
            pen.text((x, y), replace_unprintable(title)[: size // CELL_SIZE[0]], fill=0, font=font)
            image.paste(
                pillow.Image.fromarray(channels_to_bytes(part)).convert("RGB"),
                (x, y + CELL_SIZE[1] + 2),
            )
    return np.asarray(image)


def replace_unprintable(text: str) -> str:
    """Replace the characters that the font lacks."""
    return "".join(character if " " <= character <= "~" else "?" for character in text)
