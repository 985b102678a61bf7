"""A model one step at a time in compiled code: weights packed once, buffers bound once, all layers in one call."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.errors import KernelError
from elman.native import instructions
from elman.native.recurrences import KINDS, compiled


class LayerWeights(NamedTuple):
    """One recurrent layer, in torch's layout.

    Args:
        kind: one of `elman.native.recurrences.KINDS`.
        weight_ih: (G, I).
        weight_hh: (G, H).
        bias_ih: (G), or None.
        bias_hh: (G), or None.
        peephole: (3, H), or None.
        h_stays: expectation of zoneout, the share of the old h that stays.
        c_stays: the same of c.
    """

    kind: str
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias_ih: np.ndarray | None
    bias_hh: np.ndarray | None
    peephole: np.ndarray | None = None
    h_stays: float = 0.0
    c_stays: float = 0.0

    @property
    def state_size(self) -> int:
        """Numbers in the state of one sequence."""
        return self.weight_hh.shape[1] * (2 if self.kind.endswith("lstm") else 1)


class PackedModel:
    """The weights of a stack of layers, packed for single steps.

    Args:
        layers: first layer first.
        embedding: (V, E), the vectors of tokens, where sessions read tokens.
        head: weight (V, H) and bias (V) of what stands above the last layer, if something does.
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code.
    """

    def __init__(
        self,
        layers: Sequence[LayerWeights],
        embedding: np.ndarray | None = None,
        head: tuple[np.ndarray, np.ndarray] | None = None,
        threads: int = 1,
    ) -> None:
        single = layers[0].weight_hh.dtype == np.float32
        kernels = compiled()
        self.packed = (kernels.Model32 if single else kernels.Model64)(instructions(), threads)
        self.session_type = kernels.Session32 if single else kernels.Session64
        self.state_size = sum(layer.state_size for layer in layers)
        self.dtype = layers[0].weight_hh.dtype
        self.reads_tokens = embedding is not None
        self.has_head = head is not None
        for number, layer in enumerate(layers):
            self._add(layer, embedding if number == 0 else None)
        if head is not None:
            self.packed.set_head(*map(np.ascontiguousarray, head))

    def _add(self, layer: LayerWeights, embedding: np.ndarray | None) -> None:
        hidden = layer.weight_hh.shape[1]
        zeros = np.zeros(len(layer.weight_hh), self.dtype)
        bias_ih, bias_hh = (zeros if bias is None else bias for bias in (layer.bias_ih, layer.bias_hh))
        bias, inner = bias_ih + bias_hh, None
        if layer.kind == "gru":  # W_hn h + b_hn is multiplied by r before it meets the rest
            bias[2 * hidden :], inner = bias_ih[2 * hidden :], np.ascontiguousarray(bias_hh[2 * hidden :])
        weight_ih: np.ndarray | None = np.ascontiguousarray(layer.weight_ih)
        inputs = layer.weight_ih.shape[1]
        table = None
        if embedding is not None and len(embedding) <= inputs:
            # Few tokens: what W_ih makes of each is smaller than W_ih, and nothing is left to multiply.
            table, weight_ih = np.ascontiguousarray(embedding @ layer.weight_ih.T + bias, self.dtype), None
        elif embedding is not None:
            self.packed.set_embedding(np.ascontiguousarray(embedding))
        shares = (layer.h_stays, layer.c_stays)
        others = (bias, inner, layer.peephole, table, *shares)
        self.packed.add_layer(
            KINDS.index(layer.kind), inputs, weight_ih, np.ascontiguousarray(layer.weight_hh), *others
        )


class StepSession:
    """A packed model in the middle of some sequences. Its buffers are its own, so a step copies nothing.

    Args:
        model: the weights.
        batch: B, sequences at a time.
    """

    def __init__(self, model: PackedModel, batch: int = 1) -> None:
        self._model = model
        self._session: Any = model.session_type(model.packed, batch)
        self.step = self._session.step
        self.input: np.ndarray = self._session.input
        self.logits: np.ndarray = self._session.logits

    @property
    def state(self) -> np.ndarray:
        """The state, (B, S): of each layer h and then c. A copy; set it to go on from another."""
        found = np.empty((len(self.input), self._model.state_size), self._model.dtype)
        self._session.get_state(found)
        return found

    @state.setter
    def state(self, state: np.ndarray) -> None:
        self._session.set_state(np.ascontiguousarray(state, self._model.dtype))

    def advance(self, tokens: np.ndarray) -> None:
        """Read one token a sequence, (B,) int64; `logits` then has what comes next.

        Raises:
            KernelError: the model has no embedding.
        """
        if not self._model.reads_tokens:
            raise KernelError("session: this model has no embedding: fill `input` and call `step`.")
        self._session.advance(tokens)

    def draw(
        self, token: int, uniforms: np.ndarray, temperature: float, top_k: int, top_p: float, excluded: np.ndarray
    ) -> np.ndarray:
        """Read a token, draw the next, read that, and so on: one for each of `uniforms`. The last is not yet read.

        Raises:
            KernelError: the model reads no tokens or predicts none, or there is more than one sequence.
        """
        if not (self._model.reads_tokens and self._model.has_head) or len(self.input) != 1:
            raise KernelError("session: drawing needs an embedding, a head and one sequence.")
        drawn = np.empty(len(uniforms), dtype=np.int64)
        self._session.draw(token, uniforms, temperature, top_k, top_p, excluded, drawn)
        return drawn
