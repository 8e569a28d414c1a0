"""Sampling benchmark: the cached sampler beside nGPT-pytorch's decoding and memory bandwidth.

lucidrains, nGPT-pytorch 0.2.16, train.py, https://github.com/lucidrains/nGPT-pytorch (its
`base_decoding`, rewritten here from what it computes: the whole forward anew for each character).

Both have the same weights and one thread. Ours samples all pieces from end to end, preparation
included, by torch's decoder and, with the extra `fast`, by Numba's. The peer is timed at a few
lengths, and its time to the full length is integrated by the trapezoidal rule. Rounds alternate;
figures are medians of process CPU time (wall time on CUDA).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lab.generation.ngpt_decoder import NgptDecoder
from lab.generation.sampler import MakeDecoder, Sampling, sample
from lab.kernels.numba_options import is_numba_installed
from lab.models.architecture import Architecture
from lab.models.foreign.ngpt_pytorch import library_model, to_library
from lab.models.genotype import Genotype, founder
from lab.training.flops import measure_seconds

SIZES = {
    "debug": Architecture(107, 32, 2, 2, 16, s_logit_init=10.0),
    "3.18M": Architecture(107, 256, 4, 4, 64, s_logit_init=10.0),
}
LENGTHS = (
    1,
    1 / 8,
    1 / 4,
    1 / 2,
    3 / 4,
    1,
)  # lengths at which the peer is timed: 1 character, then shares
GREEDY = 48  # characters that both decode greedily, with equal results
THRESHOLD = 0.9  # the peer's default: the most probable tenth of the characters is kept

COLUMNS = {
    "speed": "characters a second, all pieces together, from the first to the full length",
    "peer_speed": "the same of nGPT-pytorch's base_decoding, integrated over calls at some lengths",
    "ratio": "speed over the peer's",
    "over_torch": "seconds of ours by torch's decoder over those of this row",
    "step_ms": "mean time of one step of ours, in which each piece gets a character",
    "peer_first_ms": "one step of the peer at its first character",
    "peer_last_ms": "one step of the peer at the full length",
    "floor_ms": "bytes that a mean step of ours must read, weights and cache / measured read rate",
    "of_floor": "share of the floor in the step's time: 1 is the limit of the memory",
    "same_greedy": f"1: both write the same {GREEDY} characters at temperature 0",
}


def run(
    size: str = "3.18M", batches: Sequence[int] = (1, 16, 64), length: int = 1024, rounds: int = 3
) -> dict[str, dict[str, Any]]:
    """Measure each batch size; return rows of COLUMNS, named "3.18M batch 16".

    ValueError for an unknown size, an empty batch, or a length below 8.
    """
    if size not in SIZES:
        raise ValueError(f"subject.size: no {size}, choose one of {', '.join(SIZES)}")
    if rounds < 1 or length < 8 or not batches or min(batches) < 1:
        raise ValueError("subject: at least one round, 8 characters and batches of 1 are needed")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    genotype = founder(SIZES[size], torch.Generator().manual_seed(0))
    model = ngpt_pytorch_peer(genotype).to(device)
    table: dict[str, dict[str, Any]] = {}
    for batch in batches:
        for kernels, row in _measure(genotype, model, batch, length, rounds, device).items():
            suffix = "" if kernels == "torch" else f" {kernels}"
            table[f"{size} batch {batch}{suffix}"] = row
    return table


def available_decoders(a: Architecture, device: torch.device) -> dict[str, MakeDecoder]:
    """Return the decoders of a model that can run here, by the names of their kernels."""
    decoders: dict[str, MakeDecoder] = {"torch": NgptDecoder}
    if is_numba_installed():
        from lab.generation.numba_decoder import NumbaDecoder, is_supported

        if is_supported(a, device):
            decoders["numba"] = NumbaDecoder
    return decoders


def ngpt_pytorch_peer(genotype: Genotype) -> nn.Module:
    """Return nGPT-pytorch's module as in its train.py, with these weights."""
    model = library_model(genotype.architecture, parametrize=True)
    model.load_state_dict(to_library(genotype, parametrize=True))
    return model.eval()


