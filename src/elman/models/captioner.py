"""Show, attend and tell: a text for a picture, a film, or any frames."""

from collections.abc import Mapping
from typing import Self

import numpy as np
from pydantic import Field, model_validator
from torch import Tensor, nn

from elman.data.outlines import Frames, Outline
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.layers.dropout import dropout
from elman.layers.frame_encoder import FrameEncoderConfig
from elman.layers.inputs import frame_steps
from elman.layers.penalties import Penalty
from elman.layers.picture_encoder import PictureEncoder
from elman.layers.recurrent import RecurrentStack
from elman.layers.source import Source, end_of, real
from elman.models.base.source_writer import SourceWriter
from elman.models.base.writer_options import WriterOptions
from elman.moment import Noise


class FrameSource(nn.Module):
    """What a decoder looks at of frames.

    Args:
        outline: of the frames.
        config: options of frames, and of the recurrence.
    """

    def __init__(self, outline: Frames, config: "Captioner.Config") -> None:
        super().__init__()
        self.steps = frame_steps(outline, config, config.hidden_size)
        is_picture = isinstance(self.steps, PictureEncoder)
        self.recurrent = None if is_picture else RecurrentStack(self.steps.output_size, config)
        self.output_size = self.steps.output_size if self.recurrent is None else self.recurrent.output_size


class Captioner(SourceWriter):
    """Reads frames, then writes a text token by token, looking back at them.

        v_1 .. v_T = the places of a picture, or RNN(x_1 .. x_T) of other frames, by the shape of a frame
        y_i = decoder(e(t_{i-1}), v);    log p(t_i | t_1 .. t_{i-1}, v) = log softmax(W y_i + b)

    The decoder starts from the mean of the places of a picture, as in the paper, or from the end of other frames.

    Args:
        config: what is made of frames, both stacks, the decoder, attention.
        reads: `frames`.
        answers: `target`.

    Source: Xu et al. (2015), Show, attend and tell: neural image caption generation with visual attention,
    arXiv:1502.03044; Vinyals et al. (2015), arXiv:1411.4555 (`decoder = "initial"`); Venugopalan et al. (2015),
    arXiv:1505.00487 (films).
    """

    class Config(WriterOptions, FrameEncoderConfig):
        """Options of captions."""

        name: str = "captioner"
        hidden_size: int = Field(
            128, ge=1, le=65536, description="H, units of a layer, numbers of a place of a picture."
        )

        @model_validator(mode="after")
        def _frames_have_no_table(self) -> Self:
            if self.tied == "all":
                raise ValueError("tied: frames have no table that the decoder could share. Take target.")
            return self

    field = "frames"
    reads = (("frames",),)

    def make_encoder(self, outline: Outline) -> FrameSource:
        """Return what is read of frames of this shape."""
        if not isinstance(outline, Frames):
            raise ConfigError(f"model.name: this model reads frames, not {type(outline).__name__.lower()}.")
        return FrameSource(outline, self.config)

    @property
    def title(self) -> str:
        """What is read, cell, layers, units, decoder and attention."""
        recurrent = self.encoder.recurrent
        both = "bi-" if self.config.bidirectional and recurrent is not None else ""
        what = "places of a picture" if recurrent is None else "frames"
        return f"{what}, {both}{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}, {self.written_by}"

    def lengths(self, field: str, counts: np.ndarray) -> np.ndarray:
        """Return how many places can be looked at of so many frames."""
        return self.encoder.steps.lengths(counts)

    def encode(self, source: Padded, noise: Noise | None = None) -> tuple[Source, Mapping[str, Penalty]]:
        """Return what the decoder looks at, and penalties."""
        read, recurrent = self.encoder.steps(source, noise), self.encoder.recurrent
        if recurrent is None:
            return self.decoder.source(read, _mean(read)), {}
        steps = dropout(read.values, self.config.dropout, noise)
        out = recurrent(steps, recurrent.initial_state(len(steps)), read.mask, noise)
        values = Padded(out.hidden, read.lengths)
        both = self.config.bidirectional and self.config.merge != "sum"
        return self.decoder.source(values, end_of(values, both)), out.penalties

    def encoder_terms(self, source: Padded) -> Mapping[str, int]:
        """Return those of the stack, where there is one."""
        recurrent = self.encoder.recurrent
        return {} if recurrent is None else recurrent.penalty_terms(self.encoder.steps.steps(source))


def _mean(places: Padded) -> Tensor:
    """Return the mean of the places of each picture, (N, D)."""
    mask = real(places)[..., None]
    found: Tensor = (places.values * mask).sum(1) / mask.sum(1).clamp(min=1)
    return found
