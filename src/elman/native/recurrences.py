"""Whole sequences of a recurrence in compiled code, forwards and backwards, on NumPy arrays."""

from types import ModuleType
from typing import NamedTuple

import numpy as np

from elman.errors import KernelError, ShapeError
from elman.native import BUILD_FIX, instructions, module

KINDS = ("lstm", "peephole_lstm", "coupled_lstm", "gru", "tanh", "relu", "sigmoid", "identity")
"""The recurrences that were compiled, in the order of `Kind` in sequence.hpp."""

_GATES = {"lstm": 4, "peephole_lstm": 4, "coupled_lstm": 3, "gru": 3}


class Masks(NamedTuple):
    """Factors inside a recurrence, each (B, H), the same at every step, or (N, H), one for each packed row, or None.

    Args:
        entering: multiplies h_{t-1} where it enters the recurrent product.
        candidate: multiplies what is written into the state.
        h_stays: d of zoneout, h_t = d ⊙ h_{t-1} + (1 - d) ⊙ h̃_t.
        c_stays: the same for c.
    """

    entering: np.ndarray | None = None
    candidate: np.ndarray | None = None
    h_stays: np.ndarray | None = None
    c_stays: np.ndarray | None = None


class Given(NamedTuple):
    """A recurrence over packed rows, as a kernel takes it. Arrays are contiguous and of one type, float32 or float64.

    Rows are those of step 0, then of step 1, and so on; step t has the first `sizes[t]` sequences of the batch.

    Args:
        kind: one of `KINDS`.
        sizes: (T) int64, falling.
        backwards: read from the last step to the first.
        weight: (G, H), W_hh.
        bias: (G), b_hh, or None.
        peephole: (3, H), p_i, p_f, p_o, or None.
        h_first: (B, H), the state before the first step that is read.
        c_first: the same of the memory, or None.
        masks: noise inside the recurrence.
    """

    kind: str
    sizes: np.ndarray
    backwards: bool
    weight: np.ndarray
    bias: np.ndarray | None
    peephole: np.ndarray | None
    h_first: np.ndarray
    c_first: np.ndarray | None
    masks: Masks = Masks()

    @property
    def memory(self) -> bool:
        """Whether the state has a memory besides h."""
        return self.kind.endswith("lstm")

    def check(self, rows: int) -> None:
        """Refuse arrays that do not fit each other.

        Args:
            rows: N, packed rows.

        Raises:
            KernelError: an unknown kind.
            ShapeError: one line for each array of a wrong shape.
        """
        if self.kind not in KINDS:
            raise KernelError(f"kind: got {self.kind!r}, expected one of {', '.join(KINDS)}.")
        batch, hidden = self.h_first.shape
        gates = _GATES.get(self.kind, 1) * hidden
        wrong = []
        falling = bool((np.diff(self.sizes) <= 0).all()) if len(self.sizes) else True
        if int(self.sizes.sum()) != rows or not falling or self.sizes.max(initial=0) > batch or self.sizes.min() < 1:
            wrong.append(f"sizes: got {self.sizes.tolist()}, expected falling ones of 1..{batch}, {rows} in all.")
        expected = {"weight": (gates, hidden), "bias": (gates,), "peephole": (3, hidden), "c_first": (batch, hidden)}
        for name, shape in expected.items():
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                wrong.append(f"{name}: got {array.shape}, expected {shape}.")
        for name, needed in (("c_first", self.memory), ("peephole", self.kind == "peephole_lstm")):
            if (getattr(self, name) is not None) != needed:
                wrong.append(f"{name}: {'needed by' if needed else 'unknown to'} {self.kind}.")
        for name, mask in self.masks._asdict().items():
            if mask is not None and mask.shape not in ((batch, hidden), (rows, hidden)):
                wrong.append(f"{name}: got {mask.shape}, expected {(batch, hidden)} or {(rows, hidden)}.")
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
        inner: (N, H), W_hn h + b_hn of the GRU, or None.
        entering: (N, H), h_{t-1} as it entered the product: with it the gradient of W_hh is one product.
    """

    output: np.ndarray
    h_last: np.ndarray
    c_last: np.ndarray | None
    gates: np.ndarray | None
    memory: np.ndarray | None
    inner: np.ndarray | None
    entering: np.ndarray | None


class Gradients(NamedTuple):
    """The gradients of a recurrence. `h` and `c` come in as those of the last state and go out as those of the first.

    Args:
        output: (N, H) of the output, or None; it is only read.
        h: (B, H).
        c: (B, H), or None.
        projected: (N, G) filled in.
        inner: (N, H) filled in, of the GRU's W_hn h + b_hn, or None.
        bias: (G) filled in, or None.
        peephole: (3, H) filled in, or None.
    """

    output: np.ndarray | None
    h: np.ndarray
    c: np.ndarray | None
    projected: np.ndarray
    inner: np.ndarray | None
    bias: np.ndarray | None
    peephole: np.ndarray | None


def forward(given: Given, projected: np.ndarray, made: Made, threads: int) -> None:
    """Run a recurrence and fill `made`.

    Args:
        given: the recurrence.
        projected: (N, G), W_ih x + b_ih.
        made: where the results go.
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays that do not fit each other.
    """
    given.check(len(projected))
    kernels = compiled()
    # Masks stand behind c_first in both calls, in their own order.
    before = (KINDS.index(given.kind), given.sizes, given.backwards, projected)
    weights = (given.weight, given.bias, given.peephole)
    state = (given.h_first, given.c_first, *given.masks)
    kept = (made.output, made.memory, made.gates, made.inner, made.entering, made.h_last, made.c_last)
    kernels.forward(instructions(), threads, *before, *weights, *state, *kept)


def backward(given: Given, made: Made, gradients: Gradients, threads: int) -> None:
    """Differentiate what `forward` ran, and fill `gradients`.

    The gradient of the weights is left to one product of matrices: Σ_t z_tᵀ h_{t-1}.
    """
    given.check(len(made.output))
    before = (KINDS.index(given.kind), given.sizes, given.backwards, given.weight, given.peephole)
    state = (given.h_first, given.c_first, *given.masks)
    kept = (made.output, made.memory, made.gates, made.inner)
    compiled().backward(instructions(), threads, *before, *state, *kept, *gradients)


def compiled() -> ModuleType:
    """Return the extension module.

    Raises:
        KernelError: it was not built.
    """
    found = module()
    if found is None:
        raise KernelError(f"The compiled module is not there. {BUILD_FIX}")
    return found