def base_decoding_step(model: nn.Module, out: Tensor, temperature: float = 1.0) -> Tensor:
    """Compute one step of base_decoding: out [B, T] with one more character, [B, T + 1].

    The largest tenth of the logits is kept and divided by the temperature; Gumbel-max sampling.
    """
    logits = model(out)[:, -1]
    value, index = logits.topk(math.ceil((1 - THRESHOLD) * logits.shape[-1]))
    logits = torch.full_like(logits, float("-inf")).scatter_(-1, index, value)
    uniform = torch.zeros_like(logits).uniform_(0, 1)
    noise = -(-uniform.clamp_min(1e-20).log()).clamp_min(1e-20).log()
    sampled = (logits / max(temperature, 1e-10) + noise).argmax(-1, keepdim=True)
    return torch.cat((out, sampled), dim=-1)


def _measure(
    genotype: Genotype, model: nn.Module, batch: int, length: int, rounds: int, device: torch.device
) -> dict[str, dict[str, Any]]:
    prefixes = [np.array([row % genotype.architecture.vocab_size]) for row in range(batch)]
    sizes = sorted({max(1, round((length - 1) * part)) for part in LENGTHS[1:]} | {1})
    texts = {n: torch.ones(batch, n, dtype=torch.long, device=device) for n in sizes}

    def sample_ours(
        kernels: str, length: int = length, sampling: Sampling | None = None
    ) -> list[np.ndarray]:
        return sample(
            genotype, prefixes, range(batch), sampling or Sampling(),
            length=length, stop=None, device=device, make_decoder=decoders[kernels],
        )  # fmt: skip

    decoders = available_decoders(genotype.architecture, device)
    timings: dict[int, list[float]] = {n: [] for n in sizes}
    ours: dict[str, list[float]] = {name: [] for name in decoders}
    greedy = Sampling(temperature=0.0)
    with torch.no_grad():
        is_same_greedy = {
            name: _is_same_greedy(model, prefixes, sample_ours(name, 1 + GREEDY, greedy), device)
            for name in decoders
        }
        base_decoding_step(model, texts[sizes[-1]])
        for _ in range(rounds):
            for n in sizes:
                timings[n].append(
                    measure_seconds(partial(base_decoding_step, model, texts[n]), device)
                )
            for name, seconds_of in ours.items():
                seconds_of.append(measure_seconds(partial(sample_ours, name), device))
    seconds = {n: statistics.median(times) for n, times in timings.items()}
    total = float(np.trapezoid([seconds[n] for n in sizes], sizes)) + seconds[1]
    written, floor = (
        batch * (length - 1),
        _memory_floor(genotype.architecture, batch, length, device),
    )
    torch_seconds = statistics.median(ours["torch"])

    def row(name: str) -> dict[str, Any]:
        own = statistics.median(ours[name])
        return {
            "speed": written / own,
            "peer_speed": written / total,  # lengths 1 to length - 1, inclusive
            "ratio": total / own,
            "over_torch": torch_seconds / own,
            "step_ms": 1e3 * own / (length - 1),
            "peer_first_ms": 1e3 * seconds[1],
            "peer_last_ms": 1e3 * seconds[sizes[-1]],
            "floor_ms": 1e3 * floor,
            "of_floor": floor / (own / (length - 1)),
            "same_greedy": int(is_same_greedy[name]),
        }

    return {name: row(name) for name in decoders}


def _is_same_greedy(
    model: nn.Module, prefixes: list[np.ndarray], lab_texts: list[np.ndarray], device: torch.device
) -> bool:
    """Whether the peer decodes the same pieces at temperature 0."""
    peer_texts = torch.from_numpy(np.stack(prefixes)).to(device)
    for _ in range(GREEDY):
        peer_texts = base_decoding_step(model, peer_texts, temperature=0.0)
    return bool(np.array_equal(peer_texts.cpu().numpy(), np.stack(lab_texts)))


def _memory_floor(a: Architecture, batch: int, length: int, device: torch.device) -> float:
    """Return the seconds to read all weights once and each KV cache at half the length."""
    buffer = torch.ones(16_000_000, device=device)
    rate = 4 * buffer.numel() / min(measure_seconds(buffer.sum, device) for _ in range(10))
    return 4 * (a.num_rows * a.dim + batch * a.depth * 2 * a.inner * length / 2) / rate
