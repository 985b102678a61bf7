"""The class-based softmax: first the class of a word, then the word in its class."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base import NOTHING, LossSum, TableHead, counted, padded_again, time_major
from elman.layers.class_cross_entropy import inside, summed_inside
from elman.layers.cross_entropy import cross_entropies, summed_cross_entropy
from elman.moment import Moment


class ClassSoftmaxHead(TableHead):
    """A softmax over C classes of words, and one over the words of the class. Exactly normalised.

        p(w) = p(c(w)) p(w | c(w)),    p(c) = softmax(V h + d),    p(w | c) = softmax over the words of c of W h + b

    Words are sorted by frequency; a class is a stretch of them that holds about 1/C of Σ √count, so that frequent
    words have small classes. A word costs C + |c(w)| logits; with C = √V that is near 2 √V.

    Args:
        hidden_size: H.
        target: what is answered, V words, the most frequent first, and how often each occurs.
        config: `classes` and `by`.

    Raises:
        ConfigError: more classes than words, or nobody counted.

    Source: Goodman (2001), Classes for fast maximum entropy training, arXiv:cs/0108006; Mikolov et al. (2011),
    Extensions of recurrent neural network language model, ICASSP; the binning as in RNNLM 0.4.
    """

    class Config(TableHead.Config):
        """Options of the class-based softmax."""

        classes: int = Field(0, ge=0, description="C; 0 takes the square root of the vocabulary.")
        by: str = Field(
            "root",
            pattern="^(root|count)$",
            description="What a class holds an equal share of: root (√count) or count of its words.",
        )

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        counts = np.asarray(getattr(target, "counts", ()), np.float64)
        if not len(counts):
            raise ConfigError(
                "model.head: ClassSoftmaxHead makes classes of words by how often they occur, and nobody counted "
                "these. Take the head softmax."
            )
        wanted = self.config.classes or max(1, round(math.sqrt(self.num_classes)))
        if wanted > self.num_classes:
            raise ConfigError(
                f"model.head_options.classes: got {wanted}, expected at most {self.num_classes}, the size of the "
                "vocabulary."
            )
        bins = binned(np.sqrt(counts) if self.config.by == "root" else counts, wanted)
        self.starts = [*np.flatnonzero(np.diff(bins, prepend=-1)).tolist(), self.num_classes]
        self.class_of: Tensor
        self.register_buffer("class_of", torch.from_numpy(bins), persistent=False)
        self.class_weight = nn.Parameter(torch.empty(len(self.starts) - 1, hidden_size))
        self.class_bias = nn.Parameter(torch.empty(len(self.starts) - 1))
        self.reset_parameters(torch.Generator().manual_seed(0))

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
        classes = self.class_of[wanted]
        nats = summed_cross_entropy(rows, self.class_weight, self.class_bias, classes, weights=factors)
        nats = nats + summed_inside(rows, self.weight, self.bias, wanted, (self.starts, classes), factors)
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows, wanted = time_major(hidden), target.t().flatten()
        classes = self.class_of[wanted]
        nats = cross_entropies(rows, self.class_weight, self.class_bias, classes)
        return padded_again(nats + inside(rows, self.weight, self.bias, wanted, (self.starts, classes)), target)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every word in nats."""
        of_class = functional.log_softmax(functional.linear(rows, self.class_weight, self.class_bias), dim=-1)
        sizes = [last - first for first, last in zip(self.starts[:-1], self.starts[1:], strict=True)]
        parts = torch.split(self.logits(rows), sizes, dim=-1)
        words = torch.cat([functional.log_softmax(part, dim=-1) for part in parts], dim=-1)
        return words + of_class[..., self.class_of]


def binned(mass: np.ndarray, classes: int) -> np.ndarray:
    """Return the class of each word, (V,) int64, rising by at most one a word.

        a = 0;  for each word: class a, then a + 1 if a < C - 1 and Σ mass so far > (a + 1) / C

    Args:
        mass: of the words in order, (V,).
        classes: C.
    """
    reached = np.cumsum(mass / max(mass.sum(), np.finfo(float).tiny))
    found, current = np.empty(len(mass), np.int64), 0
    for word, share in enumerate(reached):
        found[word] = current
        current += current < classes - 1 and share > (current + 1) / classes
    return found
