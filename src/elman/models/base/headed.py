"""Named heads over what a network makes of a batch."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from elman.data.records import Answers, Batch, OnDemand, Padded
from elman.layers.penalties import Penalty
from elman.layers.recurrent import StackState
from elman.layers.tensors import to_tensors
from elman.models.base.model import BatchLoss, Network
from elman.moment import Moment, Noise


class Encoded(NamedTuple):
    """What a network makes of a batch, before its heads.

    Args:
        hidden: for each head, (B, T, H).
        penalties: named terms of the loss that are not about targets.
        attention: how much each place of a text was looked at, (B, T), or (B, U, T) from each place of another text.
    """

    hidden: Mapping[str, Padded]
    penalties: Mapping[str, Penalty] = {}
    attention: Tensor | None = None


class Headed(Network, nn.Module):
    """A network that encodes a batch of separate sequences and answers through named heads.

    The targets of a head have its name in a batch, and what each of them counts is `<head>.weights`.
    """

    heads: nn.ModuleDict

    @abstractmethod
    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the hidden states of a batch.

        Args:
            batch: the fields that the task makes, as tensors.
            noise: the noise of the training step, or None.
        """

    def initial_state(self, batch_size: int) -> StackState:
        """Return nothing: separate sequences leave nothing behind."""
        return StackState(())

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of each head, and the penalties."""
        tensors = self._tensors(batch)
        encoded = self.encode(tensors, moment.noise if moment else None)
        fields = tensors.fields
        losses = {
            name: self._head(name).loss(hidden, fields[name], moment, fields.get(f"{name}.weights"))
            for name, hidden in encoded.hidden.items()
        }
        return BatchLoss(losses, state, encoded.penalties)

    @torch.no_grad()
    def answers(self, batch: Batch) -> Answers:
        """Return the best answer of each head, the log-probability of every answer, and where the network looked.

        Log-probabilities are computed when they are looked at: the marginals of a CRF cost more than its best tags.
        """
        encoded = self.encode(self._tensors(batch), None)
        answered = {name: self._head(name).answers(hidden) for name, hidden in encoded.hidden.items()}
        likeliest = {name: best for name, (best, _) in answered.items()}
        best = {name: found.values.cpu().numpy() for name, found in likeliest.items()}

        @torch.no_grad()
        def log_probs(name: str) -> np.ndarray:
            found: np.ndarray = answered[name][1]().cpu().numpy()
            return found

        @torch.no_grad()
        def chained(name: str) -> np.ndarray:
            found: np.ndarray = self._head(name).chained(encoded.hidden[name], likeliest[name]).cpu().numpy()
            return found

        looked = None if encoded.attention is None else encoded.attention.cpu().numpy()
        return Answers(best, OnDemand(list(best), log_probs), looked, OnDemand(list(best), chained))

    def asked(self, batch: Batch) -> Any:
        """Compute the answers, with the log-probabilities of all."""
        return list(self.answers(batch).log_probs.values())

    def _head(self, name: str) -> Any:
        return self.heads[name]

    def _tensors(self, batch: Batch) -> Batch:
        return to_tensors(batch, next(self.parameters()).device)
