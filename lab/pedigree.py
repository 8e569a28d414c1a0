"""Read the pedigree: family trees, kinship, replay of births, parentage by weights, adoption.

    python -m lab.pedigree of=NAME                family tree, nearest common ancestor, kinship
    python -m lab.pedigree of=NAME view=svg       the tree as a picture; view=mermaid: for GitHub
    python -m lab.pedigree of=NAME beside=NAME    how two individuals are related
    python -m lab.pedigree replay=NAME            breed a child again, compare bit for bit
    python -m lab.pedigree paternity=NAME         its parents, by weights alone
    python -m lab.pedigree paternity=NAME among=[NAME,NAME,NAME]
    python -m lab.pedigree survey='*'             kinship in every cross, as data for figures
    python -m lab.pedigree adopt=FILE             a checkpoint becomes experiments/<file's name>/
    python -m lab.pedigree adopt=FILE as_name=oldA   the same under another name
    python -m lab.pedigree adopt=FILE context=512 as_framing=conditional assume.norm_qk=false

NAME is a run's name, its folder, or the first 6 digits of an id or more. A replay that differs ends
with exit code 1. Nothing in an adopted file is ever run; it computes what nGPT-pytorch computes
with the same tensors, which is checked.
"""

from __future__ import annotations

import sys

from lab.config import command
from lab.config.schemas.pedigree import PedigreeConfig
from lab.terminal.safe_output import emit

EXIT_DIFFERENT = 1  # exit code of a replay whose bits differ


@command("pedigree", PedigreeConfig)
def main(config: PedigreeConfig) -> None:
    """Do the one thing that the config asks for: import, view, survey, parentage or replay."""
    if config.adopt is not None:
        from lab.workflows.import_checkpoint import import_as_run

        emit(import_as_run(config))
        return
    from lab.genealogy.kinship_survey import write_kinship_survey
    from lab.genealogy.parentage_report import parentage_page
    from lab.genealogy.registry import Registry
    from lab.workflows.pedigree import format_family_view
    from lab.workflows.verify_replay import verify_replay

    registry = Registry(config.root)
    if config.of is not None:
        emit(format_family_view(config, registry, registry.find(config.of)))
    elif config.survey is not None:
        emit(f"written to {write_kinship_survey(registry, config.survey)}")
    elif config.paternity is not None:
        emit(parentage_page(registry, registry.find(config.paternity), config.among))
    else:
        same, text = verify_replay(registry, registry.find(str(config.replay)), config.data)
        emit(text)
        if not same:
            sys.exit(EXIT_DIFFERENT)


if __name__ == "__main__":
    main()
