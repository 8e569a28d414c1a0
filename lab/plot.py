"""Plot the figures of a study, or of a gallery, as PNG and SVG.

    python -m lab.plot                                       every cross under experiments/
    python -m lab.plot root=experiments/vigor-laptop         a study of its own folder
    python -m lab.plot study='shared_ancestor*'              crosses of these names only
    python -m lab.plot gallery=galleries/styles.samples.jsonl

The records decide which figures there are: interpolation curves, forests of effects, the
decomposition of vigor, domains, generations, the family tree, kinship. No window opens.
"""

from __future__ import annotations

from pathlib import Path

from lab.config import command
from lab.config.schemas.plot import PlotConfig
from lab.terminal.safe_output import emit


@command("plot", PlotConfig)
def main(config: PlotConfig) -> None:
    """Draw the figures that the config names and print their paths."""
    from lab.figures.axes_style import save_figure
    from lab.storage.contained_names import portable_file_name
    from lab.workflows.plot import gallery_figures, study_figures

    root = Path(config.root).expanduser()
    folder = Path(config.output).expanduser() if config.output else root / "figures"
    figures = (
        gallery_figures(config.gallery) if config.gallery else study_figures(root, config.study)
    )
    for name, figure in figures:
        emit(*save_figure(figure, folder / portable_file_name(name)))


if __name__ == "__main__":
    main()
