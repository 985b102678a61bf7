"""Whole sequences of a recurrence in compiled code, forwards and backwards, on NumPy arrays."""

from types import ModuleType
from typing import NamedTuple

import numpy as np

from elman.errors import KernelError
from elman.native import BUILD_FIX, instructions, module
from elman.native.kinds import KINDS, NARROWED, NORMALIZED, PROJECTED, gates, has_memory
from elman.native.places import Place, check_sizes, refuse

_INNER = ("gru", *PROJECTED, NARROWED)


class Masks(NamedTuple):
    """Factors inside a recurrence: (N, H), one for each packed row, or (B, H), the same at every step, or None.

    Args:
        entering: P wide, multiplies h_{t-1} where it enters the recurrent product.
        candidate: multiplies what is written into the state.
        drops_each_step: whether these two are (N, H).
        h_stays: P wide, d of zoneout, h_t = d ⊙ h_{t-1} + (1 - d) ⊙ h̃_t.
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

    Rows are those of step 0, then of step 1, and so on; step t has the first `sizes[t]` sequences of the batch. P is
    the width of h: H, unless the LSTM projects it.

    Args:
        kind: one of `elman.native.kinds.KINDS`.
        sizes: (T) int64, falling.
        backwards: read from the last step to the first.
        input: (N, I), x; of `PROJECTED` kinds (N, G), what `project` makes of it.
        weight_ih: (G, I); None where the input is (N, G).
        weight_hh: (G, P).
        bias: (G), as `join_biases` makes it, or None.
        inner_bias: (H), b_hn of the GRU, or None.
        peephole: (3, H), p_i, p_f, p_o, or None.
        h_first: (B, P), the state before the first step that is read.
        c_first: (B, H), the same of the memory, or None.
        norm: layer normalization.
        masks: noise inside the recurrence.
        projection: (P, H), W_hr of the projected LSTM, or None.
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
    projection: np.ndarray | None = None

    @property
    def outputs(self) -> int:
        """P."""
        return int(self.weight_hh.shape[1])

    @property
    def hidden(self) -> int:
        """H."""
        return self.outputs if self.projection is None else int(self.projection.shape[-1])

    def check(self) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            KernelError: an unknown kind.
            ShapeError: one line for each array of a wrong shape or type.
        """
        kind, gate_rows, hidden, outputs = self.kind, gates(self.kind) * self.hidden, self.hidden, self.outputs
        batch, rows, memory = len(self.h_first), len(self.input), has_memory(self.kind)
        inputs = gate_rows if self.weight_ih is None else self.weight_ih.shape[1]
        sizes, norm, masks = self.sizes, self.norm, self.masks
        check_sizes(sizes, batch, rows)
        normalized = kind == NORMALIZED
        drops, stays = (rows if each else batch for each in (masks.drops_each_step, masks.stays_each_step))
        refuse(
            kind,
            self.weight_hh.dtype,
            Place("input", self.input, (rows, inputs), True),
            Place("weight_ih", self.weight_ih, (gate_rows, inputs), kind not in PROJECTED),
            Place("weight_hh", self.weight_hh, (gate_rows, outputs), True),
            Place("projection", self.projection, (outputs, hidden), kind == NARROWED),
            Place("bias", self.bias, (gate_rows,), None),
            Place("inner_bias", self.inner_bias, (hidden,), kind == "gru" and self.bias is not None),
            Place("peephole", self.peephole, (3, hidden), kind == "peephole_lstm"),
            Place("gain", norm.gain, (gate_rows,), normalized),
            Place("memory_gain", norm.memory_gain, (hidden,), normalized),
            Place("memory_bias", norm.memory_bias, (hidden,), normalized),
            Place("h_first", self.h_first, (batch, outputs), True),
            Place("c_first", self.c_first, (batch, hidden), memory),
            Place("entering", masks.entering, (drops, outputs), None),
            Place("candidate", masks.candidate, (drops, hidden), None),
            Place("h_stays", masks.h_stays, (stays, outputs), None),
            Place("c_stays", masks.c_stays, (stays, hidden), None if memory else False),
        )


