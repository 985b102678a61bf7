"""A feed-forward network over the last few tokens, read as a recurrence is: its state are those tokens."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from elman.cells.base import State
from elman.data.records import Padded
from elman.layers.dropout import dropout
from elman.layers.embedding import Embedding
from elman.layers.products import linear
from elman.layers.token_layers import TokensRead
from elman.moment import Noise


class WindowState(NamedTuple("WindowState", [("ids", Tensor)]), State):
    """The n - 2 tokens that were read last, the oldest first, (B, n - 2)."""

    __slots__ = ()


class ContextWindow(nn.Module):
    """What a few tokens say together.

        x_t = [e(w_{t-n+2}); ..; e(w_t)];    h_t = tanh(H x_t + d);    y_t = [x_t; h_t], or h_t alone

    Before a text stands its start, as often as there is room.

    Args:
        order: n: n - 1 tokens are read.
        embedding_size: of e.
        hidden_size: of h.
        direct: whether y has x too.
        drop: probability of dropping a number of x or of h.
        start: the token before a text.
    """

    def __init__(
        self, order: int, embedding_size: int, hidden_size: int, direct: bool, drop: float, start: int
    ) -> None:
        super().__init__()
        self.order, self.direct, self.dropout, self.start = order, direct, drop, start
        self.weight = nn.Parameter(torch.empty(hidden_size, (order - 1) * embedding_size))
        self.bias = nn.Parameter(torch.empty(hidden_size))
        self.output_size = hidden_size + (self.weight.shape[1] if direct else 0)
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw H from U(-bound, bound), 1/sqrt(inputs) if left out; d is 0."""
        bound = self.weight.shape[1] ** -0.5 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-bound, bound, generator=generator)
            self.bias.zero_()

    def initial_state(self, batch_size: int) -> WindowState:
        """Return the state before the first token."""
        shape = (batch_size, self.order - 2)
        return WindowState(torch.full(shape, self.start, dtype=torch.int64, device=self.weight.device))

    def forward(
        self, embedding: Embedding, tokens: Padded, state: WindowState, noise: Noise | None = None
    ) -> tuple[Float[Tensor, "B T Y"], WindowState]:
        """Return y at each token, and the state after each row's last real one.

        Args:
            embedding: the vectors of tokens.
            tokens: ids, (B, T).
            state: before them.
            noise: of a training step, or None.
        """
        ids = torch.cat([state.ids, tokens.values], 1)
        vectors = dropout(embedding(ids, noise), self.dropout, noise)
        x = vectors.unfold(1, self.order - 1, 1).transpose(2, 3).flatten(2)
        h = dropout(linear(x, self.weight, self.bias).tanh(), self.dropout, noise)
        return torch.cat([x, h], -1) if self.direct else h, WindowState(last_read(ids, self.order - 2, tokens))


def last_read(ids: Int[Tensor, "B L"], count: int, tokens: Padded) -> Int[Tensor, "B N"]:
    """Return the tokens that each row read last, the oldest first.

    Args:
        ids: so many from before, and then those of `tokens`.
        count: of both.
        tokens: with the length of each row.
    """
    if tokens.lengths is None:
        return ids[:, ids.shape[1] - count :]
    return ids.gather(1, tokens.lengths[:, None] + torch.arange(count, device=ids.device))


class WindowLayers(NamedTuple):
    """From tokens to what predicts the next one, without a recurrence.

    Args:
        embedding: the vectors of tokens.
        window: over them.
        head: predicts the token, a `elman.heads.base.TokenHead`.
    """

    embedding: Embedding
    window: ContextWindow
    head: Any

    def initial_state(self, batch_size: int) -> WindowState:
        """Return the state before the first token."""
        return self.window.initial_state(batch_size)

    def run(self, tokens: Padded, state: WindowState, noise: Noise | None = None) -> TokensRead:
        """Return what the head sees at each token, (B, T, Y), and the state after each row; as `TokenLayers.run`."""
        hidden, after = self.window(self.embedding, tokens, state, noise)
        return TokensRead(hidden, after)
