"""Import workflow: a foreign checkpoint becomes a finished run that commands find by name.

Used by `lab.pedigree adopt=FILE`. No code in a file is run. The imported individual is verified to
compute the same logits as nGPT-pytorch with the same tensors.
"""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.config.schemas.pedigree import PedigreeConfig
from lab.config.validation import check_name
from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary
from lab.models import individual
from lab.models.foreign.checkpoint import ImportedCheckpoint, import_foreign_checkpoint
from lab.models.foreign.untrusted_file import sha256_of_file
from lab.records import Run, environment
from lab.terminal.safe_output import emit

MAX_CONTEXT = 65_536  # characters, as in training


def import_as_run(config: PedigreeConfig) -> str:
    """Import a checkpoint as a finished run; return the card to print."""
    path = Path(str(config.adopt)).expanduser()
    name = config.as_name or check_name(re.sub(r"[^A-Za-z0-9._-]+", "_", path.stem).lstrip(".-"))
    digest = sha256_of_file(path)
    imported = import_foreign_checkpoint(path, asdict(config.assume))
    birth = imported_birth(config, imported, name, path)
    settings = {
        "sha256": digest,
        "context": birth["context"],
        "framing": birth["framing"],
        "assume": asdict(config.assume),
    }
    with Run(config.root, name, settings, config.again) as run:
        if run.result is None:
            run.note_environment(environment())
            folder = run.folder / "checkpoint" / "step-00000000"
            identity = individual.save_individual(folder, imported.genotype, birth)
            run.finish(summarise_import(imported, identity))
        else:
            emit(f"lab: {run.folder} is done already", file=sys.stderr)
        assert run.result is not None
        return format_import_card(name, run.folder, imported, birth, run.result)


def imported_birth(
    config: PedigreeConfig, imported: ImportedCheckpoint, name: str, path: Path
) -> dict[str, Any]:
    """Return the birth certificate; ValueError where the context length is unknown."""
    context = config.context or imported.context
    if isinstance(context, int) and context > MAX_CONTEXT:
        raise ValueError(
            f"{path.name} says a context of {context:,}: set context=..., at most {MAX_CONTEXT:,}"
        )
    if not isinstance(context, int) or context < 1:
        raise ValueError(
            f"{path.name} does not record its context length: "
            "set context=..., since an nGPT is not trained on positions beyond"
        )
    characters = imported.characters
    vocabulary = Vocabulary.byte_level() if characters is None else Vocabulary(characters)
    return {
        "name": name,
        "framing": infer_framing(config.as_framing, vocabulary),
        "context": context,
        "parents": [],
        "vocabulary": vocabulary.to_dict(),
        "recipe": {
            "kind": "adopted",
            "sha256": imported.sha256,
            "file": path.name,
            "variant": imported.variant,
            "assumed": dict(imported.assumed),
        },
    }


def infer_framing(configured: str | None, vocabulary: Vocabulary) -> str | None:
    """Return the configured framing, else infer it from the framing characters."""
    if configured is not None:
        return None if configured == "none" else configured
    if vocabulary.kind == "bytes" or not {SOL, EOA} <= set(vocabulary.characters):
        return None
    return "conditional" if SEP in vocabulary.characters else "unconditional"


def summarise_import(imported: ImportedCheckpoint, identity: str) -> dict[str, Any]:
    """Return the result.json of an import."""
    architecture = imported.genotype.architecture
    return {
        "individual": identity,
        "ended": "adopted",
        "parameters": architecture.num_parameters,
        "vocabulary": architecture.vocab_size,
        "architecture": architecture.to_dict(),
        "gap": imported.gap,
        "assumed": dict(imported.assumed),
    }


def format_import_card(
    name: str,
    folder: Path,
    imported: ImportedCheckpoint,
    birth: dict[str, Any],
    result: dict[str, Any],
) -> str:
    """Format the import as a card to print."""
    a = imported.genotype.architecture
    assumed = ", ".join(f"{key}={value}" for key, value in imported.assumed.items())
    return "\n".join(
        [
            f"{name}  {a.num_parameters:,} parameters, {a.vocab_size} characters",
            f"dim {a.dim}, depth {a.depth}, {a.heads} heads of {a.dim_head}, context "
            f"{birth['context']}, framing {birth['framing'] or 'none'}",
            f"same logits as nGPT-pytorch with the same tensors, to {result['gap']:.1e}",
            f"assumed, not recorded in tensors or config: {assumed or 'nothing'}",
            f"written to {folder}/",
        ]
    )
