"""A language model that reads and writes token by token in compiled code."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from elman.decoding.sampling import Choice
from elman.heads.softmax import SoftmaxHead
from elman.models.base import LanguageModel
from elman.models.rnn_lm import RnnLM
from elman.native import kernel_mode, module
from elman.native.sessions import LayerWeights, PackedModel, StepSession


def stepping(model: LanguageModel) -> Any:
    """Return the fastest way to read and write token by token with a model: the model itself, or compiled code."""
    if not isinstance(model, RnnLM) or kernel_mode() == "reference" or module() is None:
        return model
    stack = model.recurrent
    plain = stack.config.connections == "plain" and not model.config.readout_layers
    weights = model.embedding.weight
    fits = weights.device.type == "cpu" and weights.dtype in (torch.float32, torch.float64)
    known = all(cell.kernel() is not None for cell in stack.layers)  # type: ignore[operator]
    return CompiledSteps(model) if plain and fits and known else model


class CompiledSteps:
    """A recurrent language model whose weights are packed for single steps. It numbers states as the model does.

    Args:
        model: whose weights they are; later changes to them are not seen.
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
        head = model.head
        linear = (_array(head.weight), _array(head.bias)) if isinstance(head, SoftmaxHead) else None
        embedding = _array(model.embedding.weight)
        self._packed = PackedModel(layers, embedding, linear, torch.get_num_threads())  # type: ignore[arg-type]
        self._top = layers[-1]
        self._sessions: dict[int, StepSession] = {}
        if linear is None:
            self.draw = None  # type: ignore[assignment]

    def initial_state(self, batch_size: int) -> np.ndarray:
        """Return the state before the first token, (B, S)."""
        with torch.no_grad():
            parts = [part.numpy() for part in self._model.initial_state(batch_size).tensors()]
        return np.concatenate(parts, axis=1)

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        session = self._session(len(ids))
        session.state = state
        session.advance(ids.astype(np.int64, copy=False))
        after = session.state
        if self._packed.has_head:
            return _log_softmax(session.logits.astype(np.float64)), after
        hidden = after[:, -self._top.state_size :][:, : self._top.weight_hh.shape[1]]
        with torch.no_grad():
            return self._model.head.log_probs(torch.from_numpy(hidden)).double().numpy(), after

    def draw(
        self, token: int, state: np.ndarray, choice: Choice, uniforms: np.ndarray, excluded: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read a token, draw the next, read that, and so on: one for each of `uniforms`."""
        session = self._session(1)
        session.state = state
        ids = session.draw(token, uniforms, *choice, np.array(excluded, dtype=np.int64))
        return ids, session.state

    def select(self, state: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the state of some rows."""
        return state[rows]

    def _session(self, batch: int) -> StepSession:
        if batch not in self._sessions:
            self._sessions = {batch: StepSession(self._packed, batch)}
        return self._sessions[batch]


def _array(tensor: Any) -> np.ndarray | None:
    return None if tensor is None else tensor.detach().contiguous().numpy()


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
