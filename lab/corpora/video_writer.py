"""Video writer: pictures encoded as an animated GIF or an MP4 file.

Pillow, https://python-pillow.org, writes the one; PyAV, https://pyav.basswood-io.com, the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from lab.corpora.video_reader import INSTALL_FILM, import_pyav
from lab.storage.atomic_file import atomic_path


def write_video(path: Path, pictures: Sequence[np.ndarray], rate: float, colours: int = 64) -> None:
    """Write bytes [H, W] or [H, W, 3] as a .gif or .mp4, atomically; rate in frames a second.

    colours limits the palette of a GIF's coloured pictures. ValueError says what is not installed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as staged:
        if path.suffix == ".gif":
            _write_gif(staged, pictures, rate, colours)
        else:
            _write_mp4(staged, pictures, rate)


def _write_gif(path: Path, film: Sequence[np.ndarray], rate: float, colours: int) -> None:
    try:
        from PIL import Image
    except ImportError:
        raise ValueError(f"a GIF needs Pillow: {INSTALL_FILM}") from None
    images = [Image.fromarray(picture) for picture in film]
    images = [image if image.mode == "L" else image.quantize(colours) for image in images]
    duration = max(20, 10 * round(100 / rate))  # ms; a GIF counts in hundredths of a second
    images[0].save(
        path, "GIF", save_all=True, append_images=images[1:], duration=duration, loop=0,
        optimize=True,
    )  # fmt: skip


def _write_mp4(path: Path, film: Sequence[np.ndarray], rate: float) -> None:
    av: Any = import_pyav()
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=Fraction(rate).limit_denominator(1000))
        stream.height, stream.width = (side + side % 2 for side in film[0].shape[:2])
        stream.pix_fmt = "yuv420p"
        for picture in film:
            edges = [(0, side % 2) for side in picture.shape[:2]] + [(0, 0)] * (picture.ndim - 2)
            pixel_format = "gray" if picture.ndim == 2 else "rgb24"
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.pad(picture, edges), pixel_format))
            )
        container.mux(stream.encode())  # frames that the codec has buffered
