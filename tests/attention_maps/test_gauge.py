"""A gauge changes the factors of a head and never their products."""

import pytest
import torch

from lab.attention_maps.gauge import compute_coupling, fix_balanced_gauge, fix_gauge
from lab.attention_maps.low_rank_factors import Factors

G = torch.Generator().manual_seed(0)
N = torch.randn(8, 8, generator=G, dtype=torch.float64)
FACTORS = Factors(*(torch.randn(20, 4, generator=G, dtype=torch.float64) for _ in range(2)))
ONES = torch.ones(20, dtype=torch.float64)


@pytest.mark.parametrize("balanced", [False, True])
def test_the_products_stay(balanced: bool) -> None:
    coupling = compute_coupling(N, 4)
    if balanced:
        x, y = fix_balanced_gauge(FACTORS, coupling, separate_budgets=False)
    else:
        x, y = fix_gauge(FACTORS, coupling, ONES, ONES)
    products = (x @ coupling.left.mT) @ N @ (y @ coupling.right.mT).mT
    torch.testing.assert_close(products, FACTORS.scores)


def test_no_other_factors_cost_less() -> None:
    coupling = compute_coupling(N, 4)
    x, y = fix_gauge(FACTORS, coupling, ONES, ONES)
    cost = float(x.square().sum() + y.square().sum())
    for scale in (0.5, 2.0):
        moved = torch.diag(torch.tensor([scale, 1, 1, 1], dtype=torch.float64))
        assert cost < float((x @ moved).square().sum() + (y @ moved.inverse()).square().sum())


def test_the_balanced_gauge_shortens_the_longest_row() -> None:
    coupling = compute_coupling(N, 4)
    lengths = [
        (x.square() + y.square()).sum(1).max()
        for x, y in (
            fix_gauge(FACTORS, coupling, ONES, ONES),
            fix_balanced_gauge(FACTORS, coupling, separate_budgets=False),
        )
    ]
    assert lengths[1] <= lengths[0]


def test_a_null_query_meets_no_key_direction() -> None:
    query = torch.randn(8, generator=G, dtype=torch.float64)
    coupling = compute_coupling(N, 4, query)
    assert float((query @ N @ coupling.right).abs().max()) < 1e-12


def test_too_high_a_rank_is_refused() -> None:
    with pytest.raises(ValueError, match="this head has not 8 directions"):
        compute_coupling(N, 8, torch.ones(8, dtype=torch.float64))
