"""The class-based softmax with hashed n-gram features: a maximum entropy model learned with a network."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.heads.base import NOTHING, LossSum, counted, padded_again, time_major
from elman.heads.class_softmax import ClassSoftmaxHead
from elman.layers.class_cross_entropy import Features, inside, summed_inside
from elman.layers.hashed_features import HashedFeatures, hashes
from elman.moment import Moment


class MaxentSoftmaxHead(ClassSoftmaxHead):
    """Classes of words, and words in their class, from a hidden state and from the last words themselves.

        p(c) = softmax(V h + d + f(· | history))
        p(w | c) = softmax over the words of c of W h + b + f_c(· | history)

    f adds a number for each of the last 0 to n - 1 words, from one table by hash: `elman.layers.hashed_features`. So
    the network learns what n-grams do not know.

    Args:
        hidden_size: H.
        target: what is answered, V words, the most frequent first, and how often each occurs.
        config: `order` n, `cells`, `rate`, `accumulator`, `decay`, and the options of classes.

    Source: Mikolov et al. (2011), Strategies for training large scale neural network language models, ASRU.
    """

    class Config(ClassSoftmaxHead.Config):
        """Options of the softmax with features."""

        order: int = Field(4, ge=1, le=20, description="n: features of the last 0 to n - 1 words.")
        cells: int = Field(1 << 22, ge=1, description="Numbers of the table, four bytes each: 4 million are 16 MB.")
        rate: float = Field(1.0, gt=0, description="The learning rate of the table, by Adagrad, which has its own.")
        accumulator: float = Field(
            1e-4,
            ge=0,
            description="What Adagrad's s starts from; gradients are means over the words of an update. From 0 a word "
            "loses as much each time that it does not follow, however unlikely it was.",
        )
        decay: float = Field(1e-6, ge=0, description="λ: each look at a cell draws it to 0 by λ times itself.")

    reads = ("history",)

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        widths = np.diff(self.starts)
        widest = max(int(widths.max()), len(widths))
        options = self.config
        self.features = HashedFeatures(options.order, options.cells, widest, options.rate, options.accumulator)
        self.widths: Tensor
        self.register_buffer("widths", torch.from_numpy(widths), persistent=False)
        inner = torch.arange(self.num_classes) - torch.tensor(self.starts[:-1])[self.class_of]
        self.places_inside: Tensor
        self.register_buffer("places_inside", inner, persistent=False)

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed cross-entropy of the targets that count, and how many they are."""
        history = self.beside(given)["history"]
        rows, wanted, factors = counted(hidden, target, weights)
        words = counted(history, target, weights).hidden
        classes, all_classes, of_classes, of_words = self._told(words, wanted)
        nats = summed_inside(rows, self.class_weight, self.class_bias, classes, all_classes, factors, of_classes)
        inner = (self.starts, classes)
        nats = nats + summed_inside(rows, self.weight, self.bias, wanted, inner, factors, of_words)
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows, wanted, words = time_major(hidden), target.t().flatten(), time_major(self.beside(given)["history"].values)
        classes, all_classes, of_classes, of_words = self._told(words, wanted)
        nats = inside(rows, self.class_weight, self.class_bias, classes, all_classes, of_classes)
        nats += inside(rows, self.weight, self.bias, wanted, (self.starts, classes), of_words)
        return padded_again(nats, target)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every word in nats."""
        history = self.beside(given)["history"].values
        flat, words = rows.reshape(-1, self.hidden_size), history.flatten(0, -2)
        count, classes = len(flat), len(self.widths)
        one = torch.ones(count, dtype=torch.int64, device=words.device)
        of_classes = self.features.numbers(self.features.places(words, 0 * one, classes, False), classes)
        log_classes = functional.log_softmax(
            functional.linear(flat, self.class_weight, self.class_bias) + of_classes, -1
        )
        salts = torch.arange(1, classes + 1, device=words.device).repeat(count)
        places = self.features.places(words.repeat_interleave(classes, 0), salts, self.widths.repeat(count).cpu(), True)
        cells = places.view(count, classes, -1)[:, self.class_of] + self.places_inside[:, None]
        logits = self.logits(flat) + self.features.weight[cells].sum(-1)
        parts = torch.split(logits, self.widths.tolist(), dim=-1)
        log_words = torch.cat([functional.log_softmax(part, dim=-1) for part in parts], dim=-1)
        return (log_words + log_classes[:, self.class_of]).view(*rows.shape[:-1], self.num_classes)

    def looked_at(self, history: np.ndarray, wanted: np.ndarray) -> int:
        """Return how many different numbers there are to learn if no two histories share any.

        Args:
            history: ids, the nearest first, (N, n - 1).
            wanted: the words that follow, (N,).
        """
        order, widths = self.config.order, self.widths.cpu().numpy()
        classes = self.class_of.cpu().numpy()[wanted]
        of_classes = hashes(history, np.zeros_like(wanted), order)
        total = len(widths) * sum(len(np.unique(of_classes[:, a])) for a in range(order))
        several = widths[classes] > 1  # the only word of its class is certain
        of_words, wide = hashes(history[several], classes[several] + 1, order), widths[classes[several]]
        for a in range(order):
            first = np.unique(of_words[:, a], return_index=True)[1]
            total += int(wide[first].sum())
        return int(total)

    def _told(self, words: Tensor, wanted: Tensor) -> tuple[Tensor, tuple[list[int], Tensor], Features, Features]:
        """Return the class of each target, all classes as those of one stretch, and the features of both steps."""
        classes = self.class_of[wanted]
        number = len(self.widths)
        of_classes = self.features.places(words, torch.zeros_like(classes), number, False)
        of_words = self.features.places(words, classes + 1, self.widths[classes].cpu(), True)
        kept = (self.config.decay, self.features.sparse_rows)
        table = self.features.weight
        return (
            classes,
            ([0, number], torch.zeros_like(classes)),
            Features(table, of_classes, *kept),
            Features(table, of_words, *kept),
        )
