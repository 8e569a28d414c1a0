"""Adoption: a checkpoint of the original becomes a finished run, which other commands find by name.

Used by `lab.pedigree`. Nothing in a file is ever run. The adopted individual computes what
nGPT-pytorch computes with the same tensors, which is checked.
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lab.config.schemas.pedigree import Pedigree
from lab.config.validation import check_name
from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary
from lab.models import individual
from lab.models.foreign.checkpoint import Adopted, adopt
from lab.records import Run, environment


def adopt_file(config: Pedigree) -> str:
    """Translate a checkpoint, write it as a finished run; what was found and assumed, in words."""
    path = Path(str(config.adopt)).expanduser()
    name = config.call or check_name(re.sub(r"[^A-Za-z0-9._-]+", "_", path.stem).lstrip(".-"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    adopted = adopt(path, asdict(config.assume))
    birth = certificate(config, adopted, name, path)
    told = {
        "sha256": digest,
        "context": birth["context"],
        "framing": birth["framing"],
        "assume": asdict(config.assume),
    }
    with Run(config.root, name, told, config.again) as run:
        if run.result is None:
            run.note_environment(environment())
            folder = run.folder / "checkpoint" / "step-00000000"
            identity = individual.save(folder, adopted.genotype, birth)
            run.finish(summary(adopted, identity))
        else:
            print(f"lab: {run.folder} is done already", file=sys.stderr)
        assert run.result is not None
        return card(name, run.folder, adopted, birth, run.result)


def certificate(config: Pedigree, adopted: Adopted, name: str, path: Path) -> dict[str, Any]:
    """The birth certificate; ValueError where its context is not known."""
    context = config.context or adopted.context
    if not isinstance(context, int) or context < 1:
        raise ValueError(
            f"{path.name} does not tell how many characters it was trained on at once: "
            "say context=..., since an nGPT knows no positions beyond"
        )
    known = adopted.characters
    vocabulary = Vocabulary.bytes() if known is None else Vocabulary(known)
    return {
        "name": name,
        "framing": framing(config.framing, vocabulary),
        "context": context,
        "parents": [],
        "vocabulary": vocabulary.to_dict(),
        "recipe": {
            "kind": "adopted",
            "sha256": adopted.sha256,
            "file": path.name,
            "variant": adopted.variant,
            "assumed": dict(adopted.assumed),
        },
    }


def framing(told: str | None, vocabulary: Vocabulary) -> str | None:
    """What was told; else conditional with SEP, unconditional with SOL and EOA alone, None."""
    if told is not None:
        return None if told == "none" else told
    if vocabulary.kind == "bytes" or not {SOL, EOA} <= set(vocabulary.characters):
        return None
    return "conditional" if SEP in vocabulary.characters else "unconditional"


def summary(adopted: Adopted, identity: str) -> dict[str, Any]:
    """What result.json says of an adoption."""
    architecture = adopted.genotype.architecture
    return {
        "individual": identity,
        "ended": "adopted",
        "parameters": architecture.num_parameters,
        "vocabulary": architecture.vocab_size,
        "architecture": architecture.to_dict(),
        "gap": adopted.gap,
        "assumed": dict(adopted.assumed),
    }


def card(
    name: str, folder: Path, adopted: Adopted, birth: dict[str, Any], result: dict[str, Any]
) -> str:
    """The adoption for people."""
    a = adopted.genotype.architecture
    assumed = ", ".join(f"{key}={value}" for key, value in adopted.assumed.items())
    return "\n".join(
        [
            f"{name}  {a.num_parameters:,} parameters, {a.vocab_size} characters",
            f"dim {a.dim}, depth {a.depth}, {a.heads} heads of {a.dim_head}, context "
            f"{birth['context']}, framing {birth['framing'] or 'none'}",
            f"same logits as nGPT-pytorch with the same tensors, to {result['gap']:.1e}",
            f"assumed, since neither tensors nor config tell: {assumed or 'nothing'}",
            f"written to {folder}/",
        ]
    )
