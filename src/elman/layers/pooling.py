"""One vector for a whole sequence."""

from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from elman.errors import ConfigError
from elman.layers.attention.base import masked_softmax
from elman.layers.dropout import dropout
from elman.layers.recurrent import RecurrentConfig, StackOutput
from elman.moment import Noise

Kind = Literal["last", "mean", "max", "attention"]


class Pooling(nn.Module):
    """Makes one vector of the outputs of a recurrent stack.

        last        h_T;  bidirectional [→h_T; ←h_1], the last state of each direction of the last layer
        mean, max   of each number over all t
        attention   Σ_t α_t h_t,  α = softmax_t(v · tanh(W h_t + b))        Yang et al. (2016), NAACL

    Padding never takes part. A sequence of length 0 gives zeros.

    Args:
        kind: which of them.
        width: O, of the outputs.
        config: of the stack.

    Raises:
        ConfigError: `last` of a stack whose outputs are more than its last states.
    """

    def __init__(self, kind: Kind, width: int, config: RecurrentConfig) -> None:
        super().__init__()
        self.kind = kind
        self.config = config
        if kind == "last" and (config.self_attention_heads or config.connections != "plain"):
            raise ConfigError(
                "model.pooling: last takes the state of the last layer, past self-attention and connections. Take max, "
                "mean or attention with them."
            )
        self.output_size = width
        self.score = nn.Linear(width, width) if kind == "attention" else None
        self.query = nn.Parameter(torch.empty(width)) if kind == "attention" else None
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(O) if left out; biases are 0."""
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                limit = parameter.shape[-1] ** -0.5 if bound is None else bound
                if name.endswith("bias"):
                    parameter.zero_()
                else:
                    parameter.uniform_(-limit, limit, generator=generator)

    def forward(
        self, out: StackOutput, mask: Bool[Tensor, "B T"] | None, noise: Noise | None
    ) -> tuple[Float[Tensor, "B P"], Float[Tensor, "B T"] | None]:
        """Return a vector for each sequence, and the weights of attention.

        Args:
            out: what the stack gave.
            mask: True = real.
            noise: the noise of a training step, or None. Outputs come dropped already, last states do not.
        """
        hidden = out.hidden
        if self.kind == "last":
            count = 2 if self.config.bidirectional else 1
            last = [state.h for state in out.state[-count:]]  # type: ignore[attr-defined]
            joined = torch.cat(last, -1) if self.config.merge == "concat" else torch.stack(last).sum(0)
            if mask is not None:
                joined = joined * mask.any(1, keepdim=True)  # a learned first state is no vector of a sequence
            rate = self.config.regularization.output_dropout
            return dropout(joined, self.config.dropout if rate is None else rate, noise), None
        real = hidden.new_ones(hidden.shape[:2], dtype=torch.bool) if mask is None else mask
        if self.kind == "mean":
            return (hidden * real[..., None]).sum(1) / real.sum(1, keepdim=True).clamp(min=1), None
        some = real.any(1, keepdim=True)
        if self.kind == "max":
            if not hidden.shape[1]:
                return hidden.sum(1), None
            return hidden.masked_fill(~real[..., None], -torch.inf).amax(1).masked_fill(~some, 0.0), None
        weights = masked_softmax(torch.tanh(self.score(hidden)) @ self.query, real)  # type: ignore[misc,operator]
        return (weights[..., None] * hidden).sum(1), weights
