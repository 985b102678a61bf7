"""The recurrent language model with hashed n-gram features beside it."""

from typing import Any, NamedTuple

import torch
from pydantic import Field, field_validator
from torch import Tensor

from elman.cells.base import State
from elman.data.records import Padded
from elman.decoding.stepper import Stepper
from elman.layers.context_window import last_read
from elman.layers.network_stepper import NetworkStepper
from elman.layers.recurrent import StackState
from elman.layers.token_layers import TokenLayers, TokensRead
from elman.models.rnn_lm import RnnLM
from elman.moment import Noise


class HistoryState(NamedTuple("HistoryState", [("stack", StackState), ("ids", Tensor)]), State):
    """The state of a stack, and the tokens that were read last, the nearest first, (B, n - 1)."""

    __slots__ = ()


class HistoryLayers(NamedTuple):
    """Layers over tokens whose head is told the last tokens themselves, too.

    Args:
        layers: from tokens to what the head sees.
        order: n: n - 1 tokens are told.
        start: the token that stands before a text.
    """

    layers: TokenLayers
    order: int
    start: int

    @property
    def embedding(self) -> Any:
        """The vectors of tokens."""
        return self.layers.embedding

    @property
    def head(self) -> Any:
        """What predicts the token."""
        return self.layers.head

    def initial_state(self, batch_size: int) -> HistoryState:
        """Return the state before the first token."""
        ids = torch.full((batch_size, self.order - 1), self.start, dtype=torch.int64, device=self.embedding.device)
        return HistoryState(self.layers.initial_state(batch_size), ids)

    def run(self, tokens: Padded, state: HistoryState, noise: Noise | None = None) -> TokensRead:
        """Return what the head sees at each token and the tokens up to it, `history`, and the state after each row."""
        out = self.layers.run(tokens, state.stack, noise)
        ids, kept = torch.cat([state.ids.flip(1), tokens.values], 1), self.order - 1
        history = ids[:, 1:].unfold(1, kept, 1).flip(2) if kept else ids.new_empty(*tokens.values.shape, 0)
        after = HistoryState(out.state, last_read(ids, kept, tokens).flip(1))
        return out._replace(state=after, given={"history": Padded(history, tokens.lengths)})


class RnnMaxent(RnnLM):
    """A recurrent network and a maximum entropy model, learned together: each word from both.

    The network is `rnn_lm`; the features are those of the head. Apart, features know what n-grams know; together the
    network learns the rest, and can be small.

    Args:
        config: as of `rnn_lm`.
        reads: `tokens`, V of them.
        answers: `next_token`.

    Source: Mikolov et al. (2011), Strategies for training large scale neural network language models, ASRU.
    """

    class Config(RnnLM.Config):
        """Options of the recurrent language model with features."""

        name: str = "rnn_maxent"
        head: str = Field("maxent_softmax", description="What predicts the token from both.")

        @field_validator("head")
        @classmethod
        def _known_head(cls, head: str) -> str:
            if head != "maxent_softmax":
                raise ValueError(
                    f"got {head!r}, expected maxent_softmax, which has the features. Or take model rnn_lm."
                )
            return head

    @property
    def title(self) -> str:
        """Cell, layers and units, and the features."""
        options = self.head.config
        return f"{super().title}, {options.order}-gram features in {options.cells:,} cells"

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token."""
        return NetworkStepper(self.layers, self._start)

    @property
    def layers(self) -> Any:
        """From tokens to what predicts the next one."""
        return HistoryLayers(super().layers, self.head.config.order, self._start)
