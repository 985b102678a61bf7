"""A model one step at a time in compiled code: weights packed once, buffers bound once, all layers in one call."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.errors import KernelError, ShapeError
from elman.native import instructions
from elman.native.kinds import KINDS, SEQUENCES_ONLY, gates, has_memory, join_biases
from elman.native.recurrences import compiled


class LayerWeights(NamedTuple):
    """One recurrent layer, in torch's layout.

    Args:
        kind: one of `elman.native.kinds.KINDS`.
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
        return int(self.weight_hh.shape[1] * (2 if has_memory(self.kind) else 1))

    def check(self, inputs: int | None) -> None:
        """Refuse arrays that do not fit each other.

        Args:
            inputs: what the layer below gives, or None for the first.

        Raises:
            KernelError: an unknown kind.
            ShapeError: one line for each array of a wrong shape or type.
        """
        if self.kind in SEQUENCES_ONLY:
            raise KernelError(f"session: {self.kind} has no compiled single step. Take its Python step.")
        hidden, dtype = self.weight_hh.shape[1], self.weight_hh.dtype
        rows = gates(self.kind) * hidden
        width = self.weight_ih.shape[1] if inputs is None else inputs
        peephole = (3, hidden) if self.kind == "peephole_lstm" else None
        arrays = {
            "weight_ih": (rows, width),
            "weight_hh": (rows, hidden),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
            "peephole": peephole,
        }
        wrong = []
        if (self.bias_ih is None) != (self.bias_hh is None):
            wrong.append("bias_ih and bias_hh: got one of them, expected both or neither.")
        if dtype not in (np.float32, np.float64):
            wrong.append(f"weight_hh: got {dtype}, expected float32 or float64.")
        for name, shape in arrays.items():
            array = getattr(self, name)
            if array is not None and (array.shape != shape or array.dtype != dtype):
                wrong.append(f"{name}: got {array.dtype} {array.shape}, expected {dtype} {shape}.")
        if peephole and self.peephole is None:
            wrong.append("peephole: needed by peephole_lstm.")
        if wrong:
            raise ShapeError(*wrong)


