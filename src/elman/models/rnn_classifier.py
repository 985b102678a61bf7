"""The recurrent classifier: words or frames, a (bidirectional) recurrence, one vector for all, softmax."""

from collections.abc import Mapping

import numpy as np
from pydantic import Field
from torch import nn

from elman.data.outlines import Outline
from elman.data.records import Batch, Padded
from elman.heads import AnswerConfig, answering
from elman.layers.inputs import InputConfig, encoder_of, lengths_of, read, steps_of
from elman.layers.pooling import Kind, Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.models.base import Network
from elman.models.base.headed import Encoded, Headed
from elman.moment import Noise


class RnnClassifier(Headed):
    """A label for a text or a series, or several.

        h = RNN(x_1 .. x_T);    p = pool(h), by `pooling`;    softmax(W p + b), or σ(W p + b) for each of several

    Args:
        config: encoder of words or frames, stack, pooling.
        reads: `words`, or `frames`.
        answers: `label`, or `labels` where a text may have several.

    Source: Tai et al. (2015), arXiv:1503.00075, section 3 (LSTM, last state); Yang et al. (2016), NAACL (attention).
    """

    class Config(RecurrentConfig, InputConfig, AnswerConfig, Network.Config):
        """Options of the recurrent classifier."""

        name: str = "rnn_classifier"
        hidden_size: int = Field(128, ge=1, le=65536, description="H, units of a layer and direction.")
        bidirectional: bool = Field(True, description="Read the text from both ends.")
        dropout: float = Field(0.5, ge=0, lt=1, description="Probability of dropping an output of a layer.")
        pooling: Kind = Field("max", description="How the outputs become one vector: see `elman describe`.")

    reads = (("words",), ("frames",))
    predicts = ("label", "labels")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        ((self._field, outline),) = reads.items()
        self.encoder = encoder_of(outline, config, config.regularization.word_dropout)
        self.recurrent = RecurrentStack(self.encoder.output_size, config)
        self.pooling = Pooling(config.pooling, self.recurrent.output_size, config)
        self.heads = nn.ModuleDict(answering(answers, self.pooling.output_size, config))

    @property
    def title(self) -> str:
        """Cell, layers, units and pooling."""
        both = "bi-" if self.config.bidirectional else ""
        size = f"{self.config.num_layers}x{self.config.hidden_size}"
        return f"{both}{self.config.cell} {size}, pooling {self.config.pooling}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the vector of each text."""
        steps = read(self.encoder, batch, self._field, noise)
        out = self.recurrent(steps.values, self.recurrent.initial_state(batch.size), steps.mask, noise)
        pooled, weights = self.pooling(out, steps.mask, noise)
        return Encoded({next(iter(self.heads)): Padded(pooled[:, None])}, out.penalties, weights)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(steps_of(self.encoder, batch.fields[self._field]))

    def lengths(self, field: str, counts: np.ndarray) -> np.ndarray:
        """Return how many steps so many words or frames are."""
        return lengths_of(self.encoder, counts)
