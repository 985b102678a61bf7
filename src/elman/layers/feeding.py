"""Recurrences that are fed with what they read of a source: whole sequences in compiled code, differentiated."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from elman.cells.base import Cell, HiddenState
from elman.layers import fused, passes
from elman.layers.attending import Attention, real_first, sources_of
from elman.layers.attention.base import Form
from elman.layers.once import once
from elman.layers.packing import Packing
from elman.layers.passes import How, Weights, recurrent_weights
from elman.layers.products import product
from elman.layers.tensors import to_array
from elman.native import fed, recurrences
from elman.native.fed import Made


class Fed(NamedTuple):
    """What a recurrence gave that was fed.

    Args:
        y: the output of each packed row, (N, H), where that is fed.
        h: of each packed row, (N, H).
        context: c of each packed row, (N, D).
        layer: the last state of the cell.
        y_last: the last output of each row of the batch, (B, H).
    """

    y: Any
    h: Tensor
    context: Tensor
    layer: Any
    y_last: Any


class Join(NamedTuple):
    """What makes the output that is fed: y = tanh(W [h; c] + b).

    Args:
        weight: W, (H, H + D).
        bias: b.
        first: y before the first step, (B, H).
    """

    weight: Tensor
    bias: Tensor
    first: Tensor


class _Tensors(NamedTuple):
    """The tensors of a pass that may have gradients."""

    input: Tensor
    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None
    h: Tensor
    c: Tensor | None
    values: Tensor
    keys: Tensor
    weight_query: Tensor | None
    vector: Tensor | None
    weight_join: Tensor | None
    bias_join: Tensor | None
    y: Tensor | None


class _Looks(NamedTuple):
    """What a pass is told of attention besides."""

    lengths: Tensor
    scale: float


def computes(cell: Cell, attention: Attention) -> bool:
    """Say whether there is compiled code for this cell and this score, where their weights are."""
    found = fused.computes(cell) and cell.kernel() in fed.FED_KINDS and attention.score.has_form
    return found and attention.gate is None


def run(
    cell: Cell, attention: Attention, rows: Tensor, packing: Packing, state: Any, memory: Any, join: Join | None = None
) -> Fed | None:
    """Run compiled code over a packed batch, or return None where it cannot.

        c_t = attention(h_{t-1});    h_t = cell([x_t; c_t], h_{t-1})                                  without `join`
        h_t = cell([x_t; y_{t-1}], h_{t-1});    c_t = attention(h_t);    y_t = tanh(W [h_t; c_t] + b)      with it

    Args:
        cell: makes the steps.
        attention: looks at the source.
        rows: packed x, (N, E).
        packing: how they are packed.
        state: of the cell before the first step.
        memory: an `elman.layers.source.Source`.
        join: what makes y.
    """
    form = attention.score.form()
    able = packing.steps > 1 and computes(cell, attention) and fused.fits(cell, rows, state)
    if form is None or not able or torch.compiler.is_exporting():
        return None
    source: Any = packing.sort_memory(memory)
    before: Any = packing.sort(state)
    lengths = source.mask.sum(1)
    if not real_first(source.mask):
        return None
    joined: Any = (None, None, None)
    if join is not None:
        first: Any = packing.sort(HiddenState(join.first))
        joined = join.weight, join.bias, first.h
    tensors = _Tensors(
        *(rows, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh),
        before.h,
        getattr(before, "c", None),
        *(source.values, source.keys, form.weight_query, form.vector),
        *joined,
    )
    how = How(cell.kernel() or "", packing.batch_sizes, False, None, None, True, None, None, True)
    y, h, context, h_last, c_last, y_last = _FedRecurrence.apply(how, _Looks(lengths, form.scale), *tensors)  # type: ignore[no-untyped-call]
    parts = {"h": h_last, "c": c_last}
    layer = packing.restore(state._make(parts[name] for name in state._fields))
    if y_last is not None:
        last: Any = packing.restore(HiddenState(y_last))
        y_last = last.h
    return Fed(y, h, context, layer, y_last)


class _FedRecurrence(torch.autograd.Function):
    """The recurrence, differentiated once."""

    @staticmethod
    def forward(ctx: Any, how: How, looks: _Looks, *tensors: Any) -> tuple[Tensor | None, ...]:
        given, learns = _Tensors(*tensors), any(ctx.needs_input_grad)
        made = _room(given, how, learns)
        fed.forward(_given(given, how, looks), made.arrays(), torch.get_num_threads())
        if learns:
            ctx.how, ctx.looks = how, looks
            ctx.some = [tensor is not None for tensor in (*given, *made)]
            ctx.save_for_backward(*(tensor for tensor in (*given, *made) if tensor is not None))
            ctx.set_materialize_grads(False)
        return made.y, made.output, made.context, made.h_last, made.c_last, made.y_last

    @staticmethod
    @once
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        saved = iter(ctx.saved_tensors)
        tensors = [next(saved) if there else None for there in ctx.some]
        size = len(_Tensors._fields)
        made = _Kept(*tensors[size:])  # type: ignore[arg-type]
        return None, None, *_backward(_Tensors(*tensors[:size]), made, ctx.how, ctx.looks, gradients)  # type: ignore[arg-type]


class _Kept(NamedTuple):
    """The tensors that a pass fills in: see `elman.native.fed.Made` and `elman.native.recurrences.Made`."""

    output: Tensor
    h_last: Tensor
    c_last: Tensor | None
    gates: Tensor | None
    memory: Tensor | None
    inner: Tensor | None
    entering: Tensor | None
    queries: Tensor | None
    weights: Tensor | None
    context: Tensor
    fed: Tensor | None
    y: Tensor | None
    y_last: Tensor | None

    def arrays(self) -> Made:
        """Return them as the kernel takes them."""
        arrays = [None if tensor is None else tensor.detach().numpy() for tensor in self]
        return Made(recurrences.Made(*arrays[:7]), *arrays[7:])  # type: ignore[arg-type]


def _room(given: _Tensors, how: How, learns: bool) -> _Kept:
    x, h, after = given.input, given.h, given.weight_join is not None
    rows, hidden = len(x), h.shape[1]
    kept = x.new_empty(rows, hidden)

    def room(needed: bool, *shape: int) -> Tensor | None:
        return x.new_empty(*shape) if needed else None

    memory, queries = given.c is not None, given.weight_query is not None
    return _Kept(
        kept,
        torch.empty_like(h, memory_format=torch.contiguous_format),
        room(memory, *h.shape),
        room(learns, rows, len(given.weight_hh)),
        room(learns and memory, rows, hidden),
        room(learns and how.kind == "gru", rows, hidden),
        room(learns, rows, hidden),
        room(learns and queries, rows, given.keys.shape[2]),
        room(learns, rows, given.values.shape[1]),
        x.new_empty(rows, given.values.shape[2]),
        room(learns and after, rows, hidden),
        room(after, rows, hidden),
        room(after, *h.shape),
    )


def _backward(
    given: _Tensors, made: _Kept, how: How, looks: _Looks, gradients: tuple[Tensor | None, ...]
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `_Tensors`, given those of y, h, c, and of the last states."""
    d_y, d_output, d_context, d_h, d_c, d_y_state = gradients
    after, x = given.weight_join is not None, given.input
    size = x.shape[1]
    z, d_queries = torch.empty_like(made.gates), x.new_empty(len(x), given.keys.shape[2])  # type: ignore[arg-type]
    d_inner = None if made.inner is None else torch.empty_like(made.inner)
    d_h, d_c = passes.own(d_h, given.h), None if given.c is None else passes.own(d_c, given.c)
    d_y_state = passes.own(d_y_state, given.y) if given.y is not None else None
    d_join = torch.empty_like(made.output) if after else None
    d_bias = None if given.bias_hh is None else z.new_empty(z.shape[1])
    d_inner_bias = None if d_inner is None or d_bias is None else d_inner.new_empty(d_inner.shape[1])
    d_values, d_keys = (
        torch.zeros_like(one, memory_format=torch.contiguous_format) for one in (given.values, given.keys)
    )
    d_vector = None if given.vector is None else torch.empty_like(given.vector, memory_format=torch.contiguous_format)
    recurrence = (d_output, d_h, d_c, z, d_inner, d_bias, d_inner_bias, None)
    others = (d_context, d_y, d_y_state, d_join, d_queries, d_values, d_keys, d_vector)
    told = fed.Gradients(recurrences.Gradients(*map(to_array, recurrence)), *map(to_array, others))  # type: ignore[arg-type]
    fed.backward(_given(given, how, looks), made.arrays(), told, torch.get_num_threads())
    entered = made.fed if after else made.context
    d_weight_ih = torch.cat([product(z.t(), x), product(z.t(), entered)], 1)  # type: ignore[arg-type]
    kept = passes.Kept(made.output, made.gates, made.memory, made.inner, made.entering, None, None)  # type: ignore[arg-type]
    d_weight_hh = recurrent_weights(given.weight_hh, z, d_inner, kept)
    d_bias_hh = d_bias
    if d_bias is not None and d_inner_bias is not None:
        d_bias_hh = torch.cat([d_bias[: -len(d_inner_bias)], d_inner_bias])
    d_bias_ih = None if d_bias is None else d_bias.clone()
    asked = made.output if after else made.entering
    d_query = None if given.weight_query is None else product(d_queries.t(), asked)  # type: ignore[arg-type]
    d_weight_join = d_bias_join = None
    if d_join is not None:
        d_weight_join = torch.cat([product(d_join.t(), made.output), product(d_join.t(), made.context)], 1)
        d_bias_join = d_join.sum(0)
    d_input = product(z, given.weight_ih[:, :size])
    of_cell = (d_input, d_weight_ih, d_weight_hh, d_bias_ih, d_bias_hh, d_h, d_c)
    return *of_cell, d_values, d_keys, d_query, d_vector, d_weight_join, d_bias_join, d_y_state


def _given(given: _Tensors, how: How, looks: _Looks) -> fed.Given:
    size = given.input.shape[1]
    of_tokens = given.weight_ih[:, :size]
    shaped = (None,) * 4
    weights = Weights(
        *(given.input, of_tokens, given.weight_hh, given.bias_ih, given.bias_hh), *shaped, given.h, given.c
    )
    form = Form(given.weight_query, given.vector, looks.scale)
    sources = sources_of(given.values, given.keys, looks.lengths, form)
    others = map(to_array, (given.weight_ih[:, size:], given.weight_join, given.bias_join, given.y))
    return fed.Given(passes.given(weights, how), sources, given.weight_join is not None, *others)  # type: ignore[arg-type]
