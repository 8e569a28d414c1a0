"""The one look of every figure: axes with units, and colours that the colour-blind tell apart.

Okabe & Ito 2008, "Color universal design", https://jfly.uni-koeln.de/color/. The only importer of
matplotlib, which is the extra `analysis`; no window is ever opened.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from lab.storage.atomic_file import write_files_atomic

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7",
)  # fmt: skip
COLOURS = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
RC_PARAMS: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "savefig.dpi": 144,
    "svg.hashsalt": "lab",
    "svg.fonttype": "none",
}


def create_axes(
    rows: int = 1, columns: int = 1, width: float = 6.4, height: float = 3.6, **options: Any
) -> tuple[Any, Any]:
    """A figure of width x height inches and its axes [rows, columns], or the one axis.

    ImportError, with the command that helps, where matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("figures need matplotlib: pip install '.[analysis]'") from None
    with rc_context(RC_PARAMS):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        return figure, figure.subplots(rows, columns, squeeze=rows * columns == 1, **options)


def set_title(axis: Any, text: str) -> None:
    """A title at the left, as everything is read."""
    axis.set_title(text, loc="left", fontsize=10)


def add_legend(axis: Any) -> None:
    """A legend without a frame, where something has a label."""
    if axis.get_legend_handles_labels()[0]:
        axis.legend(frameon=False)


def save_figure(figure: Any, path: Path) -> list[Path]:
    """Write path.png and path.svg, the same bytes for the same figure; return the two."""
    from matplotlib import rc_context

    files = {}
    with rc_context(RC_PARAMS):
        for suffix, metadata in (("png", {"Software": None}), ("svg", {"Date": None})):
            buffer = BytesIO()
            figure.savefig(buffer, format=suffix, metadata=metadata)
            files[path.with_name(f"{path.name}.{suffix}")] = buffer.getvalue()
    write_files_atomic(files)
    return list(files)


def value_colours(values: list[float]) -> list[tuple[float, float, float, float]]:
    """A colour for each value, low is light and high is dark; equal values get one colour."""
    from matplotlib import colormaps

    low, high = min(values), max(values)
    return [colormaps["cividis_r"]((v - low) / (high - low or 1.0)) for v in values]
