"""Neural Turing machines over whole sequences in compiled code, differentiated."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import Cell, LSTMState
from elman.layers import fused
from elman.layers.once import once
from elman.native import turing


class Sizes(NamedTuple):
    """What a machine is made of.

    Args:
        slots: N, places of the memory.
        reads: R, heads that read.
        writes: Q, heads that write.
        packed: sequences that are still there at each step.
    """

    slots: int
    reads: int
    writes: int
    packed: list[int]


class Turned(NamedTuple):
    """What a machine gave.

    Args:
        output: [r; h] of each packed row, (N, R W + H).
        state: the last [r; h] of each sequence, (B, R W + H).
        c: the last c of the controller, (B, H).
        memory: the last M, (B, W, P'), with room for whole lines of the cache.
        heads: where the heads stand last, those that read first, (B, R + Q, P').
    """

    output: Tensor
    state: Tensor
    c: Tensor
    memory: Tensor
    heads: Tensor


def computes(controller: Cell, rows: Tensor, state: Any) -> bool:
    """Say whether there is compiled code for machines with this controller, in this state."""
    able = fused.computes(controller) and controller.kernel() == "lstm" and not torch.compiler.is_exporting()
    return able and fused.fits(controller, rows, state)


def run(controller: Cell, speech: Any, rows: Tensor, sizes: Sizes, before: Any) -> Turned:
    """Run compiled code over packed rows.

    Args:
        controller: an LSTM that reads [x; r].
        speech: the layer that says to the heads what they are told.
        rows: packed x, (N, I).
        sizes: of the machine.
        before: a `MachineState` in the order of the packed batch.
    """
    inputs, weight = rows.shape[1], controller.weight_ih
    bias = controller.bias_ih if controller.bias_ih is None else controller.bias_ih + controller.bias_hh  # type: ignore[operator]
    # Under autocast a product may come in another type than its factors.
    projected = torch.nn.functional.linear(rows, weight[:, :inputs], bias).to(rows.dtype)
    weight_state = torch.cat([weight[:, inputs:], controller.weight_hh], 1)
    c_first: LSTMState = before.controller
    heads = torch.cat([before.memory.read, before.memory.write], 1)
    room = turing.stride_of(sizes.slots, np.dtype(str(rows.dtype).removeprefix("torch."))) - sizes.slots
    padded = [torch.nn.functional.pad(one, (0, room)) for one in (before.memory.M.transpose(1, 2), heads)]
    state = torch.cat([before.r, c_first.h], 1)
    given = (projected, weight_state, speech.weight, speech.bias, state, c_first.c, *padded)
    return Turned(*_Turing.apply(sizes, *given))  # type: ignore[no-untyped-call]


class _Turing(torch.autograd.Function):
    """The machine, differentiated once."""

    @staticmethod
    def forward(ctx: Any, sizes: Sizes, *tensors: Tensor) -> tuple[Tensor, ...]:
        given, learns = _given(sizes, tensors), any(ctx.needs_input_grad)
        some = len(turing.Made._fields) if learns else 5
        made = [tensors[0].new_empty(shape) for shape in list(given.room.values())[:some]]
        arrays = [tensor.numpy() for tensor in made] + [None] * (len(turing.Made._fields) - some)
        turing.forward(given, turing.Made(*arrays), torch.get_num_threads())  # type: ignore[arg-type]
        if learns:
            ctx.sizes = sizes
            ctx.save_for_backward(*tensors, *made)
            ctx.set_materialize_grads(False)
        return tuple(made[:5])

    @staticmethod
    @once
    def backward(ctx: Any, output: Tensor | None, *last: Tensor | None) -> tuple[Tensor | None, ...]:
        saved, sizes = ctx.saved_tensors, ctx.sizes
        count = len(saved) - len(turing.Made._fields)
        tensors, made = saved[:count], turing.Made(*(tensor.detach().numpy() for tensor in saved[count:]))
        given = _given(sizes, tensors)
        states = [
            tensor.new_zeros(tensor.shape) if wanted is None else wanted.clone(memory_format=torch.contiguous_format)
            for tensor, wanted in zip(tensors[4:], last, strict=True)
        ]
        z, said = (tensors[0].new_empty(given.room[name]) for name in ("gates", "said"))
        above = None if output is None else output.contiguous().numpy()
        filled = (one.numpy() for one in (*states, z, said))
        turing.backward(given, made, turing.Gradients(above, *filled), torch.get_num_threads())
        entering = _entering(tensors[4], saved[count], sizes.packed)
        hidden = saved[count][:, entering.shape[1] - tensors[5].shape[1] :]
        return None, z, z.T @ entering, said.T @ hidden, said.sum(0), *states


def _given(sizes: Sizes, tensors: Any) -> turing.Given:
    arrays = (tensor.detach().contiguous().numpy() for tensor in tensors)
    return turing.Given(np.array(sizes.packed, np.int64), sizes.slots, sizes.reads, sizes.writes, *arrays)


def _entering(first: Tensor, output: Tensor, packed: list[int]) -> Tensor:
    """Return [r; h] of the step before each row, (N, R W + H)."""
    starts = np.concatenate([[0], np.cumsum(packed)])
    before = [np.arange(start, start + size) for start, size in zip(starts, packed[1:], strict=False)]
    index = torch.from_numpy(np.concatenate([np.empty(0, np.int64), *before]))
    return torch.cat([first[: packed[0]], output[index]])
