"""Two texts encoded independently of each other, and compared by a feed-forward network."""

from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.heads import AnswerConfig, answering
from elman.layers.feed_forward import FeedForward
from elman.layers.penalties import Penalty
from elman.layers.pooling import Kind, Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.word_encoder import PairEncoderConfig, WordEncoder
from elman.models.base import Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Noise


class IndependentPair(Headed):
    """Each text becomes one vector, by one and the same network; only then they meet.

        u = pool(RNN(first));  v = pool(RNN(second));    y = tanh layers on what `compare` makes of u and v
        concat     [u; v]                       Bowman et al. (2015), arXiv:1508.05326
        siamese    [|u - v|; u ⊙ v]             Tai et al. (2015), arXiv:1503.00075; who is first does not matter
        all        [u; v; |u - v|; u ⊙ v]       Conneau et al. (2017), arXiv:1705.02364

    All that a decision can use has to go through two vectors: "you can't cram the meaning of a whole sentence into a
    single vector" (Ray Mooney).

    Args:
        config: encoder of words, stack, pooling, comparison.
        reads: `first` and `second`, words of one vocabulary.
        answers: `label` or `score`.
    """

    class Config(RecurrentConfig, PairEncoderConfig, AnswerConfig, Network.Config):
        """Options of the independent encoding of pairs."""

        name: str = "independent_pair"
        hidden_size: int = Field(100, ge=1, le=65536, description="H, units of a layer and direction.")
        bidirectional: bool = Field(True, description="Read the texts from both ends.")
        pooling: Kind = Field("max", description="How the outputs become one vector.")
        compare: Literal["concat", "siamese", "all"] = Field("all", description="What is made of the two vectors.")
        comparison_layers: int = Field(1, ge=0, le=64, description="tanh layers on it.")
        comparison_size: int = Field(200, ge=1, le=65536, description="Units of each of those.")

    reads = (("first", "second"),)
    predicts = ("label", "score")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        self.encoder = WordEncoder(tokens_of(reads, "first"), config, config.regularization.word_dropout)
        self.recurrent = RecurrentStack(self.encoder.output_size, config)
        self.pooling = Pooling(config.pooling, self.recurrent.output_size, config)
        width = self.pooling.output_size * (4 if config.compare == "all" else 2)
        self.compare = FeedForward(width, config.comparison_size, config.comparison_layers, config.dropout)
        self.heads = nn.ModuleDict(answering(answers, self.compare.output_size, config))

    @property
    def title(self) -> str:
        """Comparison, cell and units."""
        return f"independent, {self.config.compare}, {self.config.cell} {self.config.hidden_size}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return what the comparison gives for each pair."""
        (u, penalties_u), (v, penalties_v) = (self._vector(batch, name, noise) for name in ("first", "second"))
        parts: tuple[Tensor, ...] = () if self.config.compare == "siamese" else (u, v)
        if self.config.compare != "concat":
            parts += ((u - v).abs(), u * v)
        compared = self.compare(torch.cat(parts, -1), noise)
        penalties = {**{f"first_{k}": p for k, p in penalties_u.items()}, **penalties_v}
        return Encoded({next(iter(self.heads)): Padded(compared[:, None])}, penalties)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of both texts."""
        first, second = (self.recurrent.penalty_terms(batch.fields[name]) for name in ("first", "second"))
        return {**{f"first_{name}": terms for name, terms in first.items()}, **second}

    def _vector(self, batch: Batch, name: str, noise: Noise | None) -> tuple[Tensor, dict[str, Penalty]]:
        words, mask = self.encoder(batch, name, noise), batch.fields[name].mask
        out = self.recurrent(words, self.recurrent.initial_state(len(words)), mask, noise)
        return self.pooling(out, mask, noise)[0], out.penalties
