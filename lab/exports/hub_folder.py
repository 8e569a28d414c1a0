"""Hub: an individual as a folder to publish, on the Hugging Face hub or anywhere.

The folder is a sealed one: `model.safetensors` and `birth.json` as the lab saves them, weight
averages where there are any, `config.json` and a model card, `manifest.json` with every checksum.
Whoever has the lab says artist=FOLDER or artist=hub:OWNER/NAME. A LLaMA lies there as
`transformers/` too.
"""

from __future__ import annotations

from lab.models.individual import Individual
from lab.storage.verified_folder import build_manifest, read_verified_folder, readable_json

STORED_FILES = ("model.safetensors", "birth.json", "averages.safetensors")


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
