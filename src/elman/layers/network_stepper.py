"""A network that reads and writes token by token, in torch."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch

from elman.data.records import Padded
from elman.decoding.stepper import Read, Stepper
from elman.layers.cross_entropy import chunks
from elman.layers.leading import best_of
from elman.layers.token_layers import TokensRead
from elman.moment import Noise


@runtime_checkable
class Layers(Protocol):
    """From tokens to what predicts the next one; `elman.layers.token_layers` has those of a recurrence."""

    @property
    def embedding(self) -> Any:
        """The vectors of tokens."""

    @property
    def head(self) -> Any:
        """What predicts the token, a `elman.heads.base.TokenHead`."""

    def initial_state(self, batch_size: int) -> Any:
        """Return the state before the first token."""

    def run(self, tokens: Padded, state: Any, noise: Noise | None = None) -> TokensRead:
        """Return what the head sees at each token, (B, T, H), and the state after each row."""


class NetworkStepper(Stepper):
    """Layers over tokens as a stepper. Reading keeps the hidden states, `hidden`, if they are wanted.

    Args:
        layers: of the network.
        start: the token that stands before the first.
    """

    def __init__(self, layers: Layers, start: int) -> None:
        self.layers = layers
        self.size = len(layers.embedding.weight)
        self.start = start

    def begin(self, inputs: np.ndarray) -> Any:
        """Return the state before the first token."""
        return self.layers.initial_state(len(inputs)).detach()

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next."""
        out = self.layers.run(Padded(self._tensor(ids)[:, None]), state)
        given = {name: Padded(one.values[:, :1]) for name, one in out.given.items()}
        return self.layers.head.next(out.hidden[:, 0], given).double().cpu().numpy(), out.state

    @torch.no_grad()
    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first."""
        if ids.shape[1] == 1 or not len(ids):
            return Read(np.zeros((len(ids), ids.shape[1] - 1)), state)
        nats, state, hidden = self.run(ids, lengths, state)
        return Read(nats, state, {"hidden": hidden.cpu().numpy()} if "hidden" in keep else {})

    @torch.no_grad()
    def nats_of(self, ids: np.ndarray, state: Any, rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, Any]:
        """Read one token a row, and return -log p of some that may come next, without all of all rows at once."""
        out = self.layers.run(Padded(self._tensor(ids)[:, None]), state)
        nats = np.empty(len(wanted))
        for chunk in chunks(len(ids), self.size):
            some = slice(*np.searchsorted(rows, [chunk.start, chunk.stop]))
            given = {name: Padded(one.values[chunk, :1]) for name, one in out.given.items()}
            log_probs = self.layers.head.next(out.hidden[chunk, 0], given)
            nats[some] = -log_probs[self._tensor(rows[some] - chunk.start), self._tensor(wanted[some])].double().cpu()
        return nats, out.state

    @torch.no_grad()
    def forced(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any) -> np.ndarray:
        """Return the likeliest token after each token but the last."""
        if ids.shape[1] == 1 or not len(ids):
            return np.zeros((len(ids), ids.shape[1] - 1), np.int64)
        read = None if lengths is None else self._tensor(lengths - 1)
        out = self.layers.run(Padded(self._tensor(ids[:, :-1]), read), state)
        best: np.ndarray = best_of(self.layers.head, Padded(out.hidden, read), out.given).cpu().numpy()
        return best

    def run(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any) -> tuple[np.ndarray, Any, torch.Tensor]:
        """Return -log p of each token but the first, the state after each but the last, and the hidden states."""
        read = None if lengths is None else self._tensor(lengths - 1)
        out = self.layers.run(Padded(self._tensor(ids[:, :-1]), read), state)
        nats = self.layers.head.nll(out.hidden, self._tensor(ids[:, 1:]), out.given).double().cpu().numpy()
        if lengths is not None:
            nats = np.where(np.arange(nats.shape[1]) < lengths[:, None] - 1, nats, 0.0)
        return nats, out.state, out.hidden

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        return state.select(self._tensor(rows))

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        return type(states[0]).join(states)

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.layers.embedding.device)
