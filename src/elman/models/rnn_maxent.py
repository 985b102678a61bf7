"""The recurrent language model with hashed n-gram features beside it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from pydantic import Field, field_validator
from torch import Tensor

from elman.cells.base import State
from elman.data.records import Batch, Padded
from elman.decoding.stepper import Stepper
from elman.layers.context_window import last_read
from elman.layers.network_stepper import NetworkStepper
from elman.layers.recurrent import StackState
from elman.layers.token_layers import TokenLayers, TokensRead
from elman.models.rnn_lm import RnnLM
from elman.moment import Noise
from elman.text.printed import counted

_COUNTED = 1_000_000
"""Words that say how full the table gets; more of them take seconds to count."""


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


def _read(batches: Sequence[Batch], order: int, start: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the last n - 1 tokens before each target, the nearest first, and the targets, batch by batch."""
    before = np.empty((0, order - 1), np.int64)
    for batch in batches:
        tokens, targets = batch.fields["tokens"], batch.fields["next_token"].values
        rows, steps = tokens.values.shape
        if not batch.continues or len(before) != rows:
            before = np.full((rows, order - 1), start)
        elif batch.fresh is not None:
            before[batch.fresh] = start
        ids = np.concatenate([before, tokens.values], 1)
        history = np.empty((rows, steps, order - 1), np.int64)
        for back in range(order - 1):
            history[..., back] = ids[:, order - 1 - back : order - 1 - back + steps]
        real = np.arange(steps) < (steps if tokens.lengths is None else np.asarray(tokens.lengths)[:, None])
        real = np.broadcast_to(real, targets.shape)
        yield history[real], targets[real]
        before = ids[:, steps:]


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

    def foreseen(self, batches: Sequence[Batch]) -> dict[str, str]:
        """Say how large the table of features is, and how full the text makes it."""
        options, histories, words, seen = self.head.config, [], [], 0
        for history, wanted in _read(batches, options.order, self._start):
            histories.append(history)
            words.append(wanted)
            seen += len(wanted)
            if seen >= _COUNTED:
                break
        if not seen:
            return super().foreseen(batches)
        numbers = self.head.looked_at(np.concatenate(histories), np.concatenate(words))  # type: ignore[operator]
        load = numbers / options.cells
        size = self.head.features.weight.nbytes / 2**20  # type: ignore[union-attr,operator]
        shared = "; above 1 histories share cells: model.head_options.cells has more" if load > 1 else ""
        table = f"{options.cells:,} cells of features, {size:,.1f} MiB"
        return super().foreseen(batches) | {
            "table": f"{table}, load factor {load:.3g} by {counted(seen, 'words')}{shared}"
        }

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token."""
        return NetworkStepper(self.layers, self._start)

    @property
    def layers(self) -> Any:
        """From tokens to what predicts the next one."""
        return HistoryLayers(super().layers, self.head.config.order, self._start)
