"""Hub format: an individual as a folder to publish, on the Hugging Face hub or anywhere.

The folder is a verified one: `model.safetensors` and `birth.json` as the lab saves them, weight
averages where there are any, `config.json` and a model card, `manifest.json` with every checksum.
The lab reads it by artist=FOLDER or artist=hub:OWNER/NAME. A LLaMA has `transformers/` there too.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from lab.exports import transformers_files
from lab.exports.formats import ExportBundle, ExportSource, export_format
from lab.exports.numpy_llama import NumpyLlama
from lab.models.individual import Individual
from lab.storage.verified_folder import build_manifest, read_verified_folder, readable_json

STORED_FILES = ("model.safetensors", "birth.json", "averages.safetensors")
WRITTEN_FILES = ("model.safetensors", "birth.json", "config.json", "README.md", "manifest.json")


@export_format("hub", files=WRITTEN_FILES, needs_card=True)
def hub_bundle(source: ExportSource, format_card: Callable[[Sequence[str]], str]) -> ExportBundle:
    """A folder to publish, of any kind; format_card makes the model card, ending in sentences."""
    llama_files, read, sentences = {}, None, []
    if source.genotype.architecture.kind == "llama":
        files = transformers_files.write_transformers_files(source.model, source.vocabulary)
        llama_files = {f"transformers/{name}": data for name, data in files.items()}
        sentences.append(
            "`transformers/` holds the same weights for Hugging Face transformers: "
            '`LlamaForCausalLM.from_pretrained(THIS_FOLDER, subfolder="transformers")`.'
        )

        def read(folder: Path) -> tuple[NumpyLlama, list[int]]:
            stored = {name: (folder / "transformers" / name).read_bytes() for name in files}
            return transformers_files.read_transformers_files(stored), list(
                range(len(source.vocabulary))
            )

    def usage(folder: Path) -> list[str]:
        quoted = shlex.quote(str(folder))
        return [
            shlex.join(["python", "-m", "lab.sample", f"artist={folder}"]),
            f"hf upload OWNER/NAME {quoted}",
        ]

    return ExportBundle(
        llama_files | hub_files(source.individual, format_card(sentences)), usage, read
    )


def hub_files(individual: Individual, model_card: str) -> dict[str, bytes]:
    """The folder's files by name, the manifest last."""
    stored = {
        name: data
        for name, data in read_verified_folder(individual.path).items()
        if name in STORED_FILES
    }
    architecture = individual.genotype.architecture
    stored["config.json"] = readable_json(
        {
            "model_type": f"model-breeding-lab-{architecture.kind}",
            "library": "model-breeding-lab",
            "id": individual.id,
            "parameters": architecture.num_parameters,
            "context": individual.birth.get("context"),
            "framing": individual.birth.get("framing"),
            "architecture": architecture.to_dict(),
        }
    )
    stored["README.md"] = model_card.encode()
    return stored | {"manifest.json": build_manifest(stored)}
