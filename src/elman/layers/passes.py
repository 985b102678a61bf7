"""A pass of compiled code over tensors, forwards and backwards: where its results lie, and which products follow."""

import threading
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.layers.products import product
from elman.layers.tensors import to_array
from elman.native import recurrences
from elman.native.kinds import NARROWED, NORMALIZED, RESET_BEFORE, join_biases

_LARGEST_ROOM = 2**26
"""Numbers that a thread keeps room for; what a larger pass needs is given back."""


class How(NamedTuple):
    """What a pass is told besides the tensors that have gradients."""

    kind: str
    sizes: list[int]
    backwards: bool
    entering_mask: Tensor | None
    candidate_mask: Tensor | None
    drops_each_step: bool
    h_stays: Tensor | None
    c_stays: Tensor | None
    stays_each_step: bool
    epsilon: float = 0.0


class Weights(NamedTuple):
    """The tensors of a pass that may have gradients, in the order in which every function here takes them."""

    input: Tensor
    weight_ih: Tensor | None
    weight_hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None
    peephole: Tensor | None
    gain: Tensor | None
    memory_gain: Tensor | None
    memory_bias: Tensor | None
    h: Tensor
    c: Tensor | None
    projection: Tensor | None = None


class Kept(NamedTuple):
    """What the gradient needs of a forward pass: see `elman.native.recurrences.Made`."""

    output: Tensor
    gates: Tensor
    memory: Tensor | None
    inner: Tensor | None
    entering: Tensor
    normed_memory: Tensor | None
    scales: Tensor | None


def forward(weights: Weights, how: How, learns: bool) -> tuple[Tensor, Tensor, Tensor | None, Kept | None]:
    """Return output, last h and c, and what the gradient needs."""
    x, h, c = weights.input, weights.h, weights.c
    masked = how.entering_mask is not None or how.candidate_mask is not None
    output, before = _shifted(weights, how) if learns and not masked else (x.new_empty(len(x), h.shape[1]), None)
    rows, h_last = len(x), torch.empty_like(h, memory_format=torch.contiguous_format)
    c_last = None if c is None else torch.empty_like(c, memory_format=torch.contiguous_format)
    gates = x.new_empty(rows, len(weights.weight_hh)) if learns else None
    memory = x.new_empty(rows, c.shape[1]) if learns and c is not None else None
    inner = torch.empty_like(output) if learns and how.kind in ("gru", RESET_BEFORE) else None
    inner = torch.empty_like(memory) if memory is not None and how.kind == NARROWED else inner
    normed_memory = scales = None
    if learns and how.kind == NORMALIZED:
        inner, normed_memory, scales = torch.empty_like(x), torch.empty_like(output), x.new_empty(rows, 2)
    entering = torch.empty_like(output) if masked or (learns and before is None) else None
    filled = (output, h_last, c_last, gates, memory, inner, entering, normed_memory, scales)
    made = recurrences.Made(*map(_room, filled))  # type: ignore[arg-type]
    recurrences.forward(given(weights, how), made, torch.get_num_threads())
    entered = before if entering is None else entering
    if gates is None or entered is None:
        return output, h_last, c_last, None
    return output, h_last, c_last, Kept(output, gates, memory, inner, entered, normed_memory, scales)


def _shifted(weights: Weights, how: How) -> tuple[Tensor, Tensor | None]:
    """Return room for the output and, where no sequence is shorter than another, h_{t-1} of every row.

    That is then the output one step earlier, and lies in the same memory: nothing is copied.
    """
    rows, width, count = len(weights.input), weights.h.shape[1], how.sizes[0]
    if count != how.sizes[-1]:
        return weights.h.new_empty(rows, width), None
    room = weights.h.new_empty(count + rows, width)
    early, late = room[:rows], room[count:]
    (room[rows:] if how.backwards else room[:count]).copy_(weights.h[:count])
    return (early, late) if how.backwards else (late, early)


