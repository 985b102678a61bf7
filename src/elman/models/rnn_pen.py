"""The recurrent pen: points, a recurrence, and a mixture over the next point."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import nn

from elman.data.bucketing import buckets
from elman.data.drawings import Drawings
from elman.data.outlines import Frames, Outline
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.heads.mixture_density import MixtureDensityHead
from elman.layers.recurrent import RecurrentStack
from elman.layers.tensors import to_tensors
from elman.models.base import Network
from elman.models.base.headed import Encoded, Headed
from elman.models.base.left_context import LeftContextConfig
from elman.moment import Noise

_ROWS, _PLACES = 64, 16384
"""Drawings that are read together, and places of their padded rectangle, at most."""


class RnnPen(Headed):
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
    predicts = ("point",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        frames = reads["frames"]
        if not isinstance(frames, Frames):
            raise ConfigError(f"frames: got {type(frames).__name__.lower()}, expected numbers. Choose another model.")
        self.recurrent = RecurrentStack(frames.shape[0], config)
        options = MixtureDensityHead.Config(components=config.components, clip=config.output_clip)
        self.heads = nn.ModuleDict({"point": MixtureDensityHead(self.recurrent.output_size, answers["point"], options)})

    @property
    def title(self) -> str:
        """Cell, layers, units and components."""
        size = f"{self.config.num_layers}x{self.config.hidden_size}"
        return f"{self.config.cell} {size}, mixture of {self.config.components}"

    @property
    def head(self) -> MixtureDensityHead:
        """The head over points."""
        return self.heads["point"]  # type: ignore[return-value]

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return the hidden state before each point."""
        frames = batch.fields["frames"]
        out = self.recurrent(frames.values, self.recurrent.initial_state(batch.size), frames.mask, noise)
        return Encoded({"point": Padded(out.hidden, frames.lengths)}, out.penalties)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(batch.fields["frames"])

    def asked(self, batch: Batch) -> Any:
        """Compute -log p of each point."""
        return self._nats(batch)

    @torch.no_grad()
    def _nats(self, batch: Batch) -> np.ndarray:
        tensors = to_tensors(batch, next(self.parameters()).device)
        hidden, points = self.encode(tensors, None).hidden["point"], tensors.fields["point"]
        found: np.ndarray = self.head.nll(hidden, points).cpu().numpy()
        return found

    def nats(self, data: Drawings) -> np.ndarray:
        """Return -log p of each point of drawings, after those before it, (N,)."""
        found = np.zeros(len(data.points.values))
        for rows in buckets(data.points.lengths, _ROWS, _PLACES):
            batch = data.batch(rows)
            for row, nats in zip(rows, self._nats(batch), strict=True):
                start, stop = data.points.offsets[row : row + 2]
                found[start:stop] = nats[: stop - start]
        return found

    @torch.no_grad()
    def coming(self, data: Drawings) -> np.ndarray:
        """Return the likeliest point after the last one of each drawing, (B, 3), one drawing after the other."""
        found = []
        for row in range(len(data)):
            points = np.concatenate([np.zeros((1, 3), np.float32), data.points.row(row)])
            batch = Batch(1, {"frames": Padded(points[None])})
            hidden = self.encode(to_tensors(batch, next(self.parameters()).device), None).hidden["point"]
            found.append(self.head.best(Padded(hidden.values[:, -1:])).values[0, 0].cpu().numpy())
        return np.array(found).reshape(-1, 3)

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
