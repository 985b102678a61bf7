"""The recurrent pen: points, a recurrence, and a mixture over the next point."""

from collections.abc import Mapping

import numpy as np
import torch
from pydantic import Field
from torch import nn

from elman.data.outlines import Frames, Outline, outline_of
from elman.data.records import Batch, Padded
from elman.heads.mixture_density import MixtureDensityHead
from elman.layers.recurrent import RecurrentStack
from elman.models.base import Network
from elman.models.base.drawing import DrawingNetwork
from elman.models.base.headed import Encoded
from elman.models.base.left_context import LeftContextConfig
from elman.moment import Noise


class RnnPen(DrawingNetwork):
    """The next point of a pen, from all points before.

        h_t = RNN(x_{t-1}, h_{t-1}), x_0 = 0;    p(x_t | x_1 .. x_{t-1}) = mixture density(h_t)

    Args:
        config: cell, sizes, stack, mixture.
        reads: `frames`, the points before.
        answers: `point`.

    Source: Graves (2013), arXiv:1308.0850, section 4.
    """

    class Config(LeftContextConfig, Network.Config):
        """Options of the recurrent pen."""

        name: str = "rnn_pen"
        hidden_size: int = Field(256, ge=1, le=65536, description="H, units of a layer.")
        dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping an output of a layer.")
        components: int = Field(20, ge=1, le=1024, description="M, normal distributions in the mixture.")
        output_clip: float = Field(
            100.0, gt=0, description="Where each number of the gradient by the outputs of the head is cut off."
        )

    reads = (("frames",),)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        self.recurrent = RecurrentStack(outline_of(reads, "frames", Frames, "numbers").width, config)
        options = MixtureDensityHead.Config(components=config.components, clip=config.output_clip)
        self.heads = nn.ModuleDict({"point": MixtureDensityHead(self.recurrent.output_size, answers["point"], options)})

    @property
    def title(self) -> str:
        """Cell, layers, units and components."""
        size = f"{self.config.num_layers}x{self.config.hidden_size}"
        return f"{self.config.cell} {size}, mixture of {self.config.components}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the hidden state before each point."""
        frames = batch.fields["frames"]
        out = self.recurrent(frames.values, self.recurrent.initial_state(batch.size), frames.mask, noise)
        return Encoded({"point": Padded(out.hidden, frames.lengths)}, out.penalties)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(batch.fields["frames"])

    @torch.no_grad()
    def drawn(self, uniforms: np.ndarray, bias: float = 0.0) -> np.ndarray:
        """Return drawings, (B, T, 3), each point drawn from the mixture after those before it.

        Args:
            uniforms: numbers in [0, 1) that the draws are made of, (B, T, 4).
            bias: see `MixtureDensityHead.draw`.
        """
        weight = self.head.weight
        draws = torch.from_numpy(uniforms).to(weight)
        point, state = weight.new_zeros(len(uniforms), 3), self.recurrent.initial_state(len(uniforms))
        points: list[torch.Tensor] = []
        for step in range(uniforms.shape[1]):
            out = self.recurrent(point[:, None], state)
            point, state = self.head.draw(out.hidden[:, 0], draws[:, step], bias), out.state
            points.append(point)
        found: np.ndarray = torch.stack(points, 1).double().cpu().numpy()
        return found
