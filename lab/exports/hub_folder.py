"""Hub: an individual as a folder to publish, on the Hugging Face hub or anywhere.

The folder is a sealed one: `model.safetensors` and `birth.json` as the lab saves them, weight
averages where there are any, `config.json` and a model card, `manifest.json` with every checksum.
Whoever has the lab says artist=FOLDER or artist=hub:OWNER/NAME. A LLaMA lies there as
`transformers/` too.
"""

from __future__ import annotations

from lab.models.individual import Individual
from lab.storage.verified_folder import manifest, pretty, verified

KEPT = ("model.safetensors", "birth.json", "averages.safetensors")


def files(one: Individual, card: str) -> dict[str, bytes]:
    """The folder's files by name, the manifest last."""
    stored = {name: data for name, data in verified(one.path).items() if name in KEPT}
    architecture = one.genotype.architecture
    stored["config.json"] = pretty(
        {
            "model_type": f"model-breeding-lab-{architecture.kind}",
            "library": "model-breeding-lab",
            "id": one.id,
            "parameters": architecture.num_parameters,
            "context": one.birth.get("context"),
            "framing": one.birth.get("framing"),
            "architecture": architecture.to_dict(),
        }
    )
    stored["README.md"] = card.encode()
    return stored | {"manifest.json": manifest(stored)}
