"""A KV cache gives the logits of the whole forward pass, in any pieces, and can be rewound."""

from typing import Any

import numpy as np
import pytest
import torch

from lab.generation.kv_cache import KVCache, certified_argmax
from lab.models import network
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

CPU = torch.device("cpu")
IDS = np.random.default_rng(0).integers(0, 11, (2, 12))


def model(**changes: Any) -> Genotype:
    shape = Architecture(11, 16, 2, 4, 4, **changes)
    return founder(shape, torch.Generator().manual_seed(0))


def whole(genotype: Genotype) -> torch.Tensor:
    ids = torch.from_numpy(IDS)
    with torch.no_grad():
        return network.forward(genotype.architecture, genotype.rows, genotype.scales, ids)


@pytest.mark.parametrize("changes", [{}, {"kind": "llama"}, {"kind": "sandwich", "kv_heads": 2}])
@pytest.mark.parametrize("sizes", [(12,), (1,) * 12, (5, 1, 6)])
def test_pieces_of_any_size_give_the_same_logits(
    changes: dict[str, Any], sizes: tuple[int, ...]
) -> None:
    genotype = model(**changes)
    cache, ends = KVCache(genotype, 2, 12, CPU), np.cumsum(sizes)
    logits = [cache.read(IDS[:, end - size : end]) for size, end in zip(sizes, ends, strict=True)]
    torch.testing.assert_close(torch.cat(logits, 1), whole(genotype), rtol=1e-4, atol=1e-5)


def test_a_rewound_cache_forgets_what_followed() -> None:
    genotype = model()
    cache = KVCache(genotype, 2, 12, CPU)
    cache.read(IDS[:, ::-1].copy()[:, :8])
    cache.positions[:] = 0
    torch.testing.assert_close(cache.read(IDS), whole(genotype), rtol=1e-4, atol=1e-5)


def test_there_is_no_room_beyond_the_length() -> None:
    with pytest.raises(ValueError, match="room for 11 ids, not 12"):
        KVCache(model(), 2, 11, CPU).read(IDS)


def test_a_tie_is_not_certified() -> None:
    best, certified = certified_argmax(torch.tensor([[0.0, 1.0, 3.0], [2.0, 2.0, 0.0]]))
    assert best[0] == 2 and certified.tolist() == [True, False]
