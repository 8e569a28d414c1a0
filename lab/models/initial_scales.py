"""Initial scales: the effective and the raw value that each kind of scale is initialised to.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131,
section 2.5: a scale is stored as a raw parameter and used as raw * init / raw_init, so that Adam's
steps are of the same relative size for every scale.
"""

from __future__ import annotations

from lab.models.architecture import Architecture


def scale_constants(architecture: Architecture) -> dict[str, tuple[float, float]]:
    """Return (effective, raw) initial values by the last part of a scale block's name."""
    a = architecture
    return {
        "s_qk": (a.s_qk_init, 1 / a.dim),
        "alpha": (a.alpha, a.dim**-0.5),
        "s_u": (1.0, 1.0),
        "s_v": (1.0, 1.0),
        "s_z": (a.s_logit_init, a.dim**-0.5),
        "norm": (1.0, 1.0),
        "norm_q": (a.s_qk_init, 1.0),
        "norm_k": (1.0, 1.0),
        "gain": (a.alpha, a.dim**-0.5),
    }
