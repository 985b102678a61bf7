"""Whole sequences of a recurrence in compiled code, forwards and backwards, on NumPy arrays."""

from types import ModuleType
from typing import NamedTuple

import numpy as np

from elman.errors import KernelError, ShapeError
from elman.native import BUILD_FIX, instructions, module

KINDS = ("lstm", "peephole_lstm", "coupled_lstm", "layer_norm_lstm", "gru", "reset_before_gru", "tanh", "relu", "sigmoid", "identity")
"""The recurrences that were compiled, in the order of `Kind` in sequence.hpp."""

NORMALIZED, RESET_BEFORE = "layer_norm_lstm", "reset_before_gru"
PROJECTED = (NORMALIZED, RESET_BEFORE)
"""The kinds that take as input, (N, G), what a cell's `project` makes of x."""

_GATES = {"lstm": 4, "peephole_lstm": 4, "coupled_lstm": 3, NORMALIZED: 4, "gru": 3, RESET_BEFORE: 3}


def gates(kind: str) -> int:
    """Return how many blocks of H rows the weights of a kind have.

    Raises:
        KernelError: there is no such kind.
    """
    if kind not in KINDS:
        raise KernelError(f"kind: got {kind!r}, expected one of {', '.join(KINDS)}.")
    return _GATES.get(kind, 1)


def has_memory(kind: str) -> bool:
    """Say whether the state of a kind has a memory c besides h."""
    return kind.endswith("lstm")


