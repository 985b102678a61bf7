"""Attention: what a query reads of a source."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.errors import ConfigError
from elman.layers.attention import SCORES
from elman.layers.attention.base import Form, Score
from elman.layers.compiled import takes
from elman.layers.gate import Gate
from elman.layers.products import linear
from elman.layers.source import CountedSource
from elman.layers.tensors import to_array
from elman.native.attention import Sources, look


class Looked(NamedTuple):
    """What one query, or each of several, read.

    Args:
        context: c, (B, D) or (B, U, D).
        weights: α, (B, T) or (B, U, T).
    """

    context: Tensor
    weights: Tensor


class Attention(nn.Module):
    """Reads a source by how well its places fit a query.

        e_j = score(q, v_j);    α = softmax(e) over real places;    c = Σ_j α_j v_j
        gated: c = σ(w q + b) Σ_j α_j v_j

    Args:
        name: of the score.
        query_size: Q.
        values_size: D.
        gated: whether a gate says how much of what is read counts.

    Source: Xu et al. (2015), arXiv:1502.03044, section 4.2.1, for the gate β.
    """

    def __init__(self, name: str, query_size: int, values_size: int, gated: bool = False) -> None:
        super().__init__()
        self.score: Score = SCORES.get(name)(query_size, values_size)
        self.gate = Gate(query_size) if gated else None

    def forward(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        """Return what one query of each row reads; where nothing is learned from it, in compiled code.

        Raises:
            ConfigError: the score goes by the number of the step, which nobody counts.
        """
        looked = self._looked(query, source)
        return looked if self.gate is None else looked._replace(context=self.gate(query) * looked.context)

    def _looked(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        self._counted(source)
        if not torch.is_grad_enabled() and self.score.has_form and _taken(query, source):
            return self._found(query, source)
        if source.rows is not None:
            return self._together(query, source)
        weights = self.score.weigh(self.score(query, source.keys), query, source.keys, source.mask)
        return Looked((weights[:, None] @ source.values)[:, 0], weights)

    def every(self, queries: Float[Tensor, "B U Q"], source: Any) -> Looked:
        """Return what several queries of each row read, all at once.

        Raises:
            ConfigError: as above.
        """
        looked = self._all_looked(queries, source)
        return looked if self.gate is None else looked._replace(context=self.gate(queries) * looked.context)

    def _all_looked(self, queries: Float[Tensor, "B U Q"], source: Any) -> Looked:
        self._counted(source)
        source = source.spread()
        scores = self.score.every(queries, source.keys)
        weights = self.score.weigh(scores, queries, source.keys, source.mask[:, None].expand_as(scores))
        return Looked(weights @ source.values, weights)

    def _counted(self, source: Any) -> None:
        if self.score.counts_steps and not isinstance(source, CountedSource):
            raise ConfigError(
                f"{type(self.score).__name__}: goes by the number of the step: got a source whose steps nobody counts, "
                "expected one of elman.layers.counting.Counted. Put that around the decoder."
            )

    def _together(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        """Return what rows read of which many look at one source, without a copy for each; they stand together."""
        some, group, sizes = torch.unique_consecutive(source.rows, return_inverse=True, return_counts=True)
        place = torch.arange(len(group), device=group.device) - (sizes.cumsum(0) - sizes)[group]
        queries = query.new_zeros(len(some), int(sizes.max()), query.shape[1])
        queries[group, place] = query
        if not torch.equal(some, torch.arange(len(source.mask), device=some.device)):
            source = source._replace(rows=some).spread()
        looked = self._all_looked(queries, source._replace(rows=None))
        return Looked(looked.context[group, place], looked.weights[group, place])

    def _found(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        """Return what rows read, in compiled code: whatever many rows look at lies there once."""
        form: Any = self.score.form()
        q = query if form.weight_query is None else linear(query, form.weight_query)
        which = torch.arange(len(query)) if source.rows is None else source.rows
        there = sources_of(source.values, source.keys, source.mask.sum(1), form)
        context, weights = look(there, which.numpy(), q.contiguous().numpy(), torch.get_num_threads())
        return Looked(torch.from_numpy(context), torch.from_numpy(weights))


def sources_of(values: Tensor, keys: Tensor, lengths: Tensor, form: Form) -> Sources:
    """Return sources as compiled code takes them."""
    arrays = map(to_array, (values, keys, form.weight_query, form.vector))
    return Sources(to_array(lengths), *arrays, form.scale)  # type: ignore[arg-type,call-arg]


def real_first(mask: Tensor) -> bool:
    """Say whether the real places of each source stand before the others, so that their number says which they are."""
    return torch.equal(torch.arange(mask.shape[1]) < mask.sum(1)[:, None], mask)


def _taken(query: Tensor, source: Any) -> bool:
    if torch._C._are_functorch_transforms_active() or torch.compiler.is_exporting():
        return False
    tensors = (query, source.values, source.keys)
    alike = all(tensor.dtype == query.dtype for tensor in tensors)
    return alike and takes(query.dtype, *tensors) and real_first(source.mask)
