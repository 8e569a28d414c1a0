"""Numba decoder: the decoding step of an nGPT on a CPU by the compiled loops of lab.kernels.

Its logits differ from the other decoders' in the last bits; the pieces sampled are the same, since
`sampler` repeats a draw that rounding could change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lab.generation.ngpt_decoder import DecoderLayer, NgptDecoder
from lab.kernels import decoding_step
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype


def is_supported(architecture: Architecture, device: torch.device) -> bool:
    """Whether this decoder computes such a model: an nGPT with straight residuals, on a CPU."""
    a = architecture
    return a.kind == "ngpt" and a.residual == "lerp" and device.type == "cpu"


class NumbaDecoder(NgptDecoder):
    """An nGPT decoder; one sequence alone has its products in the same loops."""

    def __init__(
        self, genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
    ) -> None:
        """Allocate room for prefixes to become `length` ids long; call `prefill` first."""
        super().__init__(genotype, prefixes, length, device)
        self.arrays = [_layer_arrays(layer) for layer in self.layers]
        table = self.rotary_table
        self.cosine, self.sine = table.real.contiguous().numpy(), table.imag.contiguous().numpy()
        self._view_workspace()

    def step(self, ids: np.ndarray) -> Tensor:
        """Append one id [B] to each sequence; logits [B, V], valid until the next step."""
        workspace, positions, slot = self.workspace, self.positions.numpy(), self.next_slot
        torch.index_select(self.weights.embed, 0, torch.from_numpy(ids), out=workspace.x)
        rotations = self.cosine[positions], self.sine[positions]
        starts = slot - positions
        caches = self.kv.numpy()
        for index in range(self.a.depth):
            first_values = caches[0, :, 1, :, slot]
            mixes = self.a.value_residual and index > 0
            state = (self.a.norm_qk, first_values, mixes, caches[index])
            if len(ids) == 1:
                self._step_one(index, rotations, state, int(starts[0]), slot)
            else:
                self._step_many(index, rotations, state, starts, slot)
        self.positions += 1
        self.next_slot += 1
        if len(ids) == 1:
            decoding_step.matrix_product(self.x[0], self.logits_array, self.logits_row)
            return workspace.logits
        return torch.mm(workspace.x, self.logits, out=workspace.logits)

    def drop_rows(self, done: np.ndarray) -> np.ndarray:
        """Drop the finished rows; the last rows take their places."""
        order = super().drop_rows(done)
        self._view_workspace()
        return order

    def _step_one(self, index: int, rotations: tuple, state: tuple, start: int, slot: int) -> None:
        (cosine, sine), (norm_qk, first_values, mixes, kv) = rotations, state
        qkv, s_qk, out, alpha_attn, up, down, alpha_mlp = self.arrays[index]
        decoding_step.layer_of_one(
            self.x[0], self.qkv[0], qkv, cosine[0], sine[0], s_qk, norm_qk, first_values[0], mixes,
            kv[0], start, slot, self.mixed[0], out, alpha_attn, self.y[0], self.up[0], up,
            self.neurons[0], down, alpha_mlp,
        )  # fmt: skip

    def _step_many(
        self, index: int, rotations: tuple, state: tuple, starts: np.ndarray, slot: int
    ) -> None:
        (cosine, sine), (norm_qk, first_values, mixes, kv) = rotations, state
        workspace, layer, arrays = self.workspace, self.layers[index], self.arrays[index]
        torch.mm(workspace.x, layer.qkv, out=workspace.qkv)
        decoding_step.attend_rows(
            self.qkv, cosine, sine, arrays[1], norm_qk, first_values, mixes, kv, starts, slot,
            self.mixed,
        )  # fmt: skip
        torch.mm(self.mixed_tensor, layer.out, out=workspace.y)
        decoding_step.residual_rows(self.x, self.y, arrays[3])
        torch.mm(workspace.x, layer.up, out=workspace.up)
        decoding_step.gate_rows(self.up, self.neurons)
        torch.mm(self.neurons_tensor, layer.down, out=workspace.y)
        decoding_step.residual_rows(self.x, self.y, arrays[6])

    def _view_workspace(self) -> None:
        """View the buffers of the present rows as arrays."""
        a, workspace = self.a, self.workspace
        rows = len(workspace.x)
        self.mixed_tensor, self.neurons_tensor = torch.empty(rows, a.inner), torch.empty(rows, a.ff)
        self.x, self.y, self.up = workspace.x.numpy(), workspace.y.numpy(), workspace.up.numpy()
        self.qkv = workspace.qkv.numpy().reshape(rows, 3, a.heads, a.dim_head)
        self.mixed = self.mixed_tensor.numpy().reshape(rows, a.heads, a.dim_head)
        self.neurons = self.neurons_tensor.numpy()
        self.logits_array, self.logits_row = self.logits.numpy(), workspace.logits.numpy()[0]


def _layer_arrays(layer: DecoderLayer) -> tuple[np.ndarray, ...]:
    tensors = (layer.qkv, layer.s_qk, layer.out, layer.alpha_attn, layer.up, layer.down,
               layer.alpha_mlp)  # fmt: skip
    return tuple(tensor.detach().contiguous().numpy() for tensor in tensors)
