"""Recurrences that are fed with what they read of a source, in compiled code, on NumPy arrays.

N packed rows of B sequences, H units, G = gates x H; sources of at most S places with D numbers, whose keys have K.
A step is fed with F numbers: c_t, or, where it looks with the state after itself, y_{t-1} = tanh(W [h; c] + b).
"""

from typing import NamedTuple

import numpy as np

from elman.errors import ShapeError
from elman.native import instructions, recurrences
from elman.native.attention import Sources
from elman.native.kinds import KINDS
from elman.native.places import Place, refuse
from elman.native.recurrences import compiled

FED_KINDS = ("lstm", "gru", "tanh")
"""The recurrences that were compiled so."""


class Given(NamedTuple):
    """A recurrence and what it looks at.

    Args:
        recurrence: its input is that of the tokens.
        sources: in the order of the sequences.
        after: whether it looks with the state after a step, and is fed with y.
        weight_fed: (G, F).
        weight_join: (H, H + D), W of y; None where there is no y, and so are the next two.
        bias_join: (H).
        y_first: (B, H).
    """

    recurrence: recurrences.Given
    sources: Sources
    after: bool
    weight_fed: np.ndarray
    weight_join: np.ndarray | None
    bias_join: np.ndarray | None
    y_first: np.ndarray | None

    def check(self) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            KernelError: an unknown kind.
            ShapeError: one line for each array of a wrong shape or type.
        """
        of, looks = self.recurrence, self.sources
        of.check()
        if of.kind not in FED_KINDS or of.backwards or of.masks != recurrences.Masks():
            found = f"{of.kind}{', backwards' if of.backwards else ''}"
            raise ShapeError(f"fed: got {found}, expected one of {', '.join(FED_KINDS)}, forwards, without masks.")
        (batch, hidden), width, gate_rows = of.h_first.shape, looks.values.shape[2], len(of.weight_hh)
        looks.check(of.weight_hh.dtype, batch, hidden)
        refuse(
            "fed",
            of.weight_hh.dtype,
            Place("weight_fed", self.weight_fed, (gate_rows, hidden if self.after else width), True),
            Place("weight_join", self.weight_join, (hidden, hidden + width), self.after),
            Place("bias_join", self.bias_join, (hidden,), self.after),
            Place("y_first", self.y_first, (batch, hidden), self.after),
        )


class Made(NamedTuple):
    """What a forward pass fills in; the backward pass reads it. Those that are None are not kept.

    Args:
        recurrence: with `entering` where there will be a backward pass.
        queries: (N, K) q, where it is not the state.
        weights: (N, S) α.
        context: (N, D) c.
        entering: (N, H) y_{t-1}.
        y: (N, H).
        y_last: (B, H) after the last step of each sequence.
    """

    recurrence: recurrences.Made
    queries: np.ndarray | None
    weights: np.ndarray | None
    context: np.ndarray
    entering: np.ndarray | None
    y: np.ndarray | None
    y_last: np.ndarray | None

    def check(self, given: Given, backward: bool) -> None:
        """Refuse what a pass over `given` cannot write to, or a backward pass cannot read.

        Raises:
            ShapeError: one line for each array that is missing, of a wrong shape or type.
        """
        self.recurrence.check(given.recurrence, backward)
        rows, (batch, hidden), looks = len(given.recurrence.input), given.recurrence.h_first.shape, given.sources
        kept = True if backward else None
        refuse(
            "fed",
            given.recurrence.weight_hh.dtype,
            Place(
                "queries", self.queries, (rows, looks.keys.shape[2]), kept if looks.weight_query is not None else None
            ),
            Place("weights", self.weights, (rows, looks.values.shape[1]), kept),
            Place("context", self.context, (rows, looks.values.shape[2]), True),
            Place("entering", self.entering, (rows, hidden), None if given.after else False),
            Place("y", self.y, (rows, hidden), given.after),
            Place("y_last", self.y_last, (batch, hidden), None if backward else given.after),
        )


class Gradients(NamedTuple):
    """The gradients. Those of the weights are left to products of matrices.

    Args:
        recurrence: its z is the gradient of W_ih x, and of what the step was fed with.
        context: (N, D) of c, or None; it is only read.
        y: (N, H) of y, or None; it is only read.
        y_state: (B, H), in as that of the last y, out as that of the first.
        join: (N, H) filled in, of W [h; c] + b.
        queries: (N, K) filled in, of q.
        values: (B, S, D), added to.
        keys: (B, S, K), added to.
        vector: (K) filled in, or None.
    """

    recurrence: recurrences.Gradients
    context: np.ndarray | None
    y: np.ndarray | None
    y_state: np.ndarray | None
    join: np.ndarray | None
    queries: np.ndarray
    values: np.ndarray
    keys: np.ndarray
    vector: np.ndarray | None

    def check(self, given: Given) -> None:
        """Refuse what the gradients of `given` cannot be written to.

        Raises:
            ShapeError: one line for each array that is missing, of a wrong shape or type.
        """
        self.recurrence.check(given.recurrence)
        rows, (batch, hidden), looks = len(given.recurrence.input), given.recurrence.h_first.shape, given.sources
        after, key_width = given.after, looks.keys.shape[2]
        refuse(
            "fed",
            given.recurrence.weight_hh.dtype,
            Place("d_context", self.context, (rows, looks.values.shape[2]), False if after else None),
            Place("d_y", self.y, (rows, hidden), None if after else False),
            Place("d_y_state", self.y_state, (batch, hidden), after),
            Place("d_join", self.join, (rows, hidden), after),
            Place("d_queries", self.queries, (rows, key_width), True),
            Place("d_values", self.values, looks.values.shape, True),
            Place("d_keys", self.keys, looks.keys.shape, True),
            Place("d_vector", self.vector, (key_width,), looks.vector is not None),
        )


def forward(given: Given, made: Made, threads: int) -> None:
    """Run a recurrence that is fed, and fill `made`.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays that do not fit each other.
    """
    given.check()
    made.check(given, False)
    run = compiled().fed_forward32 if _single(given) else compiled().fed_forward64
    run(instructions(), threads, KINDS.index(given.recurrence.kind), given, made)


def backward(given: Given, made: Made, gradients: Gradients, threads: int) -> None:
    """Differentiate what `forward` ran, and fill `gradients`."""
    given.check()
    made.check(given, True)
    gradients.check(given)
    run = compiled().fed_backward32 if _single(given) else compiled().fed_backward64
    run(instructions(), threads, KINDS.index(given.recurrence.kind), given, made, gradients)


def _single(given: Given) -> bool:
    return given.recurrence.weight_hh.dtype == np.float32
