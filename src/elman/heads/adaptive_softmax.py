"""The adaptive softmax: frequent words in front, rare ones in clusters behind."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from pydantic import Field, field_validator
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base import NOTHING, LossSum, TokenHead, counted, draw_uniform, padded_again, time_major
from elman.layers.cross_entropy import cross_entropies, summed_cross_entropy
from elman.moment import Moment

_SHARES = (0.015, 0.06, 0.18, 0.45)


class AdaptiveSoftmaxHead(TokenHead):
    """A softmax in two steps for large vocabularies whose classes are ordered by frequency, the most frequent first.

        p(k) = p_head(k)                                for k < cutoff_1
        p(k) = p_head(cluster i) · p_i(k)               for cutoff_i <= k < cutoff_{i+1}
        p_head = softmax(W_0 h + b_0),    p_i = softmax(W_i P_i h + b_i),    P_i: H -> H / r^i

    Exactly normalized, and cheap because most targets are in the head: a rare word costs its cluster, and only for the
    rows whose target is in it. Tied, W are the rows of the embedding and there are no P_i (r counts as 1).

    Args:
        hidden_size: H.
        target: what is answered, V classes.
        config: `cutoffs` and `division` r.

    Raises:
        ConfigError: cutoffs that do not rise or reach V.

    Source: Grave et al. (2017), Efficient softmax approximation for GPUs, arXiv:1609.04309.
    """

    class Config(TokenHead.Config):
        """Options of the adaptive softmax."""

        cutoffs: list[int] = Field(
            [], description="First class of each cluster, rising; [] takes 1.5, 6, 18 and 45 % of the vocabulary."
        )
        division: float = Field(2.0, ge=1, description="r, what each further cluster divides the width of h by.")

        @field_validator("cutoffs")
        @classmethod
        def _rising(cls, cutoffs: list[int]) -> list[int]:
            if cutoffs and (cutoffs[0] < 1 or any(a >= b for a, b in itertools.pairwise(cutoffs))):
                raise ValueError(f"got {cutoffs}, expected rising numbers from 1.")
            return cutoffs

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        num_classes = self.num_classes
        cutoffs = self.config.cutoffs or _default_cutoffs(num_classes)
        if cutoffs[-1:] and cutoffs[-1] >= num_classes:
            raise ConfigError(
                f"model.head_options.cutoffs: got {cutoffs}, expected numbers below {num_classes}, the vocabulary."
            )
        self.borders = [0, *cutoffs, num_classes]
        sizes = [last - first for first, last in itertools.pairwise(self.borders)]
        narrow = [max(1, int(hidden_size / self.config.division**i)) for i in range(1, len(sizes))]
        self.table: nn.Parameter | None = None
        self.weights = nn.ParameterList([torch.empty(sizes[0], hidden_size)])
        self.weights.extend(torch.empty(size, width) for size, width in zip(sizes[1:], narrow, strict=True))
        self.projections = nn.ParameterList(torch.empty(width, hidden_size) for width in narrow)
        self.clusters = nn.Parameter(torch.empty(len(narrow), hidden_size))
        self.bias = nn.Parameter(torch.empty(num_classes + len(narrow)))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def tie(self, table: nn.Parameter) -> None:
        """Make the rows of the table the W of head and clusters; the projections go."""
        self.table = table
        self.weights, self.projections = nn.ParameterList(), nn.ParameterList()

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw weights from U(-bound, bound), 1/sqrt(inputs) if left out; biases are 0. A tied table is let be."""
        for name, parameter in self.named_parameters():
            if name != "table":
                draw_uniform({name: parameter}, generator, bound or 1 / math.sqrt(parameter.shape[-1]))

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed cross-entropy of the targets that count, and how many they are."""
        rows, wanted, factors = counted(hidden, target, weights)
        tables, biases = self._parts()
        nats = summed_cross_entropy(rows, tables[0], biases[0], self._in_head(wanted), weights=factors)
        for cluster in range(1, len(tables)):
            chosen, inner, inside = self._rows_of(cluster, rows, wanted)
            some = None if factors is None else factors[chosen]
            nats = nats + summed_cross_entropy(inner, tables[cluster], biases[cluster], inside, weights=some)
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows, wanted = time_major(hidden), target.t().flatten()
        weights, biases = self._parts()
        nats = cross_entropies(rows, weights[0], biases[0], self._in_head(wanted))
        for cluster in range(1, len(weights)):
            chosen, inner, inside = self._rows_of(cluster, rows, wanted)
            nats.index_add_(0, chosen, cross_entropies(inner, weights[cluster], biases[cluster], inside))
        return padded_again(nats, target)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats."""
        weights, biases = self._parts()
        first = functional.log_softmax(functional.linear(rows, weights[0], biases[0]), dim=-1)
        parts = [first[..., : self.borders[1]]]
        for cluster in range(1, len(weights)):
            logits = functional.linear(self._narrow(cluster, rows), weights[cluster], biases[cluster])
            of_cluster = first[..., self.borders[1] + cluster - 1, None]
            parts.append(functional.log_softmax(logits, dim=-1) + of_cluster)
        return torch.cat(parts, dim=-1)

    def _parts(self) -> tuple[list[Tensor], list[Tensor]]:
        """Return weights and biases of the head, the clusters' own logits after its classes, and of each cluster."""
        sizes = [last - first for first, last in itertools.pairwise(self.borders)]
        # One split gives one gradient of the whole table; slices would each make one.
        weights = list(self.weights) if self.table is None else list(torch.split(self.table, sizes))
        weights[0] = torch.cat([weights[0], self.clusters])
        return weights, list(torch.split(self.bias, [sizes[0] + len(sizes) - 1, *sizes[1:]]))

    def _in_head(self, target: Tensor) -> Tensor:
        """Return the class that the head has to give: the target's own or its cluster's."""
        borders = torch.tensor(self.borders[1:-1], device=target.device)
        cluster = torch.bucketize(target.contiguous(), borders, right=True)
        return torch.where(cluster == 0, target, self.borders[1] + cluster - 1)

    def _rows_of(self, cluster: int, rows: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return which rows have their target in a cluster, those rows as the cluster sees them, and their classes."""
        first, last = self.borders[cluster], self.borders[cluster + 1]
        chosen = ((target >= first) & (target < last)).nonzero()[:, 0]
        return chosen, self._narrow(cluster, rows.index_select(0, chosen)), target[chosen] - first

    def _narrow(self, cluster: int, rows: Tensor) -> Tensor:
        return rows if self.table is not None else functional.linear(rows, self.projections[cluster - 1])


def _default_cutoffs(num_classes: int) -> list[int]:
    return sorted({int(num_classes * share) for share in _SHARES} - {0})
