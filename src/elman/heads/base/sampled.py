"""What heads promise that learn from some classes, drawn for each update, and are asked about all of them."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base.head import NOTHING, LossSum, counted
from elman.heads.base.linear_tokens import LinearTokenHead
from elman.moment import Moment


class Drawn(NamedTuple):
    """The logits that an update looks at, and how likely the noise gives their classes.

    Args:
        target: u_t, of the target of each row, (N,).
        draws: u_s, of each draw, the same draws for all rows, (N, k).
        log_target: log q_t, (N,).
        log_draws: log q_s, (k,).
        hits: where a draw is the row's own target.
    """

    target: Float[Tensor, " N"]
    draws: Float[Tensor, "N k"]
    log_target: Float[Tensor, " N"]
    log_draws: Float[Tensor, " k"]
    hits: Bool[Tensor, "N k"]


class SampledHead(LinearTokenHead):
    """A softmax that learns from k classes drawn for each update beside the targets; all rows share them.

        q(c) ∝ max(count_c, ½)^α,    s_1 .. s_k drawn from q, with replacement

    b starts at log p(c): what frequent classes gain by being frequent need not be learned from few draws. Where no
    training step asks it is the full softmax: every probability that anybody sees sums to one. What training minimises
    is no likelihood of the text. `sparse_rows`, set by whoever updates the weights, makes the gradient of W hold only
    rows that were drawn or meant.

    Args:
        hidden_size: H.
        target: what is answered, V classes, and how often each occurs.
        config: `samples` k and `exponent` α.

    Raises:
        ConfigError: nobody counted the classes, or there are fewer than k.
    """

    class Config(LinearTokenHead.Config):
        """Options of all heads that draw classes."""

        samples: int = Field(512, ge=1, description="k, classes that are drawn for an update.")
        exponent: float = Field(
            0.75, ge=0, le=1, description="α: 1 draws classes as often as they occur, 0 all equally often."
        )

    mixes = "against drawn classes, no likelihood"
    frequencies: np.ndarray | None = None
    """Of the classes, (V,) float64, once they were counted."""

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        self.sparse_rows = False
        counts = np.maximum(np.asarray(getattr(target, "counts", ()), np.float64), 0.5)
        self._check(len(counts))
        self.frequencies = counts / counts.sum()
        noise = self.frequencies**self.config.exponent
        noise /= noise.sum()
        # The running sum in float64: in float32 the rarest of many classes would never be drawn.
        self._cumulative = np.cumsum(noise)
        self.log_noise: Tensor
        self.register_buffer("log_noise", torch.from_numpy(np.log(noise)).to(self.bias), persistent=False)
        self.reset_parameters(torch.Generator().manual_seed(0))  # again: now the frequencies are known

    @property
    def starting_bias(self) -> np.ndarray:
        """Where b starts, (V,): the logarithm of the frequencies."""
        logs: np.ndarray = np.log(np.asarray(self.frequencies))
        return logs

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W as every linear head does; b is the logarithm of the frequencies, which draws are weighed by."""
        super().reset_parameters(generator, bound)
        if self.frequencies is not None:
            with torch.no_grad():
                self.bias.copy_(torch.from_numpy(self.starting_bias))

    def _check(self, counted: int) -> None:
        if self.config.samples > self.num_classes:
            raise ConfigError(
                f"model.head_options.samples: got {self.config.samples}, expected 1 to {self.num_classes}, the size of "
                "the vocabulary. For so small a one take the head softmax, which is exact."
            )
        if not counted:
            raise ConfigError(
                f"model.head: {type(self).__name__} draws classes by how often they occur, and nobody counted these. "
                "Take the head softmax."
            )

    @abstractmethod
    def sampled(self, drawn: Drawn) -> Float[Tensor, " N"]:
        """Return the loss of each row from some logits."""

    def draws(self, moment: Moment) -> Tensor:
        """Return the classes of an update, (k,)."""
        generator = moment.noise.generator(torch.device("cpu"))
        numbers = torch.rand(self.config.samples, dtype=torch.float64, generator=generator).numpy()
        found = np.searchsorted(self._cumulative, numbers * self._cumulative[-1], side="right")
        return torch.from_numpy(found).to(self.weight.device)

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed loss over drawn classes; in evaluation the cross-entropy over all."""
        if moment is None:
            return self.normalised(hidden, target, weights)
        rows, wanted, factors = counted(hidden, target, weights)
        each = self.sampled(self._drawn(rows, wanted, self.draws(moment)))
        each = each if factors is None else each * factors
        return LossSum(each.sum(dtype=torch.float64).to(rows.dtype), len(rows))

    def unsmoothed(self, hidden: Padded, target: Padded, moment: Moment | None, weights: Padded | None) -> LossSum:
        """Return the cross-entropy over all classes."""
        return self.normalised(hidden, target, weights)

    def _drawn(self, rows: Tensor, wanted: Tensor, draws: Tensor) -> Drawn:
        looked_at = torch.cat([draws, wanted])
        # One look-up gives one gradient; a class that comes twice is added up.
        vectors = functional.embedding(looked_at, self.weight, sparse=self.sparse_rows)
        biases = functional.embedding(looked_at, self.bias[:, None])[:, 0]
        count, log_noise = len(draws), self.log_noise[looked_at]
        return Drawn(
            (rows * vectors[count:]).sum(-1) + biases[count:],
            functional.linear(rows, vectors[:count], biases[:count]),
            log_noise[count:],
            log_noise[:count],
            wanted[:, None] == draws,
        )
