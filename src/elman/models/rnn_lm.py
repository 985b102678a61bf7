"""The recurrent language model."""

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import Field, model_validator
from torch import nn

from elman.data.outlines import Outline, Tokens, tokens_of
from elman.data.records import Batch
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError
from elman.heads import HEADS
from elman.layers.embedding import Embedding
from elman.layers.network_stepper import NetworkStepper
from elman.layers.packed_stepper import PackedStepper, packs
from elman.layers.readout import Readout
from elman.layers.recurrent import RecurrentStack
from elman.layers.spelled_embedding import SpelledEmbedding, SpellingConfig
from elman.layers.token_layers import TokenLayers
from elman.models.base.left_context import LeftContextConfig
from elman.models.base.next_token import NextToken
from elman.text.printed import counted


class RnnLM(NextToken):
    """Embedding, recurrent stack, softmax over the vocabulary.

        e_t = E x_t;    h_t = RNN(e_t, h_{t-1});    log p(x_{t+1} | x_1..x_t) = log softmax(W h_t + b)

    Args:
        config: cell, sizes, stack, head.
        reads: `tokens`, V of them.
        answers: `next_token`.

    Raises:
        ConfigError: parts that do not fit: a language model reads from left to right only.

    Source: Mikolov et al. (2010), Recurrent neural network based language model, Interspeech; Zaremba et al. (2014),
    arXiv:1409.2329, for where dropout acts.
    """

    class Config(LeftContextConfig, NextToken.Config):
        """Options of the recurrent language model."""

        name: str = "rnn_lm"
        embedding_size: int = Field(
            0, ge=0, le=65536, description="E, numbers in the vector of a token; 0 is the smaller of V and H, tied H."
        )
        spelling: SpellingConfig = Field(
            SpellingConfig(), description="How words are read by their characters, if they are: the table of it."
        )
        readout_layers: int = Field(0, ge=0, le=64, description="tanh layers between the recurrence and the softmax.")
        tied: bool = Field(
            False, description="The softmax takes the table of the embedding; the last layer then has E units."
        )

        @model_validator(mode="after")
        def _one_table(self) -> Self:
            if self.spelling.widths and (self.tied or self.embedding_size):
                given = "tied" if self.tied else "embedding_size"
                raise ValueError(f"{given}: means nothing where words are spelled, which have no table. Leave it out.")
            return self

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        tokens = tokens_of(reads, "tokens")
        self._start = tokens.marks.get("start", 0)
        self.embedding = _vectors(tokens, config)
        embedding_size = self.embedding.output_size
        self.recurrent = RecurrentStack(embedding_size, config, embedding_size if config.tied else None)
        width = self.recurrent.output_size
        self.readout = Readout(width, config.readout_layers, config.dropout)
        head = HEADS.get(config.head)
        self.heads = nn.ModuleDict(
            {"next_token": head(width, answers["next_token"], head.Config(**config.head_options))}
        )
        if config.tied:
            if width != embedding_size:
                raise ConfigError(
                    f"model.tied: the stack gives {width} numbers and a vector has {embedding_size}: with "
                    f"connections = {config.connections!r} they differ. Use another connection or tied = false."
                )
            self.head.tie(self.embedding.weight)  # type: ignore[arg-type]  # a table: spelled words are not tied

    @property
    def title(self) -> str:
        """Cell, layers and units."""
        return f"{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}"

    def foreseen(self, batches: Sequence[Batch]) -> dict[str, str]:
        """Say of how many words only the beginning is read."""
        cut = getattr(self.embedding, "cut", 0)
        longest = self.config.spelling.longest
        return {"spelling": f"of {counted(cut, 'words')} the first {longest} characters are read"} if cut else {}

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(batch.fields["tokens"])

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token, in compiled code where there is some for these layers."""
        return (PackedStepper if packs(self.layers) else NetworkStepper)(self.layers, self._start)

    @property
    def layers(self) -> TokenLayers:
        """From tokens to what predicts the next one."""
        return TokenLayers(self.embedding, self.recurrent, self.readout, self.head)


def _vectors(tokens: Tokens, config: RnnLM.Config) -> Embedding | SpelledEmbedding:
    """Return what gives each token its vector: a table, or its characters."""
    if config.spelling.widths:
        return SpelledEmbedding(tokens.names, config.spelling, config.regularization.word_dropout)
    small = config.hidden_size if config.tied else min(len(tokens), config.hidden_size)
    return Embedding(len(tokens), config.embedding_size or small, config.regularization.word_dropout)
