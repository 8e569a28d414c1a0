"""Two-tensor optimizer: base of Adam and Muon, which update an individual's rows and scales.

torch.optim.Optimizer imports torch's compiler when the first of them is made: 1.2 seconds of CPU
and 67 MB a process, for hooks that training does not use. States saved by torch.optim are read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor


class TwoTensorOptimizer(ABC):
    """An optimizer of a few tensors at one learning rate; state[i] belongs to tensors[i].

    lr may be set between steps. settings are the other constants, saved beside it.
    """

    def __init__(self, tensors: Sequence[Tensor], lr: float, **settings: Any) -> None:
        self.tensors, self.lr, self.settings = list(tensors), lr, settings
        self.state: list[dict[str, Any]] = [self.initial_state(tensor) for tensor in self.tensors]

    @abstractmethod
    def initial_state(self, tensor: Tensor) -> dict[str, Any]:
        """Return what is remembered of a tensor before the first step."""

    @abstractmethod
    def step(self) -> None:
        """Update the tensors in place by their gradients."""

    def zero_grad(self) -> None:
        """Drop the gradients."""
        for tensor in self.tensors:
            tensor.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return the state and the settings, as torch.optim lays them out."""
        indices = list(range(len(self.tensors)))
        group = {"lr": self.lr, **self.settings, "params": indices}
        return {"state": dict(zip(indices, self.state, strict=True)), "param_groups": [group]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a `state_dict`; KeyError names what it lacks."""
        self.lr = state["param_groups"][0]["lr"]
        if not state["state"]:  # saved by torch.optim before the first step
            return
        for index, (known, tensor) in enumerate(zip(self.state, self.tensors, strict=True)):
            saved = state["state"][index]
            for name in known:
                value = saved[name]
                on_device = isinstance(value, Tensor)
                known[name] = value.to(tensor.device, copy=True) if on_device else value
