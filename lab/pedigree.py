"""Keep the family's book: who descends from whom, how alike they are, who can be made again.

    python -m lab.pedigree of=NAME                family tree, nearest common ancestor, kinship
    python -m lab.pedigree of=NAME view=svg       the tree as a picture; view=mermaid: for GitHub
    python -m lab.pedigree of=NAME beside=NAME    how two of them are related
    python -m lab.pedigree replay=NAME            breed a child again, compare bit for bit
    python -m lab.pedigree paternity=NAME         its parents, by weights alone
    python -m lab.pedigree paternity=NAME among=[NAME,NAME,NAME]
    python -m lab.pedigree survey='*'             kinship in every cross, as data for figures
    python -m lab.pedigree adopt=FILE             a checkpoint becomes experiments/<file's name>/
    python -m lab.pedigree adopt=FILE as_name=oldA   the same under another name
    python -m lab.pedigree adopt=FILE context=512 framing=conditional assume.norm_qk=false

NAME is a run's name, its folder, or the first 6 digits of an id or more. A replay that differs ends
with exit code 1. Nothing in an adopted file is ever run; it computes what nGPT-pytorch computes
with the same tensors, which is checked.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from lab.config import command
from lab.config.schemas.pedigree import PedigreeConfig
from lab.genealogy import family_tree
from lab.genealogy.kinship_report import family_page, pair_page
from lab.genealogy.kinship_survey import write_kinship_survey
from lab.genealogy.parentage_report import parentage_page
from lab.genealogy.registry import Registry
from lab.storage import atomic_file
from lab.workflows.import_checkpoint import import_as_run
from lab.workflows.verify_replay import verify_replay

EXIT_DIFFERENT = 1  # the exit code of a replay


@command("pedigree", PedigreeConfig)
def main(config: PedigreeConfig) -> None:
    """Do the one thing that was asked for."""
    if config.adopt is not None:
        print(import_as_run(config))
        return
    registry = Registry(config.root)
    if config.of is not None:
        print(format_family_view(config, registry, registry.find(config.of)))
    elif config.survey is not None:
        print(f"written to {write_kinship_survey(registry, config.survey)}")
    elif config.paternity is not None:
        print(parentage_page(registry, registry.find(config.paternity), config.among))
    else:
        same, text = verify_replay(registry, registry.find(str(config.replay)), config.data)
        print(text)
        if not same:
            sys.exit(EXIT_DIFFERENT)


def format_family_view(config: PedigreeConfig, registry: Registry, subject: str) -> str:
    """The family of an individual in the view that was asked for."""
    if config.beside is not None:
        return pair_page(registry, subject, registry.find(config.beside))
    if config.view == "mermaid":
        return family_tree.render_tree_mermaid(registry.pedigree, subject)
    if config.view == "svg":
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", registry.name(subject)).lstrip(".-")
        path = Path(config.output or registry.root / f"{name}.pedigree.svg").expanduser()
        write_pedigree_svg(path, family_tree.render_tree_svg(registry.pedigree, subject))
        return f"written to {path}"
    tree = family_tree.render_tree_text(registry.pedigree, subject)
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


if __name__ == "__main__":
    main()
