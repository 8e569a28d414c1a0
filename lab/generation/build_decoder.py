"""Decoder choice: the fastest decoder of a model, for as many characters as are wanted."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import torch

from lab.generation.batch_decoder import BatchDecoder
from lab.generation.ngpt_decoder import NgptDecoder
from lab.kernels.numba_options import is_numba_installed
from lab.models.genotype import Genotype

NUMBA_MIN_CHARACTERS = 8192  # what pays for importing Numba, about a second


def build_decoder(
    genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
) -> BatchDecoder:
    """Return the fastest decoder for a genotype of this kind; prefixes become `length` ids long.

    Numba is used where it is installed and supports the model, once the work pays for importing
    it. The sampled pieces do not depend on the decoder.
    """
    architecture = genotype.architecture
    if architecture.kind != "ngpt":
        return BatchDecoder(genotype, prefixes, length, device)
    is_long = len(prefixes) * length >= NUMBA_MIN_CHARACTERS or "numba" in sys.modules
    if is_long and is_numba_installed():
        from lab.generation.numba_decoder import NumbaDecoder, is_supported

        if is_supported(architecture, device):
            return NumbaDecoder(genotype, prefixes, length, device)
    return NgptDecoder(genotype, prefixes, length, device)
