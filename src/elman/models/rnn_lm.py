"""The recurrent language model."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from pydantic import Field, field_validator, model_validator
from torch import Tensor, nn

from elman.config import check_table
from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.heads import HEADS
from elman.heads.base import TokenHead
from elman.layers.embedding import Embedding
from elman.layers.readout import Readout
from elman.layers.recurrent import RecurrentConfig, RecurrentStack, StackOutput, StackState
from elman.layers.tensors import to_tensors
from elman.models.base import BatchLoss, Network
from elman.moment import Moment, Noise


class RnnLM(Network, nn.Module):
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

    class Config(RecurrentConfig, Network.Config):
        """Options of the recurrent language model."""

        name: str = "rnn_lm"
        embedding_size: int = Field(
            0, ge=0, le=65536, description="E, numbers in the vector of a token; 0 is the smaller of V and H, tied H."
        )
        readout_layers: int = Field(0, ge=0, le=64, description="tanh layers between the recurrence and the softmax.")
        head: str = Field("softmax", description="What predicts the token; `elman describe heads` lists them.")
        head_options: dict[str, Any] = Field({}, description="Options of the head, such as {cutoffs = [2000, 10000]}.")
        tied: bool = Field(
            False, description="The softmax takes the table of the embedding; the last layer then has E units."
        )

        @field_validator("head")
        @classmethod
        def _known_head(cls, head: str) -> str:
            if not issubclass(HEADS.get(head), TokenHead):
                able = [name for name in HEADS.names() if issubclass(HEADS.get(name), TokenHead)]
                raise ValueError(
                    f"got {head!r}, expected one that predicts each token by itself: {', '.join(able)}. "
                    "A language model is asked for the next token alone."
                )
            return head

        @field_validator("head_options")
        @classmethod
        def _options_of_the_head(cls, options: dict[str, Any], info: Any) -> dict[str, Any]:
            if "head" in info.data:
                check_table(HEADS.get(info.data["head"]).Config, options)
            return options

        @model_validator(mode="after")
        def _left_context_only(self) -> "RnnLM.Config":
            for key in ("bidirectional", "self_attention_heads"):
                if getattr(self, key):
                    raise ValueError(
                        f"{key}: a language model sees left context only, and this would show it the token that it has "
                        "to predict. Leave it out."
                    )
            return self

    reads = (("tokens",),)
    predicts = ("next_token",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        tokens = tokens_of(reads, "tokens")
        small = config.hidden_size if config.tied else min(len(tokens), config.hidden_size)
        embedding_size = config.embedding_size or small
        self.embedding = Embedding(len(tokens), embedding_size, config.regularization.word_dropout)
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
            self.head.tie(self.embedding.weight)

    @property
    def title(self) -> str:
        """Cell, layers and units."""
        return f"{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}"

    @property
    def head(self) -> TokenHead:
        """The head that predicts the next token."""
        return self.heads["next_token"]  # type: ignore[return-value]

    def initial_state(self, batch_size: int) -> StackState:
        """Return the state before the first token."""
        return self.recurrent.initial_state(batch_size)

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the next token."""
        fields = self._tensors(batch).fields
        out = self._run(fields["tokens"], state, moment.noise if moment else None)
        hidden = Padded(out.hidden, fields["tokens"].lengths)
        loss = self.head.loss(hidden, fields["next_token"], moment, fields.get("next_token.weights"))
        return BatchLoss({"next_token": loss}, out.state, out.penalties)

    @torch.no_grad()
    def nll(self, batch: Batch, state: StackState) -> tuple[np.ndarray, StackState]:
        """Return -log p (nats) of each target and the state after the batch."""
        nll, _, state = self._nll(batch, state)
        return nll, state

    @torch.no_grad()
    def nll_and_hidden(self, batch: Batch, state: StackState) -> tuple[np.ndarray, np.ndarray, StackState]:
        """Return -log p (nats) of each target, the hidden states that gave it, and the state after the batch."""
        nll, hidden, state = self._nll(batch, state)
        return nll, hidden.cpu().numpy(), state

    def _nll(self, batch: Batch, state: StackState) -> tuple[np.ndarray, Tensor, StackState]:
        fields = self._tensors(batch).fields
        out = self._run(fields["tokens"], state, None)
        nll = self.head.nll(out.hidden, fields["next_token"].values).double().cpu().numpy()
        return nll, out.hidden, out.state

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: StackState) -> tuple[np.ndarray, StackState]:
        """Read one token a row and return log p (nats) of the next."""
        out = self._run(Padded(torch.from_numpy(ids).to(self._device)[:, None]), state, None)
        return self.head.next(out.hidden[:, 0]).double().cpu().numpy(), out.state

    def select(self, state: StackState, rows: np.ndarray) -> StackState:
        """Return the state of some rows."""
        return state.select(torch.from_numpy(rows).to(self._device))

    @property
    def _device(self) -> torch.device:
        return self.embedding.weight.device

    def _tensors(self, batch: Batch) -> Batch:
        return to_tensors(batch, self._device)

    def _run(self, tokens: Padded, state: StackState, noise: Noise | None) -> StackOutput:
        # Looked up time-major: the layers below work on time-major rows, and then nothing is copied.
        embedded = self.embedding(tokens.values.t(), noise).transpose(0, 1)
        out = self.recurrent(embedded, state, tokens.mask, noise)
        return out._replace(hidden=self.readout(out.hidden, noise))
