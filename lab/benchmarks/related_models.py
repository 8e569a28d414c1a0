"""Related models: two parents trained from one ancestor for a benchmark, and held-out windows.

The ancestor is trained on both halves of the bestiary, then each parent on one half, in a minute:
enough for children at different alphas to differ as those of real parents do.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import torch

from lab.benchmarks.loops import AVERAGING, BETAS, EPSILON, RATE
from lab.benchmarks.training import BenchmarkSize
from lab.corpora.batches import TextBatches
from lab.corpora.bestiary import LABELS_A, draw_bestiary
from lab.corpora.vocabulary import Vocabulary
from lab.models.genotype import Genotype, founder
from lab.training.learner import Learner
from lab.training.optimizers import adam
from lab.training.precision import Arithmetic

HELD_OUT_EVERY = 5  # every fifth piece is held out, the others are trained on


def train_related_parents(
    size: BenchmarkSize, steps: int, arithmetic: Arithmetic
) -> tuple[Genotype, Genotype]:
    """Train two parents: an ancestor for `steps` steps, then half as many on either half."""
    torch.set_float32_matmul_precision(arithmetic.matmul)
    start = founder(size.architecture, torch.Generator().manual_seed(0))
    creatures, objects = _corpus_ids()[:2]
    both = np.concatenate([creatures, objects])
    ancestor = _train(start, both, size, steps, arithmetic)
    return (
        _train(ancestor, creatures, size, steps // 2, arithmetic),
        _train(ancestor, objects, size, steps // 2, arithmetic),
    )


def held_out_windows(context: int) -> list[np.ndarray]:
    """Return windows of context + 1 ids of the held-out pieces, in a mixed order."""
    ids = _corpus_ids()[2].astype(np.int64)
    starts = np.arange(0, len(ids) - context, context)
    return [
        ids[start : start + context + 1] for start in np.random.default_rng(0).permutation(starts)
    ]


@lru_cache(maxsize=1)
def _corpus_ids() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ids of the creatures and the objects trained on, and of the held-out pieces."""
    all_pieces = draw_bestiary()
    vocabulary = Vocabulary.from_texts(piece.art for piece in all_pieces)
    parts: tuple[list[str], list[str], list[str]] = [], [], []
    for number, piece in enumerate(all_pieces):
        half = 0 if piece.label in LABELS_A else 1
        parts[half if number % HELD_OUT_EVERY else 2].append(piece.art)
    creatures, objects, held_out = (vocabulary.encode("\n\n".join(part)) for part in parts)
    return creatures, objects, held_out


def _train(
    genotype: Genotype, ids: np.ndarray, size: BenchmarkSize, steps: int, arithmetic: Arithmetic
) -> Genotype:
    make_optimizer = partial(adam, lr=RATE, beta1=BETAS[0], beta2=BETAS[1], eps=EPSILON)
    learner = Learner(genotype, make_optimizer, arithmetic, AVERAGING)
    batches = TextBatches(ids, size.context, size.rows, seed=0)
    for _ in range(steps):
        learner.step(batches.next(), factor=1.0, clip=0.0, accumulate=1)
    return learner.genotype()
