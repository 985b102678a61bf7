"""The second text read in the light of the first: conditional encoding, and attention to the first."""

from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.heads import AnswerConfig, answering
from elman.layers.dropout import dropout
from elman.layers.feed_forward import FeedForward
from elman.layers.premise_attention import PremiseAttention
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.word_encoder import PairEncoderConfig, WordEncoder
from elman.models.base import Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Noise


class ConditionalPair(Headed):
    """A second recurrence begins with the state in which the first ended, and may look back at what the first gave.

        Y = RNN_1(first);    h = RNN_2(second), its state before the first word being that of RNN_1 after the last
        none           h* = h_U
        last           h* = tanh(W_p r + W_x h_U),  r read from Y once, with h_U
        word_by_word   the same with r read anew at every word of the second text

    Args:
        config: encoder of words, stacks, attention.
        reads: `first` and `second`, words of one vocabulary.
        answers: `label` or `score`.

    Source: Rocktäschel et al. (2016), Reasoning about entailment with neural attention, arXiv:1509.06664.
    """

    class Config(RecurrentConfig, PairEncoderConfig, AnswerConfig, Network.Config):
        """Options of the conditional encoding of pairs."""

        name: str = "conditional_pair"
        hidden_size: int = Field(100, ge=1, le=65536, description="H, units of a layer.")
        attention: Literal["none", "last", "word_by_word"] = Field(
            "word_by_word",
            description="Where the second text looks back at the first: nowhere, its end, each word.",
        )
        shared: bool = Field(False, description="Both texts are read by the same recurrence, with half the weights.")
        comparison_layers: int = Field(0, ge=0, le=64, description="tanh layers before the answer.")

        @model_validator(mode="after")
        def _one_direction(self) -> "ConditionalPair.Config":
            if self.bidirectional:
                raise ValueError(
                    "bidirectional: the second text begins where the first ended, so both are read from left to right. "
                    "Leave it out, or take independent_pair."
                )
            return self

    reads = (("first", "second"),)
    predicts = ("label", "score")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        self.encoder = WordEncoder(tokens_of(reads, "first"), config, config.regularization.word_dropout)
        self.first = RecurrentStack(self.encoder.output_size, config)
        self.second = self.first if config.shared else RecurrentStack(self.encoder.output_size, config)
        width = self.first.output_size
        every_word = config.attention == "word_by_word"
        self.attend = PremiseAttention(width, every_word) if config.attention != "none" else None
        self.join = FeedForward(2 * width, width, 1) if config.attention != "none" else None
        self.compare = FeedForward(width, width, config.comparison_layers, 0.0)
        self.heads = nn.ModuleDict(answering(answers, width, config))

    @property
    def title(self) -> str:
        """Attention, cell and units."""
        return f"conditional, attention {self.config.attention}, {self.config.cell} {self.config.hidden_size}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the vector that the decision is made from, and where the first text was looked at."""
        masks = [batch.fields[name].mask for name in ("first", "second")]
        vectors = [self.encoder(batch, name, noise) for name in ("first", "second")]
        first = self.first(vectors[0], self.first.initial_state(len(vectors[0])), masks[0], noise)
        second = self.second(vectors[1], first.state, masks[1], noise)
        found, weights = _last(second.hidden, masks[1]), None
        if self.attend is not None and self.join is not None:
            if self.config.attention == "last":
                read = self.attend.once(first.hidden, masks[0], found)
            else:
                read = self.attend.by_word(first.hidden, masks[0], second.hidden, masks[1])
            found, weights = self.join(torch.cat([read.read, found], -1)), read.weights
            found = dropout(found, self.config.dropout, noise)
        found = self.compare(found, noise)
        penalties = {**{f"first_{k}": v for k, v in first.penalties.items()}, **second.penalties}
        return Encoded({next(iter(self.heads)): Padded(found[:, None])}, penalties, weights)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of both texts."""
        first, second = (
            stack.penalty_terms(batch.fields[name]) for name, stack in (("first", self.first), ("second", self.second))
        )
        return {**{f"first_{name}": terms for name, terms in first.items()}, **second}


def _last(hidden: Tensor, mask: Tensor) -> Tensor:
    """Return the output at the last real word of each text, zeros for an empty one."""
    if not hidden.shape[1]:
        return hidden.sum(1)
    place = (mask.sum(1) - 1).clamp(min=0)
    return hidden[torch.arange(len(hidden), device=hidden.device), place]
