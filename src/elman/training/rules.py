"""Update rules, one call each for all parameters.

They are torch's own functions; torch's optimizer classes around them import its compiler, a second that nobody needs.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import _functional
from torch.optim.adagrad import adagrad
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from elman.runs.configuration import TrainingConfig

Tensors = list[Tensor]
Memory = dict[str, Any]
_EPSILON = 1e-10  # of Adagrad


class Rule(ABC):
    """How parameters change with their gradients, and what is remembered of each.

    Args:
        config: the `[training]` section.
    """

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config

    @abstractmethod
    def memory(self, parameter: nn.Parameter) -> Memory:
        """Return what is remembered of a parameter before its first update."""

    @abstractmethod
    def update(self, parameters: Tensors, gradients: Tensors, memories: Sequence[Memory], rate: float) -> None:
        """Change parameters and memories in place."""

    def kept(self, parameter: nn.Parameter) -> Memory:
        """Return something like what is remembered of a parameter after an update: the same names, shapes and types."""
        return self.memory(parameter)

    def remembered(self, key: str, value: Tensor, parameter: nn.Parameter) -> Any:
        """Return a memory as `memory` makes it, from the number or array that was saved."""
        return value if key == "step" else value.to(parameter)


class Sgd(Rule):
    """θ -= α g; with momentum v = μ v + g;  θ -= α v."""

    def memory(self, parameter: nn.Parameter) -> Memory:
        """Return no v: the first one is g."""
        return {}

    def kept(self, parameter: nn.Parameter) -> Memory:
        """Return something like v, where there is one."""
        return {"momentum_buffer": parameter} if self.config.optimizer == "momentum" else {}

    def update(self, parameters: Tensors, gradients: Tensors, memories: Sequence[Memory], rate: float) -> None:
        """Change parameters, and v where there is momentum."""
        momentum = self.config.momentum if self.config.optimizer == "momentum" else 0.0
        buffers = [memory.get("momentum_buffer") for memory in memories]
        sgd(
            *(parameters, gradients, buffers),
            has_sparse_grad=any(gradient.is_sparse for gradient in gradients),
            weight_decay=self.config.weight_decay,
            momentum=momentum,
            lr=rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )
        if momentum:
            for memory, buffer in zip(memories, buffers, strict=True):
                memory["momentum_buffer"] = buffer


class Adagrad(Rule):
    """s += g²;  θ -= α g / (√s + ε).

    From s = 0 the first step is α however small g is. From a larger s, gradients far below √s make steps α g / √s, as
    those of sgd.

    Args:
        config: the `[training]` section.
        start: s before the first update.
    """

    def __init__(self, config: TrainingConfig, start: float = 0.0) -> None:
        super().__init__(config)
        self._start = start

    def memory(self, parameter: nn.Parameter) -> Memory:
        """Return s before the first update."""
        return {"step": torch.tensor(0.0), "sum": torch.full_like(parameter, self._start)}

    def update(self, parameters: Tensors, gradients: Tensors, memories: Sequence[Memory], rate: float) -> None:
        """Change parameters and s; of a table, the rows that have a gradient."""
        whole = []
        for parameter, gradient, memory in zip(parameters, gradients, memories, strict=True):
            if gradient.is_sparse:
                self._rows(parameter, gradient.coalesce(), memory, rate)
            else:
                whole.append((parameter, gradient, memory))
        if not whole:
            return
        sums, steps = _columns([memory for _, _, memory in whole], "sum", "step")
        adagrad(
            *([parameter for parameter, _, _ in whole], [gradient for _, gradient, _ in whole], sums, steps),
            has_sparse_grad=False,
            lr=rate,
            weight_decay=self.config.weight_decay,
            lr_decay=0.0,
            eps=_EPSILON,
            maximize=False,
        )

    def _rows(self, parameter: Tensor, gradient: Tensor, memory: Memory, rate: float) -> None:
        """Change rows and their s where they lie: no table is made for it."""
        [rows], values = gradient.indices(), gradient.values()
        memory["step"] += 1
        sums = memory["sum"].index_select(0, rows).addcmul_(values, values)
        memory["sum"].index_copy_(0, rows, sums)
        step = values.div(sums.sqrt_().add_(_EPSILON)).mul_(rate)
        parameter.index_copy_(0, rows, parameter.index_select(0, rows).sub_(step))


class Adam(Rule):
    """m, v = moving averages of g, g² with β1, β2, corrected for their start;  θ -= α m / (√v + ε).  In one pass."""

    def memory(self, parameter: nn.Parameter) -> Memory:
        """Return m = v = 0, and no step made."""
        step = torch.zeros((), dtype=torch.float32, device=parameter.device)
        return {"step": step, "exp_avg": torch.zeros_like(parameter), "exp_avg_sq": torch.zeros_like(parameter)}

    def update(self, parameters: Tensors, gradients: Tensors, memories: Sequence[Memory], rate: float) -> None:
        """Change parameters, m and v; adamw's weight decay is apart from the gradient."""
        averages, squares, steps = _columns(memories, "exp_avg", "exp_avg_sq", "step")
        adam(
            *(parameters, gradients, averages, squares, [], steps),
            fused=True,
            decoupled_weight_decay=self.config.optimizer == "adamw",
            amsgrad=False,
            beta1=self.config.beta1,
            beta2=self.config.beta2,
            lr=rate,
            weight_decay=self.config.weight_decay,
            eps=1e-8,
            maximize=False,
        )
        # The fused update tells nobody; what is made from parameters, such as tables and packed weights, goes by this.
        torch.autograd.graph.increment_version(parameters)

    def remembered(self, key: str, value: Tensor, parameter: nn.Parameter) -> Any:
        """Return a memory beside its parameter."""
        return value.to(parameter.device) if key == "step" else value.to(parameter)


class LazyAdam(Rule):
    """Adam for the rows that have a gradient; the other rows and their memories stay as they are."""

    def memory(self, parameter: nn.Parameter) -> Memory:
        """Return m = v = 0, and no step made."""
        return {"step": 0, "exp_avg": torch.zeros_like(parameter), "exp_avg_sq": torch.zeros_like(parameter)}

    def update(self, parameters: Tensors, gradients: Tensors, memories: Sequence[Memory], rate: float) -> None:
        """Change rows, and their m and v."""
        for memory in memories:
            memory["step"] += 1
        averages, squares, steps = _columns(memories, "exp_avg", "exp_avg_sq", "step")
        _functional.sparse_adam(
            *(parameters, gradients, averages, squares, steps),
            eps=1e-8,
            beta1=self.config.beta1,
            beta2=self.config.beta2,
            lr=rate,
            maximize=False,
        )

    def remembered(self, key: str, value: Tensor, parameter: nn.Parameter) -> Any:
        """Return a memory; steps are counted in a number."""
        return int(value) if key == "step" else value.to(parameter)


def rule_of(config: TrainingConfig) -> Rule:
    """Return the rule of a configuration, for whole parameters."""
    kinds = {"sgd": Sgd, "momentum": Sgd, "adagrad": Adagrad, "adam": Adam, "adamw": Adam}
    rule: Rule = kinds[config.optimizer](config)
    return rule


def _columns(memories: Sequence[Memory], *keys: str) -> list[list[Any]]:
    return [[memory[key] for memory in memories] for key in keys]
