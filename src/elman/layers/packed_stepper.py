"""A network that reads and writes token by token in compiled code."""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch

from elman.cells.base import Cell
from elman.decoding.choice import NOTHING_BANNED, Banned, Choice, check_numbers
from elman.decoding.stepper import Read, Stepper
from elman.layers import fused
from elman.layers.network_stepper import NetworkStepper
from elman.layers.recurrent import StackState
from elman.layers.tensors import to_array
from elman.layers.token_layers import TokenLayers
from elman.native.kinds import SEQUENCES_ONLY
from elman.native.sessions import LayerWeights, PackedModel, StepSession

_FEW = 256
"""Tokens that single steps read faster than whole sequences do."""

_FEW_ROWS = 16
"""Rows that a single step reads faster than the network does."""


def packs(layers: TokenLayers) -> bool:
    """Say whether compiled code makes the single steps of a network, where its weights are."""
    cells: list[Any] = list(layers.recurrent.layers)
    plain = layers.recurrent.config.connections == "plain" and not len(layers.readout.layers)
    return plain and all(fused.computes(cell) and cell.kernel() not in SEQUENCES_ONLY for cell in cells)


class PackedStepper(Stepper):
    """Layers over tokens whose weights are packed for single steps, once, when the first is made.

    A state is an array (R, S), of each layer h and then c. Nothing is shared that changes: each thread has buffers of
    its own.

    Args:
        layers: whose weights they are; changes of them after the first step are not seen.
        start: the token that stands before the first.
    """

    def __init__(self, layers: TokenLayers, start: int) -> None:
        self._layers, self._network = layers, NetworkStepper(layers, start)
        self.size = self._network.size
        self.start = start
        self._buffers = threading.local()

    def __reduce__(self) -> Any:
        return type(self), (self._layers, self.start)  # a copy packs the weights anew

    def begin(self, inputs: np.ndarray) -> np.ndarray:
        """Return the state before the first token, (R, S)."""
        return _flat(self._network.begin(inputs))

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row and return log p (nats) of the next."""
        if not len(ids):
            return np.empty((0, self.size)), state
        session = self._session(len(ids))
        session.state = state
        session.advance(np.ascontiguousarray(ids, np.int64))
        after = session.state
        if self.packed.classes:
            logits = session.logits.astype(np.float64)
            shifted = logits - logits.max(axis=-1, keepdims=True)
            return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), after
        top: Any = self._layers.recurrent.layers[-1]
        h = after.shape[1] - sum(top.state_sizes.values())
        with torch.no_grad():
            hidden = torch.from_numpy(after[:, h : h + top.output_size])
            return self._layers.head.next(hidden).double().numpy(), after

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: np.ndarray, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first; long texts as the network does."""
        if ids.size <= _FEW and not keep:
            return super().read(ids, lengths, state)
        read = self._network.read(ids, lengths, self._stack_state(state), keep)
        return read._replace(state=_flat(read.state))

    def nats_of(
        self, ids: np.ndarray, state: np.ndarray, rows: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Read one token a row, and return -log p of some that may come next; behind many rows as the network does."""
        if len(ids) <= _FEW_ROWS:
            return super().nats_of(ids, state, rows, wanted)
        nats, after = self._network.nats_of(ids, self._stack_state(state), rows, wanted)
        return nats, _flat(after)

    def forced(self, ids: np.ndarray, lengths: np.ndarray | None, state: np.ndarray) -> np.ndarray:
        """Return the likeliest token after each token but the last."""
        return self._network.forced(ids, lengths, self._stack_state(state))

    def draw(
        self,
        ids: np.ndarray,
        state: np.ndarray,
        choice: Choice,
        uniforms: np.ndarray,
        banned: Banned = NOTHING_BANNED,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw one token after another, without leaving compiled code where that is possible."""
        if len(ids) != 1 or not self.packed.classes or len(banned.ids):
            return super().draw(ids, state, choice, uniforms, banned)
        session = self._session(1)
        session.state = state
        found = session.draw(int(ids[0]), uniforms[0], *choice, banned.always)
        check_numbers(np.where(found < 0, np.nan, 0.0))
        return found[None], session.state

    @cached_property
    def packed(self) -> PackedModel:
        """The weights, for sessions of one's own."""
        layers = self._layers
        rates, packed = layers.recurrent.config.regularization, []
        for cell in layers.recurrent.layers:
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_ch")
            arrays = [to_array(getattr(cell, name, None)) for name in names]
            shares = (rates.zoneout_of("h"), rates.zoneout_of("c")) if rates.zones else (0.0, 0.0)
            packed.append(LayerWeights(cell.kernel(), *arrays, *shares))  # type: ignore[operator,arg-type,call-arg]
        linear = layers.head.linear
        head = None if linear is None else tuple(map(to_array, linear))
        return PackedModel(packed, to_array(layers.embedding.weight), head, torch.get_num_threads())  # type: ignore[arg-type]

    def _session(self, rows: int) -> StepSession:
        kept: tuple[int, StepSession] | None = getattr(self._buffers, "session", None)
        if kept is None or kept[0] != rows:
            kept = self._buffers.session = (rows, StepSession(self.packed, rows))
        return kept[1]

    def _stack_state(self, state: np.ndarray) -> StackState:
        """Return a state as the network has it."""
        cells: list[Cell] = list(self._layers.recurrent.layers)  # type: ignore[arg-type]
        first, parts = 0, []
        for cell in cells:
            tensors = []
            for width in cell.state_sizes.values():
                tensors.append(torch.from_numpy(np.ascontiguousarray(state[:, first : first + width])))
                first += width
            parts.append(cell.state_type._make(tensors))  # type: ignore[attr-defined]
        return StackState(parts)


def _flat(state: StackState) -> np.ndarray:
    return np.concatenate([part.numpy() for part in state.tensors()], axis=1)