class Made(NamedTuple):
    """What a forward pass fills in. Those that are None are not kept.

    Args:
        output: (N, P), h after each step.
        h_last: (B, P), h after the last step of each sequence.
        c_last: (B, H), the same of the memory, or None.
        gates: (N, G) after their functions; the backward pass reads it, and what follows.
        memory: (N, H), c after each step, or None.
        inner: (N, H), W_hn h + b_hn of the GRU, or r ⊙ h if it resets before the product; m of the projected LSTM;
            (N, G), the normalized W_hh h of the layer-normed LSTM; or None.
        entering: (N, P), h_{t-1} as it entered the product: with it the gradient of W_hh is one product. Masks on it
            need it always; a forward pass may leave it out where the caller has it.
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

    def check(self, given: Given, backward: bool) -> None:
        """Refuse what a pass over `given` cannot write to, or a backward pass cannot read.

        Raises:
            ShapeError: one line for each array that is missing, of a wrong shape or type.
        """
        rows, batch, hidden, outputs = len(given.input), len(given.h_first), given.hidden, given.outputs
        kind, memory = given.kind, has_memory(given.kind)
        kept = backward or (True if self.gates is not None else None)
        normed = kept if kind == NORMALIZED else False
        inner = kept if kind in _INNER else False
        masked = given.masks.entering is not None or given.masks.candidate is not None
        after = None if backward else True
        refuse(
            kind,
            given.weight_hh.dtype,
            Place("output", self.output, (rows, outputs), True),
            Place("h_last", self.h_last, (batch, outputs), after),
            Place("c_last", self.c_last, (batch, hidden), after if memory else False),
            Place("gates", self.gates, (rows, len(given.weight_hh)), kept),
            Place("memory", self.memory, (rows, hidden), kept if memory else False),
            Place("inner", self.inner, (rows, _width(given)), inner),
            Place("entering", self.entering, (rows, outputs), True if masked or backward else None),
            Place("normed_memory", self.normed_memory, (rows, hidden), normed),
            Place("scales", self.scales, (rows, 2), normed),
        )


class Gradients(NamedTuple):
    """The gradients of a recurrence. `h` and `c` come in as those of the last state and go out as those of the first.

    Args:
        output: (N, P) of the output, or None; it is only read.
        h: (B, P).
        c: (B, H), or None.
        z: (N, G) filled in: of the gates before their functions.
        inner: filled in, of what passed the product where that is not z: of the GRU (N, H), of W_hn h + b_hn; of the
            layer-normed LSTM (N, G), of W_hh h; of the projected LSTM (N, P), of W_hr m; or None.
        bias: (G) filled in, Σ z, or None.
        inner_bias: (H) filled in, Σ inner, or None.
        peephole: (3, H) filled in, or None.
        gain: (G) filled in where there is layer normalization; and so (H) and (H) of the memory.
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

    def check(self, given: Given) -> None:
        """Refuse what the gradients of `given` cannot be written to.

        Raises:
            ShapeError: one line for each array that is missing, of a wrong shape or type.
        """
        rows, batch, hidden, outputs = len(given.input), len(given.h_first), given.hidden, given.outputs
        kind, gate_rows, normalized = given.kind, len(given.weight_hh), given.kind == NORMALIZED
        inner = outputs if kind == NARROWED else _width(given)
        refuse(
            kind,
            given.weight_hh.dtype,
            Place("d_output", self.output, (rows, outputs), None),
            Place("d_h", self.h, (batch, outputs), True),
            Place("d_c", self.c, (batch, hidden), has_memory(kind)),
            Place("d_z", self.z, (rows, gate_rows), True),
            Place("d_inner", self.inner, (rows, inner), kind in ("gru", NORMALIZED, NARROWED)),
            Place("d_bias", self.bias, (gate_rows,), None),
            Place("d_inner_bias", self.inner_bias, (hidden,), None if kind == "gru" else False),
            Place("d_peephole", self.peephole, (3, hidden), kind == "peephole_lstm"),
            Place("d_gain", self.gain, (gate_rows,), normalized),
            Place("d_memory_gain", self.memory_gain, (hidden,), normalized),
            Place("d_memory_bias", self.memory_bias, (hidden,), normalized),
        )


def _width(given: Given) -> int:
    """Return how wide `inner` is."""
    return len(given.weight_hh) if given.kind == NORMALIZED else given.hidden


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
    made.check(given, False)
    run = compiled().forward32 if _single(given) else compiled().forward64
    run(instructions(), threads, KINDS.index(given.kind), given, made)


def backward(given: Given, made: Made, gradients: Gradients, threads: int) -> None:
    """Differentiate what `forward` ran, and fill `gradients`.

    The gradients of the weights are left to products of matrices, Σ_t z_tᵀ h_{t-1} and Σ_t z_tᵀ x_t, and that of the
    input to another, z W_ih.
    """
    given.check()
    made.check(given, True)
    gradients.check(given)
    run = compiled().backward32 if _single(given) else compiled().backward64
    run(instructions(), threads, KINDS.index(given.kind), given, made, gradients)


def _single(given: Given) -> bool:
    """Say whether numbers have single precision. Compiled code reads the fields of a call by their names."""
    return given.weight_hh.dtype == np.float32


def compiled() -> ModuleType:
    """Return the extension module.

    Raises:
        KernelError: it was not built.
    """
    found = module()
    if found is None:
        raise KernelError(f"The compiled module is not there. {BUILD_FIX}")
    return found