def backward(
    gradients: tuple[Tensor | None, ...], weights: Weights, how: How, kept: Kept, needed: tuple[bool, bool, bool]
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `Weights`, given those of output, last h and last c.

    `needed` says whether those of the input, of weight_ih and of weight_hh are.
    """
    d_output, d_h, d_c = gradients
    goes_out = weights.weight_ih is None  # z is the gradient of the input then
    inner = {RESET_BEFORE: None, NARROWED: kept.output}.get(how.kind, kept.inner)
    room, d_inner = _scratch(kept.output, None if goes_out else kept.gates, inner)
    z = torch.empty_like(kept.gates) if room is None else room
    d_h = own(d_h, weights.h)
    d_c = None if weights.c is None else own(d_c, weights.c)
    d_bias = None if weights.bias_hh is None else z.new_empty(z.shape[1])
    d_inner_bias = d_inner.new_empty(d_inner.shape[1]) if how.kind == "gru" and d_bias is not None else None  # type: ignore[union-attr]
    shaped = (weights.peephole, weights.gain, weights.memory_gain, weights.memory_bias)
    d_others = [None if weight is None else z.new_empty(weight.shape) for weight in shaped]
    made = (kept.output, weights.h, None, *kept[1:])
    filled = (d_h, d_c, z, d_inner, d_bias, d_inner_bias, *d_others)
    recurrences.backward(
        given(weights, how),
        recurrences.Made(*map(to_array, made)),  # type: ignore[arg-type]
        recurrences.Gradients(to_array(d_output), *map(_room, filled)),  # type: ignore[arg-type]
        torch.get_num_threads(),
    )
    d_input = d_weight_ih = None
    if needed[0]:
        d_input = z if weights.weight_ih is None else product(z, weights.weight_ih)
    if needed[1]:
        d_weight_ih = product(z.t(), weights.input)
    d_projection = None
    if weights.projection is not None:
        d_projection = product(d_inner.t(), kept.inner)  # type: ignore[union-attr,arg-type]
        d_inner, kept = None, kept._replace(inner=None)  # W_hh met h itself
    d_weight_hh = recurrent_weights(weights.weight_hh, z, d_inner, kept) if needed[2] else None
    d_bias_hh = d_bias
    if d_bias is not None and d_inner_bias is not None:
        d_bias_hh = torch.cat([d_bias[: -len(d_inner_bias)], d_inner_bias])
    d_bias_ih = None if d_bias is None or weights.bias_ih is None else d_bias.clone()
    return d_input, d_weight_ih, d_weight_hh, d_bias_ih, d_bias_hh, *d_others, d_h, d_c, d_projection


def recurrent_weights(weight: Tensor, z: Tensor, d_inner: Tensor | None, kept: Kept) -> Tensor:
    """Return Σ_t z_tᵀ h_{t-1}, but its last rows, or all, met an inner quantity: d_innerᵀ h, or zᵀ (r ⊙ h)."""
    if kept.inner is None:
        return product(z.t(), kept.entering)
    split = len(weight) - kept.inner.shape[1]
    left, right = (z[:, split:], kept.inner) if d_inner is None else (d_inner, kept.entering)
    made = z.new_empty(weight.shape)
    product(z[:, :split].t(), kept.entering, made[:split])
    product(left.t(), right, made[split:])
    return made


def own(gradient: Tensor | None, like: Tensor) -> Tensor:
    """Return a gradient that may be written to, zeros if there is none."""
    if gradient is None:
        return like.new_zeros(like.shape)
    return gradient.clone(memory_format=torch.contiguous_format)


_memory = threading.local()


def _scratch(of: Tensor, *like: Tensor | None) -> list[Tensor | None]:
    """Return room in the shape of each tensor, in the type of another, that this thread uses again and again.

    Fresh memory for every pass would cost more than the arithmetic of a small layer.
    """
    sizes = [0 if tensor is None else tensor.numel() for tensor in like]
    rooms = _memory.__dict__.setdefault("rooms", {})
    room = rooms.get(of.dtype)
    if room is None or room.numel() < sum(sizes):
        room = of.new_empty(sum(sizes))
        if sum(sizes) <= _LARGEST_ROOM:
            rooms[of.dtype] = room
    parts = room[: sum(sizes)].split(sizes)
    return [None if tensor is None else part.view_as(tensor) for tensor, part in zip(like, parts, strict=True)]


def given(weights: Weights, how: How) -> recurrences.Given:
    """Return a pass as a kernel takes it."""
    arrays = Weights(*map(to_array, weights))  # type: ignore[arg-type]
    biases = join_biases(how.kind, arrays.bias_ih, arrays.bias_hh)  # type: ignore[arg-type]
    inputs = (arrays.input, arrays.weight_ih, arrays.weight_hh, *biases, arrays.peephole, arrays.h, arrays.c)
    norm = recurrences.Norm(arrays.gain, arrays.memory_gain, arrays.memory_bias, how.epsilon)  # type: ignore[arg-type]
    drops, stays = map(to_array, how[3:5]), map(to_array, how[6:8])
    masks = recurrences.Masks(*drops, how.drops_each_step, *stays, how.stays_each_step)  # type: ignore[call-arg,arg-type]
    sizes = np.array(how.sizes, dtype=np.int64)
    return recurrences.Given(how.kind, sizes, how.backwards, *inputs, norm, masks, arrays.projection)  # type: ignore[arg-type]


def _room(tensor: Tensor | None) -> np.ndarray | None:
    """Return what a kernel fills in: this very memory, never a copy."""
    return None if tensor is None else tensor.detach().numpy()
