"""Source and target as one text: a language model that is trained on what stands behind the separator."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch, Padded
from elman.decoding.after import After
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.layers.network_stepper import NetworkStepper
from elman.layers.packed_stepper import PackedStepper, packs
from elman.layers.penalties import Penalty
from elman.layers.readout import Readout
from elman.layers.recurrent import RecurrentStack, StackState
from elman.layers.tensors import to_tensors
from elman.layers.token_layers import TokenLayers
from elman.models.base import BatchLoss, Network
from elman.models.base.left_context import LeftContextConfig
from elman.moment import Moment


class SeparatorLM(Network, nn.Module):
    """One recurrence over the source, a separator, and the target.

        x_1 .. x_n <sep> t_1 .. t_m:    h = RNN(e(·));    log p(t_i | x, t_1 .. t_{i-1}) = log softmax(W h_{n+i} + b)

    The separator is a token of its own behind the vocabulary, which no text has and nothing predicts. The target stands
    right behind it, whatever else is in the batch. What is trained is the target; the source too, where
    `source_weight` says how much.

    Args:
        config: cell, sizes, stack.
        reads: `source`.
        answers: `target`, of the same vocabulary, V tokens.

    Raises:
        ConfigError: two vocabularies.

    Source: Radford et al. (2018), Improving language understanding by generative pre-training, for a task as one text.
    """

    class Config(LeftContextConfig, SoftmaxHead.Config, Network.Config):
        """Options of the language model over both texts."""

        name: str = "separator_lm"
        hidden_size: int = Field(256, ge=1, le=65536, description="H, units of a layer.")
        dropout: float = Field(0.3, ge=0, lt=1, description="Probability of dropping a unit between layers.")
        label_smoothing: float = Field(0.1, ge=0, lt=1, description="ε, the share of each target spread over all.")
        embedding_size: int = Field(
            0, ge=0, le=65536, description="E, numbers in the vector of a token; 0 is the smaller of V and H."
        )
        source_weight: float = Field(
            0.0, ge=0, description="What the mean loss of the tokens of sources counts beside that of the targets."
        )

    reads = (("source",),)
    predicts = ("target",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        source, target = tokens_of(reads, "source"), tokens_of(answers, "target")
        if source.names != target.names:
            raise ConfigError(
                f"model.name: separator_lm reads source and target as one text, in one vocabulary: got {len(source):,} "
                f"and {len(target):,} tokens. Set task.joint = true."
            )
        self._end, self._separator = target.marks["end"], len(target)
        size = config.embedding_size or min(len(target), config.hidden_size)
        self.embedding = Embedding(len(target) + 1, size, config.regularization.word_dropout)
        self.recurrent = RecurrentStack(size, config)
        self.readout = Readout(self.recurrent.output_size, 0)
        self.head = SoftmaxHead(self.recurrent.output_size, target, config)

    @property
    def title(self) -> str:
        """Cell, layers and units."""
        return f"{self.config.cell} {self.config.num_layers}x{self.config.hidden_size} over source and target"

    def initial_state(self, batch_size: int) -> StackState:
        """Return nothing: separate sequences leave nothing behind."""
        return StackState(())

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the targets, each token after those before it and the source."""
        fields = to_tensors(batch, self.embedding.weight.device).fields
        source, target = fields["source"], fields["target"]
        text = self._text(source, target)
        before = self.recurrent.initial_state(batch.size)
        out = self._layers.run(text, before, moment.noise if moment else None)
        lengths = _lengths(source)
        steps = torch.arange(target.values.shape[1], device=lengths.device)
        places = (lengths[:, None] - 1 + steps).clamp(max=out.hidden.shape[1] - 1)
        hidden = out.hidden.take_along_dim(places[..., None], 1)
        loss = self.head.loss(Padded(hidden, target.lengths), target, moment, fields.get("target.weights"))
        penalties = dict(out.penalties)
        if self.config.source_weight:
            penalties["source"] = self._of_source(out.hidden, source)
        return BatchLoss({"target": loss}, state, penalties)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack, and the tokens of sources where they are trained."""
        source, target = batch.fields["source"], batch.fields["target"]
        lengths = _lengths(source) + _lengths(target) - 1
        text = Padded(np.empty((batch.size, int(lengths.max(initial=0)))), lengths)
        of_source = {"source": source.real - batch.size} if self.config.source_weight else {}
        return {**self.recurrent.penalty_terms(text), **of_source}

    @torch.no_grad()
    def stepper(self, batch: Batch) -> Stepper:
        """Return what goes on behind the sources of a batch, in compiled code where there is some for these layers."""
        stepper = (PackedStepper if packs(self._layers) else NetworkStepper)(self._layers, self._separator)
        source = batch.fields["source"]
        # All but the end is read: in its place stands the separator, the first token that a target needs.
        read = stepper.read(source.values, _lengths(source), stepper.begin(np.arange(batch.size)))
        return After(stepper, read.state, self._separator, self._end, self.head.num_classes)

    def _text(self, source: Padded, target: Padded) -> Padded:
        """Return sources with the separator for their end, their targets right behind them; no end is read."""
        lengths, (size, width) = _lengths(source), source.values.shape
        text = source.values.new_zeros(size, width + target.values.shape[1])
        text[:, :width] = source.values
        steps = torch.arange(target.values.shape[1], device=lengths.device)
        text.scatter_(1, lengths[:, None] + steps, target.values)
        text[torch.arange(size, device=lengths.device), lengths - 1] = self._separator
        whole = lengths + _lengths(target) - 1
        return Padded(text[:, : int(whole.max())], whole)

    def _of_source(self, hidden: Tensor, source: Padded) -> Penalty:
        """Return the loss of the tokens of sources but the first, their ends included."""
        lengths, width = _lengths(source) - 1, source.values.shape[1] - 1
        loss = self.head.loss(Padded(hidden[:, :width], lengths), Padded(source.values[:, 1:], lengths))
        return Penalty(self.config.source_weight, loss.nats, loss.targets)

    @property
    def _layers(self) -> TokenLayers:
        return TokenLayers(self.embedding, self.recurrent, self.readout, self.head)


def _lengths(field: Padded) -> Any:
    """Return how long each row is, as what its values are."""
    if field.lengths is not None:
        return field.lengths
    return field.values[:, 0] * 0 + field.values.shape[1]
