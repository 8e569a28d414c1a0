"""Family tree workflow: an individual's pedigree as text, Mermaid or SVG, with its kinship."""

from __future__ import annotations

import re
from pathlib import Path

from lab.config.schemas.pedigree import PedigreeConfig
from lab.genealogy import family_tree
from lab.genealogy.kinship_report import family_page, pair_page
from lab.genealogy.registry import Registry
from lab.genealogy.tree_text import render_tree_text
from lab.genealogy.unsaved_generations import insert_generations
from lab.storage import atomic_file


def format_family_view(config: PedigreeConfig, registry: Registry, subject: str) -> str:
    """Return an individual's family as text in the view that the config asks for."""
    if config.beside is not None:
        return pair_page(registry, subject, registry.find(config.beside))
    drawn = insert_generations(registry.pedigree, subject)
    if config.view == "mermaid":
        return family_tree.render_tree_mermaid(drawn, subject)
    if config.view == "svg":
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", registry.name(subject)).lstrip(".-")
        path = Path(config.output or registry.root / f"{name}.pedigree.svg").expanduser()
        write_pedigree_svg(path, family_tree.render_tree_svg(drawn, subject))
        return f"written to {path}"
    tree = render_tree_text(drawn, subject)
    return f"{tree}\n\n{family_page(registry, subject)}"


def write_pedigree_svg(path: Path, picture: str) -> None:
    """Write a picture; OSError names its file or folder, never a temporary one."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent} is no folder: make it first, or set output=")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: say output={path}/tree.svg")
    try:
        atomic_file.write_atomic(path, picture.encode())
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise
