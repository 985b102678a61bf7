"""The recurrent transcriber: frames, a (bidirectional) recurrence, CTC."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import Field
from torch import nn

from elman.data.outlines import Frames, Outline
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.heads.ctc import CtcHead
from elman.layers.frame_encoder import FrameEncoder, FrameEncoderConfig
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.models.base import BatchLoss, Network
from elman.models.base.frame_stream import FrameStream
from elman.models.base.headed import Encoded, Headed
from elman.moment import Moment, Noise


class RnnTranscriber(Headed):
    """A text for frames, such as what was said, drawn or printed.

        x' = convolutions and stacks of frames;    h = RNN(x');    p(text) = CTC(W h + b)

    Args:
        config: what is read of frames, recurrence.
        reads: `frames`.
        answers: `text`.

    Source: Graves et al. (2006), Connectionist temporal classification, ICML; stacked frames as in Sak et al. (2015),
    arXiv:1507.06947.
    """

    class Config(RecurrentConfig, FrameEncoderConfig, Network.Config):
        """Options of the recurrent transcriber."""

        name: str = "rnn_transcriber"
        stack: int = Field(3, ge=1, le=256, description="k, neighbouring frames that are read as one.")
        hidden_size: int = Field(128, ge=1, le=65536, description="H, units of a layer and direction.")
        num_layers: int = Field(2, ge=1, le=64, description="L, recurrent layers.")
        bidirectional: bool = Field(
            True, description="Read the frames from both ends; without it, a text is written while they arrive."
        )
        dropout: float = Field(0.3, ge=0, lt=1, description="Probability of dropping an output of a layer.")

    reads = (("frames",),)
    predicts = ("text",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        outline = reads["frames"]
        if not isinstance(outline, Frames):
            raise ConfigError(f"model.name: this model reads frames, not {type(outline).__name__.lower()}.")
        self._width = outline.width
        self.encoder = FrameEncoder(outline, config)
        self.recurrent = RecurrentStack(self.encoder.output_size, config)
        self.heads = nn.ModuleDict({"text": CtcHead(self.recurrent.output_size, answers["text"])})

    @property
    def title(self) -> str:
        """Cell, layers, units and stacked frames."""
        both = "bi-" if self.config.bidirectional else ""
        size = f"{self.config.num_layers}x{self.config.hidden_size}"
        filters = "".join(f"{some} filters, " for some in self.config.convolutions)
        return f"{filters}{both}{self.config.cell} {size}, {self.config.stack} frames a step, ctc"

    @property
    def head(self) -> CtcHead:
        """The head that writes."""
        return self.heads["text"]  # type: ignore[return-value]

    def lengths(self, field: str, counts: np.ndarray) -> np.ndarray:
        """Return how many steps so many frames are: no text has more labels."""
        return self.encoder.lengths(counts)

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the output of the stack at each step."""
        steps = self.encoder(batch.fields["frames"], noise)
        out = self.recurrent(steps.values, self.recurrent.initial_state(batch.size), steps.mask, noise)
        return Encoded({"text": Padded(out.hidden, steps.lengths)}, out.penalties)

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss, and in training how many of the steps say blank."""
        tensors = self._tensors(batch)
        encoded = self.encode(tensors, moment.noise if moment else None)
        hidden, fields = encoded.hidden["text"], tensors.fields
        found = self.head.loss(hidden, fields["text"], moment, fields.get("text.weights"))
        shares = {"blank": self.head.blanks(hidden)} if moment else {}
        return BatchLoss({"text": found}, state, encoded.penalties, shares)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(self.encoder.steps(batch.fields["frames"]))

    def stream(self) -> FrameStream:
        """Return what reads one recording while its frames arrive.

        Raises:
            ConfigError: the network reads from both ends, or looks at all places, or some ahead.
        """
        return FrameStream(self.encoder, self._width, self.recurrent, self.head)
