"""A language model that reads and writes token by token in compiled code."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from elman.decoding.sampling import Choice
from elman.heads.softmax import SoftmaxHead
from elman.layers import fused
from elman.models.rnn_lm import RnnLM
from elman.native.kinds import PROJECTED
from elman.native.sessions import LayerWeights, PackedModel, StepSession
from elman.tasks.base.protocols import LanguageModel


def stepping(model: LanguageModel) -> LanguageModel:
    """Return the fastest way to read and write token by token with a model: the model itself, or compiled code."""
    if type(model) is not RnnLM:
        return model
    stack = model.recurrent
    plain = stack.config.connections == "plain" and not model.config.readout_layers
    if not plain or not all(fused.computes(cell) and cell.kernel() not in PROJECTED for cell in stack.layers):  # type: ignore[arg-type,operator]
        return model
    return (DrawingSteps if isinstance(model.head, SoftmaxHead) else CompiledSteps)(model)


class CompiledSteps:
    """A recurrent language model whose weights are packed for single steps. It numbers states as the model does.

    Args:
        model: whose weights they are; later changes to them are not seen.

    `packed` holds the weights, for sessions of one's own.
    """

    def __init__(self, model: RnnLM) -> None:
        self._model = model
        rates = model.config.regularization
        layers = []
        for cell in model.recurrent.layers:
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_ch")
            arrays = [_array(getattr(cell, name, None)) for name in names]
            shares = (rates.zoneout_of("h"), rates.zoneout_of("c")) if rates.zones else (0.0, 0.0)
            layers.append(LayerWeights(cell.kernel(), *arrays, *shares))  # type: ignore[operator,arg-type]
        embedding = _array(model.embedding.weight)
        self.packed = PackedModel(layers, embedding, self._linear(), torch.get_num_threads())
        self._top = layers[-1]
        self._sessions: dict[int, StepSession] = {}
        self._one_at_a_time = threading.Lock()

    def __reduce__(self) -> Any:
        return type(self), (self._model,)  # a copy packs the weights anew

    def initial_state(self, batch_size: int) -> np.ndarray:
        """Return the state before the first token, (B, S)."""
        with torch.no_grad():
            parts = [part.numpy() for part in self._model.initial_state(batch_size).tensors()]
        return np.concatenate(parts, axis=1)

    def nll(self, batch: Any, state: Any) -> tuple[np.ndarray, Any]:
        """Return -log p of each target as the network does; its states are those of the network."""
        return self._model.nll(batch, state)

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        _, after = self._read(ids, state)
        hidden = after[:, -self._top.state_size :][:, : self._top.weight_hh.shape[1]]
        with torch.no_grad():
            return self._model.head.next(torch.from_numpy(hidden)).double().numpy(), after

    def select(self, state: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the state of some rows."""
        return state[rows]

    def _linear(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return weight and bias of a head that is compiled too."""
        return None

    def _read(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return logits, as far as the head is compiled, and the state after one token a row."""
        with self._one_at_a_time:
            session = self._session(len(ids))
            session.state = state
            session.advance(ids)
            return session.logits.astype(np.float64), session.state

    def _session(self, batch: int) -> StepSession:
        if batch not in self._sessions:
            self._sessions = {batch: StepSession(self.packed, batch)}
        return self._sessions[batch]


class DrawingSteps(CompiledSteps):
    """A language model with a softmax, which draws text without leaving compiled code."""

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        logits, after = self._read(ids, state)
        shifted = logits - logits.max(axis=-1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), after

    def draw(
        self, token: int, state: np.ndarray, choice: Choice, uniforms: np.ndarray, excluded: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read a token, draw the next, read that, and so on: one for each of `uniforms`."""
        with self._one_at_a_time:
            session = self._session(1)
            session.state = state
            return session.draw(token, uniforms, *choice, excluded), session.state

    def _linear(self) -> tuple[np.ndarray, np.ndarray]:
        head = self._model.head
        return _array(head.weight), _array(head.bias)  # type: ignore[return-value]


def _array(tensor: Any) -> np.ndarray | None:
    return None if tensor is None else tensor.detach().contiguous().numpy()
