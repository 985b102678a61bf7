"""Averaging weights over the end of training."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from elman.training.agreement import check_array, check_counters, check_names


class NonMonotonicAverage:
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
        self._network = network
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

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Within it, the network has the mean weights, if there are any."""
        own = {name: parameter.data for name, parameter in self._network.named_parameters() if self._updates}
        try:
            for name, parameter in self._network.named_parameters():
                parameter.data = self._means[name] if own else parameter.data
            yield
        finally:
            for name, parameter in self._network.named_parameters():
                parameter.data = own.get(name, parameter.data)

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
