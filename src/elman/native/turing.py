"""Neural Turing machines whose controller is an LSTM, whole sequences in compiled code, on NumPy arrays.

N packed rows of B sequences, H units, P places of W numbers, P' of them with room for whole lines of the cache, R heads
that read, Q that write, U = R + Q; S numbers are said to the heads a step. Memory is (B, W, P'): a number of all places
lies together.
"""

from typing import NamedTuple

import numpy as np

from elman.native import instructions
from elman.native.places import Place, check_sizes, refuse
from elman.native.recurrences import compiled

_LINE = 64


def stride_of(places: int, dtype: np.dtype) -> int:
    """Return P'."""
    line = _LINE // dtype.itemsize
    return -(-places // line) * line


class Given(NamedTuple):
    """A machine and what it reads.

    Args:
        sizes: (T) sequences that are still there at each step, int64, falling.
        places: P.
        reads: R.
        writes: Q.
        input: (N, 4 H), W x + b.
        weight_state: (4 H, R W + H) of [r; h].
        weight_said: (S, H).
        bias_said: (S).
        state_first: (B, R W + H) [r; h].
        c_first: (B, H).
        memory_first: (B, W, P').
        heads_first: (B, U, P').
    """

    sizes: np.ndarray
    places: int
    reads: int
    writes: int
    input: np.ndarray
    weight_state: np.ndarray
    weight_said: np.ndarray
    bias_said: np.ndarray
    state_first: np.ndarray
    c_first: np.ndarray
    memory_first: np.ndarray
    heads_first: np.ndarray

    @property
    def room(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what a pass fills in."""
        (batch, hidden), rows = self.c_first.shape, len(self.input)
        state, said = self.state_first.shape[1], len(self.weight_said)
        memory, heads = self.memory_first.shape[1:], self.heads_first.shape[1:]
        last = {"state_last": (batch, state), "c_last": (batch, hidden)}
        last |= {"memory_last": (batch, *memory), "heads_last": (batch, *heads)}
        kept = {"gates": (rows, 4 * hidden), "cells": (rows, hidden), "said": (rows, said)}
        kept |= {"cosines": (rows, *heads), "content": (rows, *heads), "heads": (rows, *heads)}
        return {"output": (rows, state), **last, **kept, "memory": (rows, *memory)}

    def check(self) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            ShapeError: one line for each array of a wrong shape or type.
        """
        (batch, hidden), dtype = self.c_first.shape, self.input.dtype
        check_sizes(self.sizes, batch, len(self.input))
        width, stride, heads = self.memory_first.shape[1], stride_of(self.places, dtype), self.reads + self.writes
        state, said = self.reads * width + hidden, heads * (width + 6) + 2 * self.writes * width
        refuse(
            "turing",
            dtype,
            Place("input", self.input, (len(self.input), 4 * hidden), True),
            Place("weight_state", self.weight_state, (4 * hidden, state), True),
            Place("weight_said", self.weight_said, (said, hidden), True),
            Place("bias_said", self.bias_said, (said,), True),
            Place("state_first", self.state_first, (batch, state), True),
            Place("c_first", self.c_first, (batch, hidden), True),
            Place("memory_first", self.memory_first, (batch, width, stride), True),
            Place("heads_first", self.heads_first, (batch, heads, stride), True),
        )


class Made(NamedTuple):
    """What a forward pass fills in, in the shapes of `Given.room`; the last seven are read on the way back, or None.

    Args:
        output: [r; h] of each row.
        state_last: [r; h] after the last step of each sequence.
        c_last: the memory of the controller.
        memory_last: M.
        heads_last: where the heads stand, those that read first.
        gates: i, f, g, o.
        cells: c.
        said: before it is cut.
        cosines: of keys and places.
        content: weights by content.
        heads: where they stand.
        memory: M before the step.
    """

    output: np.ndarray
    state_last: np.ndarray
    c_last: np.ndarray
    memory_last: np.ndarray
    heads_last: np.ndarray
    gates: np.ndarray | None
    cells: np.ndarray | None
    said: np.ndarray | None
    cosines: np.ndarray | None
    content: np.ndarray | None
    heads: np.ndarray | None
    memory: np.ndarray | None

    def check(self, given: Given, backward: bool) -> None:
        """Refuse what a pass cannot write to, or the way back cannot read: all that is kept for it, or nothing.

        Raises:
            ShapeError: one line for each array that is missing, of a wrong shape or type.
        """
        shapes, kept = given.room, self._fields[5:]
        keeps = backward or any(getattr(self, name) is not None for name in kept)
        places = (
            Place(name, array, shapes[name], keeps or name not in kept)
            for name, array in zip(self._fields, self, strict=True)
        )
        refuse("turing", given.input.dtype, *places)


class Gradients(NamedTuple):
    """The gradients. Those of the weights are left to products of matrices.

    Args:
        output: of [r; h] of each row, or None; it is only read.
        state: (B, R W + H), in as that of the last state, out as that of the first; so are the next three.
        c: (B, H).
        memory: (B, W, P').
        heads: (B, U, P').
        z: (N, 4 H) filled in, of the gates before their functions.
        said: (N, S) filled in.
    """

    output: np.ndarray | None
    state: np.ndarray
    c: np.ndarray
    memory: np.ndarray
    heads: np.ndarray
    z: np.ndarray
    said: np.ndarray

    def check(self, given: Given) -> None:
        """Refuse what the gradients of `given` cannot be written to.

        Raises:
            ShapeError: one line for each array that is missing, of a wrong shape or type.
        """
        shapes = given.room
        refuse(
            "turing",
            given.input.dtype,
            Place("d_output", self.output, shapes["output"], None),
            Place("d_state", self.state, shapes["state_last"], True),
            Place("d_c", self.c, shapes["c_last"], True),
            Place("d_memory", self.memory, shapes["memory_last"], True),
            Place("d_heads", self.heads, shapes["heads_last"], True),
            Place("d_z", self.z, shapes["gates"], True),
            Place("d_said", self.said, shapes["said"], True),
        )


def forward(given: Given, made: Made, threads: int) -> None:
    """Run a machine over packed rows, and fill `made`.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays that do not fit each other.
    """
    given.check()
    made.check(given, False)
    run = compiled().turing_forward32 if given.input.dtype == np.float32 else compiled().turing_forward64
    run(instructions(), threads, given, made)


def backward(given: Given, made: Made, gradients: Gradients, threads: int) -> None:
    """Differentiate what `forward` ran, and fill `gradients`."""
    given.check()
    made.check(given, True)
    gradients.check(given)
    run = compiled().turing_backward32 if given.input.dtype == np.float32 else compiled().turing_backward64
    run(instructions(), threads, given, made, gradients)
