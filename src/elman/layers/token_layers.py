"""The layers of a network that reads and writes tokens, as one thing."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from jaxtyping import Float
from torch import Tensor

from elman.data.records import Padded
from elman.layers.embedding import Embedding
from elman.layers.penalties import Penalty
from elman.layers.readout import Readout
from elman.layers.recurrent import RecurrentStack, StackState
from elman.layers.spelled_embedding import SpelledEmbedding
from elman.moment import Noise


class TokensRead(NamedTuple):
    """What layers make of tokens.

    Args:
        hidden: what a head sees at each token, (B, T, H).
        state: after each row's last real token.
        penalties: named terms of the loss that are not about targets, empty outside training.
        given: what else a head reads at each token, by name.
    """

    hidden: Float[Tensor, "B T H"]
    state: Any
    penalties: Mapping[str, Penalty] = {}
    given: Mapping[str, Padded] = {}


class TokenLayers(NamedTuple):
    """From tokens to what predicts the next one.

    Args:
        embedding: the vectors of tokens.
        recurrent: the stack.
        readout: what stands above it.
        head: predicts the token, a `elman.heads.base.TokenHead`.
    """

    embedding: Embedding | SpelledEmbedding
    recurrent: RecurrentStack
    readout: Readout
    head: Any

    def initial_state(self, batch_size: int) -> StackState:
        """Return the state before the first token."""
        return self.recurrent.initial_state(batch_size)

    def run(self, tokens: Padded, state: StackState, noise: Noise | None = None) -> TokensRead:
        """Return what the head sees at each token, (B, T, H), and the state after each row.

        Args:
            tokens: ids as tensors, (B, T).
            state: before them.
            noise: of the training step, or None.
        """
        # Looked up time-major: the layers below work on time-major rows, and then nothing is copied.
        embedded = self.embedding(tokens.values.t(), noise).transpose(0, 1)
        out = self.recurrent(embedded, state, tokens.mask, noise)
        return TokensRead(self.readout(out.hidden, noise), out.state, out.penalties)