def join_biases(
    kind: str, bias_ih: np.ndarray | None, bias_hh: np.ndarray | None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return what is added to the gates, (G), and of the GRU b_hn, (H), which r multiplies before it meets the rest.

    Where b_ih stands in the input, b_hh alone is added.
    """
    if kind in PROJECTED:
        return bias_hh, None
    if bias_ih is None or bias_hh is None:
        return None, None
    if kind != "gru":
        return bias_ih + bias_hh, None
    size = len(bias_hh) // 3
    return np.concatenate([(bias_ih + bias_hh)[: 2 * size], bias_ih[2 * size :]]), bias_hh[2 * size :].copy()


class Masks(NamedTuple):
    """Factors inside a recurrence: (N, H), one for each packed row, or (B, H), the same at every step, or None.

    Args:
        entering: multiplies h_{t-1} where it enters the recurrent product.
        candidate: multiplies what is written into the state.
        drops_each_step: whether these two are (N, H).
        h_stays: d of zoneout, h_t = d ⊙ h_{t-1} + (1 - d) ⊙ h̃_t.
        c_stays: the same for c.
        stays_each_step: whether these two are (N, H).
    """

    entering: np.ndarray | None = None
    candidate: np.ndarray | None = None
    drops_each_step: bool = True
    h_stays: np.ndarray | None = None
    c_stays: np.ndarray | None = None
    stays_each_step: bool = True


class Norm(NamedTuple):
    """What layer normalization has.

    Args:
        gain: (G), α of the recurrent product.
        memory_gain: (H), α of c.
        memory_bias: (H), β of c.
        epsilon: ε, added to a variance.
    """

    gain: np.ndarray | None = None
    memory_gain: np.ndarray | None = None
    memory_bias: np.ndarray | None = None
    epsilon: float = 0.0


class Given(NamedTuple):
    """A recurrence over packed rows, as a kernel takes it. Arrays are contiguous and of one type, float32 or float64.

    Rows are those of step 0, then of step 1, and so on; step t has the first `sizes[t]` sequences of the batch.

    Args:
        kind: one of `KINDS`.
        sizes: (T) int64, falling.
        backwards: read from the last step to the first.
        input: (N, I), x; of `PROJECTED` kinds (N, G), what `project` makes of it.
        weight_ih: (G, I); None where the input is (N, G).
        weight_hh: (G, H).
        bias: (G), as `join_biases` makes it, or None.
        inner_bias: (H), b_hn of the GRU, or None.
        peephole: (3, H), p_i, p_f, p_o, or None.
        h_first: (B, H), the state before the first step that is read.
        c_first: the same of the memory, or None.
        norm: layer normalization.
        masks: noise inside the recurrence.
    """

    kind: str
    sizes: np.ndarray
    backwards: bool
    input: np.ndarray
    weight_ih: np.ndarray | None
    weight_hh: np.ndarray
    bias: np.ndarray | None
    inner_bias: np.ndarray | None
    peephole: np.ndarray | None
    h_first: np.ndarray
    c_first: np.ndarray | None
    norm: Norm = Norm()
    masks: Masks = Masks()

    def check(self) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            KernelError: an unknown kind.
            ShapeError: one line for each array of a wrong shape or type.
        """
        gate_rows, hidden = self.weight_hh.shape
        batch, rows, normalized = len(self.h_first), len(self.input), self.kind == NORMALIZED
        inputs = gate_rows if self.weight_ih is None else self.weight_ih.shape[1]
        wrong = []
        sizes = self.sizes
        falling = sizes.ndim == 1 and len(sizes) > 0 and bool((sizes[1:] <= sizes[:-1]).all())
        if not falling or sizes[0] > batch or sizes[-1] < 1 or int(sizes.sum()) != rows:
            wrong.append(
                f"sizes: got {np.array2string(sizes, threshold=8)}, expected falling ones of 1..{batch}, {rows} in all."
            )
        state, drops, stays = (batch, hidden), self.masks.drops_each_step, self.masks.stays_each_step
        expected = (
            ("input", self.input, (rows, inputs)),
            ("weight_ih", self.weight_ih, (gate_rows, inputs)),
            ("weight_hh", self.weight_hh, (gates(self.kind) * hidden, hidden)),
            ("bias", self.bias, (gate_rows,)),
            ("inner_bias", self.inner_bias, (hidden,)),
            ("peephole", self.peephole, (3, hidden)),
            ("gain", self.norm.gain, (gate_rows,)),
            ("memory_gain", self.norm.memory_gain, (hidden,)),
            ("memory_bias", self.norm.memory_bias, (hidden,)),
            ("h_first", self.h_first, state),
            ("c_first", self.c_first, state),
            ("entering", self.masks.entering, (rows, hidden) if drops else state),
            ("candidate", self.masks.candidate, (rows, hidden) if drops else state),
            ("h_stays", self.masks.h_stays, (rows, hidden) if stays else state),
            ("c_stays", self.masks.c_stays, (rows, hidden) if stays else state),
        )
        for name, array, shape in expected:
            if array is not None and (array.shape != shape or array.dtype != self.weight_hh.dtype):
                found = f"{array.dtype} {array.shape}"
                wrong.append(f"{name}: got {found}, expected {self.weight_hh.dtype} {shape}.")
        for name, array, needed in (
            ("c_first", self.c_first, has_memory(self.kind)),
            ("peephole", self.peephole, self.kind == "peephole_lstm"),
            ("weight_ih", self.weight_ih, self.kind not in PROJECTED),
            ("gain", self.norm.gain, normalized),
            ("memory_gain", self.norm.memory_gain, normalized),
            ("memory_bias", self.norm.memory_bias, normalized),
        ):
            if (array is not None) != needed:
                wrong.append(f"{name}: {'needed by' if needed else 'unknown to'} {self.kind}.")
        if wrong:
            raise ShapeError(*wrong)


class Made(NamedTuple):
    """What a forward pass fills in. Those that are None are not kept.

    Args:
        output: (N, H), h after each step.
        h_last: (B, H), h after the last step of each sequence.
        c_last: the same of the memory, or None.
        gates: (N, G) after their functions; the backward pass reads it, and what follows.
        memory: (N, H), c after each step, or None.
        inner: (N, H), W_hn h + b_hn of the GRU, or r ⊙ h if it resets before the product; (N, G), the normalized W_hh h
            of the layer-normed LSTM; or None.
        entering: (N, H), h_{t-1} as it entered the product: with it the gradient of W_hh is one product. Masks on it
            need it always.
        normed_memory: (N, H), the normalized c, or None.
        scales: (N, 2), 1 / √(variance + ε) of W_hh h and of c, or None.
    """

    output: np.ndarray
    h_last: np.ndarray
    c_last: np.ndarray | None
    gates: np.ndarray | None
    memory: np.ndarray | None
    inner: np.ndarray | None
    entering: np.ndarray | None
    normed_memory: np.ndarray | None = None
    scales: np.ndarray | None = None


class Gradients(NamedTuple):
    """The gradients of a recurrence. `h` and `c` come in as those of the last state and go out as those of the first.

    Args:
        output: (N, H) of the output, or None; it is only read.
        h: (B, H).
        c: (B, H), or None.
        z: (N, G) filled in: of the gates before their functions.
        inner: filled in, of what passed the product where that is not z: of the GRU (N, H), of W_hn h + b_hn; of the
            layer-normed LSTM (N, G), of W_hh h; or None.
        bias: (G) filled in, Σ z, or None.
        inner_bias: (H) filled in, Σ inner, or None.
        peephole: (3, H) filled in, or None.
        gain: (G) filled in, or None; and so (H) and (H) of the memory.
        memory_gain: see there.
        memory_bias: see there.
    """

    output: np.ndarray | None
    h: np.ndarray
    c: np.ndarray | None
    z: np.ndarray
    inner: np.ndarray | None
    bias: np.ndarray | None
    inner_bias: np.ndarray | None
    peephole: np.ndarray | None
    gain: np.ndarray | None = None
    memory_gain: np.ndarray | None = None
    memory_bias: np.ndarray | None = None


def forward(given: Given, made: Made, threads: int) -> None:
    """Run a recurrence and fill `made`.

    Args:
        given: the recurrence.
        made: where the results go.
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays that do not fit each other.
    """
    given.check()
    weights = (given.weight_ih, given.weight_hh, given.bias, given.inner_bias, given.peephole)
    # Masks stand behind c_first in both calls, in their own order.
    arrays = (given.input, *weights, *given.norm, given.h_first, given.c_first, *given.masks)
    kept = (made.output, made.memory, made.gates, made.inner, made.entering, made.normed_memory, made.scales)
    place = (KINDS.index(given.kind), given.sizes, given.backwards)
    compiled().forward(instructions(), threads, *place, *arrays, *kept, made.h_last, made.c_last)


def backward(given: Given, made: Made, gradients: Gradients, threads: int) -> None:
    """Differentiate what `forward` ran, and fill `gradients`.

    The gradients of the weights are left to products of matrices, Σ_t z_tᵀ h_{t-1} and Σ_t z_tᵀ x_t, and that of the
    input to another, z W_ih.
    """
    given.check()
    weights = (given.weight_hh, given.peephole, *given.norm[:3])
    arrays = (*weights, given.h_first, given.c_first, *given.masks)
    kept = (made.output, made.memory, made.gates, made.inner, made.entering, made.normed_memory, made.scales)
    place = (KINDS.index(given.kind), given.sizes, given.backwards)
    compiled().backward(instructions(), threads, *place, *arrays, *kept, *gradients)


def compiled() -> ModuleType:
    """Return the extension module.

    Raises:
        KernelError: it was not built.
    """
    found = module()
    if found is None:
        raise KernelError(f"The compiled module is not there. {BUILD_FIX}")
    return found
