"""Averaging weights over the end of training. All of them are of one run."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import nn

from elman.runs.configuration import TrainingConfig
from elman.training.agreement import check_array, check_counters, check_names

LAST = 5
"""Validations whose weights are averaged where nobody says how many."""


class WeightAverage(ABC):
    """A mean of the weights that a network had; what it has itself goes on.

    Args:
        network: whose weights are averaged.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network

    def updated(self) -> None:  # noqa: B027
        """Take note of the weights after an update; not every mean does."""

    @abstractmethod
    def validated(self, loss: float) -> bool:
        """Take note of a validation; return whether something begins with it that the user should know."""

    def applied(self) -> AbstractContextManager[None]:
        """Within it, the network has the weights that every validation is of."""
        return nullcontext()

    @contextmanager
    def final(self) -> Iterator[int]:
        """Within it, the network has the mean that is validated once more at the end; of how many, 0 for none."""
        yield 0

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return the counters."""

    @abstractmethod
    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights that are remembered."""

    @abstractmethod
    def restore(self, state: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Take counters and weights.

        Raises:
            CheckpointError: they are not those of such a network.
        """

    @contextmanager
    def _lent(self, weights: Mapping[str, torch.Tensor]) -> Iterator[None]:
        """Within it, the network has other weights, by parameter; its own ones are where they were afterwards."""
        own = {name: parameter.data for name, parameter in self._network.named_parameters()}
        try:
            for name, parameter in self._network.named_parameters():
                parameter.data = weights[name]
            yield
        finally:
            for name, parameter in self._network.named_parameters():
                parameter.data = own[name]


class NonMonotonicAverage(WeightAverage):
    """The weights averaged from the moment that validation stops getting better (the A in NT-ASGD).

        started when v_k > min(v_1 .. v_{k-1-n}), v the validation losses, n the patience
        θ̄_T = 1/T Σ_{t=1..T} θ_t,    T the updates since then

    Training goes on from θ; θ̄ is what is validated, sampled and saved.

    Args:
        network: whose weights are averaged.
        patience: n.

    Source: Merity et al. (2018), Regularizing and optimizing LSTM language models, arXiv:1708.02182, Algorithm 1;
    Polyak & Juditsky (1992).
    """

    def __init__(self, network: nn.Module, patience: int) -> None:
        super().__init__(network)
        self._patience = patience
        self._losses: list[float] = []
        self._updates = 0
        self._means: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def updated(self) -> None:
        """Take the weights after an update into the mean, once it has started."""
        if not self._means:
            return
        self._updates += 1
        for name, parameter in self._network.named_parameters():
            self._means[name].lerp_(parameter, 1.0 / self._updates)

    def validated(self, loss: float) -> bool:
        """Take note of a validation loss; return whether the mean starts with it."""
        earlier = self._losses[: -self._patience] if self._patience else self._losses
        starts = not self._means and bool(earlier) and loss > min(earlier)
        self._losses.append(loss)
        if starts:
            self._means = {name: p.detach().clone() for name, p in self._network.named_parameters()}
        return starts

    def applied(self) -> AbstractContextManager[None]:
        """Within it, the network has the mean weights, if there are any."""
        return self._lent(self._means) if self._updates else nullcontext()

    def state(self) -> dict[str, Any]:
        """Return the counters."""
        return {"losses": self._losses, "updates": self._updates}

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the means by parameter."""
        return {name: mean.cpu().numpy() for name, mean in self._means.items()}

    def restore(self, state: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Take counters and means.

        Raises:
            CheckpointError: they are not those of such a network.
        """
        check_counters("the average's", state, self.state())
        parameters = dict(self._network.named_parameters())
        if arrays or state["updates"]:
            check_names("the averaged weight", arrays, parameters)
        for name, array in arrays.items():
            check_array(f"the averaged weight {name!r}", array, parameters[name])
        self._losses, self._updates = list(state["losses"]), state["updates"]
        self._means = {name: parameters[name].detach().new_tensor(array) for name, array in arrays.items()}


class CheckpointAverage(WeightAverage):
    """The mean of the weights at the last validations.

        θ̄ = 1/n Σ_{k=K-n+1..K} θ_k,    θ_k the weights at validation k, n = min(K, last)

    Training, and every validation on its way, is of θ. At the end θ̄ is validated once more, and becomes the model if
    nothing before was better.

    Args:
        network: whose weights are averaged.
        last: how many validations, at most.

    Source: Junczys-Dowmunt, Dwojak & Sennrich (2016), The AMU-UEDIN submission to the WMT16 news translation task.
    """

    def __init__(self, network: nn.Module, last: int) -> None:
        super().__init__(network)
        self._kept: deque[dict[str, np.ndarray]] = deque(maxlen=last)

    def validated(self, loss: float) -> bool:
        """Keep the weights of a validation; nothing begins."""
        named = self._network.named_parameters()
        self._kept.append({name: parameter.detach().cpu().numpy().copy() for name, parameter in named})
        return False

    @contextmanager
    def final(self) -> Iterator[int]:
        """Within it, the network has the mean, if there are two validations or more; of how many."""
        count = len(self._kept)
        if count < 2:
            yield 0
            return
        with self._lent({name: self._mean(name, own) for name, own in self._network.named_parameters()}):
            yield count

    def state(self) -> dict[str, Any]:
        """Return how many weights are kept."""
        return {"kept": len(self._kept)}

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the weights, the oldest first: `0/<parameter>` ..."""
        return {f"{number}/{name}": array for number, one in enumerate(self._kept) for name, array in one.items()}

    def restore(self, state: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Take the weights.

        Raises:
            CheckpointError: they are not those of such a network, or as many as is said.
        """
        check_counters("the average's", state, self.state())
        parameters = dict(self._network.named_parameters())
        numbers = range(min(max(state["kept"], 0), self._kept.maxlen or 0))
        check_names("the kept weight", arrays, {f"{number}/{name}": None for number in numbers for name in parameters})
        for key, array in arrays.items():
            check_array(f"the kept weight {key!r}", array, parameters[key.partition("/")[2]])
        self._kept.clear()
        self._kept.extend({name: arrays[f"{number}/{name}"] for name in parameters} for number in numbers)

    def _mean(self, name: str, own: torch.Tensor) -> torch.Tensor:
        mean = np.mean([one[name] for one in self._kept], axis=0, dtype=np.float64)
        return own.detach().new_tensor(mean)


def average_of(config: TrainingConfig, network: nn.Module) -> WeightAverage:
    """Return what averages the weights of a network; without averaging it never starts."""
    if config.averaging == "checkpoints":
        return CheckpointAverage(network, config.averaging_last or LAST)
    return NonMonotonicAverage(network, config.averaging_patience)


def copies_of(config: TrainingConfig) -> int:
    """Return how many times the weights are in memory for their average."""
    return {"none": 0, "ntasgd": 1, "checkpoints": (config.averaging_last or LAST) + 1}[config.averaging]