class PackedModel:
    """The weights of a stack of layers, packed for single steps.

    Args:
        layers: first layer first.
        embedding: (V, E), the vectors of tokens, where sessions read tokens.
        head: weight (V, H) and bias (V) of what stands above the last layer, if something does.
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code, or a kind is unknown.
        ShapeError: arrays that do not fit each other.
    """

    def __init__(
        self,
        layers: Sequence[LayerWeights],
        embedding: np.ndarray | None = None,
        head: tuple[np.ndarray, np.ndarray] | None = None,
        threads: int = 1,
    ) -> None:
        below = None if embedding is None else embedding.shape[1]
        for layer in layers:
            layer.check(below)
            below = layer.weight_hh.shape[1]
        self.dtype = layers[0].weight_hh.dtype
        self.tokens = 0 if embedding is None else len(embedding)
        self.classes = 0 if head is None else len(head[0])
        self.state_size = sum(layer.state_size for layer in layers)
        if head is not None and (head[0].shape != (self.classes, below) or head[1].shape != (self.classes,)):
            raise ShapeError(
                f"head: got {head[0].shape} and {head[1].shape}, expected {(self.classes, below)} and "
                f"{(self.classes,)}."
            )
        kernels = compiled()
        single = self.dtype == np.float32
        self.packed = (kernels.Model32 if single else kernels.Model64)(instructions(), threads)
        self.session_type = kernels.Session32 if single else kernels.Session64
        for number, layer in enumerate(layers):
            self._add(layer, embedding if number == 0 else None)
        if head is not None:
            self.packed.set_head(*map(self._own, head))

    def _add(self, layer: LayerWeights, embedding: np.ndarray | None) -> None:
        bias, inner = join_biases(layer.kind, layer.bias_ih, layer.bias_hh)
        if bias is None:
            bias = np.zeros(len(layer.weight_hh), self.dtype)
            inner = np.zeros(layer.weight_hh.shape[1], self.dtype) if layer.kind == "gru" else None
        weight_ih: np.ndarray | None = self._own(layer.weight_ih)
        inputs, table = layer.weight_ih.shape[1], None
        if embedding is not None and len(embedding) <= inputs:
            # Few tokens: what W_ih makes of each is smaller than W_ih, and nothing is left to multiply.
            table, weight_ih = self._own(embedding @ layer.weight_ih.T + bias), None
        elif embedding is not None:
            self.packed.set_embedding(self._own(embedding))
        peephole = None if layer.peephole is None else self._own(layer.peephole)
        arrays = (weight_ih, self._own(layer.weight_hh), bias, inner, peephole, table)
        self.packed.add_layer(
            KINDS.index(layer.kind), has_memory(layer.kind), inputs, *arrays, layer.h_stays, layer.c_stays
        )

    def _own(self, array: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(array, self.dtype)


class StepSession:
    """A packed model in the middle of some sequences. Its buffers are its own, so a step copies nothing.

    Args:
        model: the weights.
        batch: B, sequences at a time.

    Raises:
        ShapeError: fewer than one sequence.
    """

    def __init__(self, model: PackedModel, batch: int = 1) -> None:
        if batch < 1:
            raise ShapeError(f"session: got {batch} sequences, expected at least 1.")
        self._model = model
        self._batch = batch
        self._session: Any = model.session_type(model.packed, batch)
        self.step = self._refuse_input if model.tokens else self._session.step
        self.input: np.ndarray = self._session.input
        self.logits: np.ndarray = self._session.logits

    @property
    def state(self) -> np.ndarray:
        """The state, (B, S): of each layer h and then c. A copy; set it to go on from another.

        Raises:
            ShapeError: another shape is set.
        """
        found = np.empty((self._batch, self._model.state_size), self._model.dtype)
        self._session.get_state(found)
        return found

    @state.setter
    def state(self, state: np.ndarray) -> None:
        expected = (self._batch, self._model.state_size)
        if state.shape != expected:
            raise ShapeError(f"session: got a state {state.shape}, expected {expected}.")
        self._session.set_state(np.ascontiguousarray(state, self._model.dtype))

    def advance(self, tokens: np.ndarray) -> None:
        """Read one token a sequence, (B,); `logits` then has what comes next.

        Raises:
            KernelError: the model has no embedding.
            ShapeError: not one token for each sequence, or one outside the vocabulary.
        """
        if not self._model.tokens:
            raise KernelError("session: this model has no embedding: fill `input` and call `step`.")
        if tokens.shape != (self._batch,):
            raise ShapeError(f"session: got tokens {tokens.shape}, expected {(self._batch,)}.")
        if tokens.dtype != np.int64 or not self._session.advance(tokens, self._model.tokens):
            self._check_ids("token", tokens, self._model.tokens)
            self._session.advance(tokens.astype(np.int64), self._model.tokens)

    def draw(
        self,
        token: int,
        uniforms: np.ndarray,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        excluded: Sequence[int] = (),
    ) -> np.ndarray:
        """Read a token, draw the next, read that, and so on: one for each of `uniforms`. The last is not yet read.

        Returns:
            the drawn tokens; -1 where what the model predicts are no numbers (NaN).

        Raises:
            KernelError: the model reads no tokens or predicts none, or there is more than one sequence.
            ShapeError: a token outside the vocabulary.
        """
        model = self._model
        if not 0 < model.classes <= model.tokens or self._batch != 1:
            raise KernelError("session: drawing needs an embedding, a head over the same tokens, and one sequence.")
        left_out = np.array(excluded, dtype=np.int64)
        self._check_ids("token", np.array([token]), model.tokens)
        self._check_ids("excluded", left_out, model.classes)
        drawn = np.empty(len(uniforms), dtype=np.int64)
        self._session.draw(token, uniforms, temperature, top_k, top_p, left_out, drawn)
        return drawn

    def _check_ids(self, name: str, ids: np.ndarray, count: int) -> None:
        if ids.dtype.kind not in "iu":
            raise ShapeError(f"session: {name}: got {ids.dtype}, expected whole numbers.")
        if len(ids) and (ids.min() < 0 or ids.max() >= count):
            raise ShapeError(f"session: {name}: got {ids.tolist()}, expected 0..{count - 1}.")

    def _refuse_input(self) -> None:
        raise KernelError("session: this model reads tokens: call `advance`.")
