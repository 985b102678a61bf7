"""The recurrent scribe: a pen that reads the text it writes through a window."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from elman.data.drawings import Drawings
from elman.data.outlines import Frames, Outline, Points, outline_of, tokens_of
from elman.data.records import Batch, Padded
from elman.heads.mixture_density import MixtureDensityHead
from elman.layers.dropout import dropout
from elman.layers.packing import Packing
from elman.layers.recurrent import CellConfig, RecurrentConfig, RecurrentStack, StackState
from elman.layers.tensors import to_tensors
from elman.layers.unroll import unroll
from elman.layers.window import Letters, WindowedCell, WindowState, beyond
from elman.models.base import Network
from elman.models.base.drawing import DrawingNetwork
from elman.models.base.headed import Encoded
from elman.moment import Noise

_POINTS = 20
"""Of a character, where nobody has counted them."""


class _Standing(NamedTuple):
    """What the layers remember: the first, and those above it."""

    first: WindowState
    above: StackState


def _pace(outline: Outline) -> float:
    """Return how many characters a window is to go on by at a point, before anything is learned."""
    points = outline.of_a_character if isinstance(outline, Points) else 0
    return 1 / (points or _POINTS)


class RnnScribe(DrawingNetwork):
    """The next point of a pen that writes a text, from all points before and the characters in a window.

        h1_t, w_t = windowed cell(x_{t-1}, text), x_0 = 0
        hl_t = cell([x_{t-1}; w_t; h1_t; ..; h(l-1)_t])
        p(x_t | x_1 .. x_{t-1}, text) = mixture density([h1_t; ..; hL_t])

    The paper gives a layer what the one right below says; here it reads what all below say.

    Args:
        config: cell, sizes, window, mixture.
        reads: `frames`, the points before, and `text`, the characters.
        answers: `point`.

    Source: Graves (2013), arXiv:1308.0850, section 5.
    """

    class Config(CellConfig, Network.Config):
        """Options of the recurrent scribe."""

        name: str = "rnn_scribe"
        hidden_size: int = Field(128, ge=1, le=65536, description="H, units of a layer.")
        num_layers: int = Field(2, ge=1, le=64, description="L, layers; the first has the window.")
        dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping an output of a layer.")
        window: int = Field(10, ge=1, le=256, description="K, hills of the window over the text.")
        components: int = Field(20, ge=1, le=1024, description="M, normal distributions in the mixture.")
        output_clip: float = Field(
            100.0, gt=0, description="Where each number of the gradient by the outputs of the head is cut off."
        )

    reads = (("frames", "text"),)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        width, characters = outline_of(reads, "frames", Frames, "numbers").width, len(tokens_of(reads, "text"))
        cell = config.make_cell(width + characters, config.hidden_size)
        self.first = WindowedCell(cell, characters, config.window, _pace(answers["point"]))
        self._beside = width + characters
        size, self.above = cell.output_size, None
        if config.num_layers > 1:
            options = {name: getattr(config, name) for name in ("cell", "cell_options", "hidden_size", "dropout")}
            stack = RecurrentConfig(**options, num_layers=config.num_layers - 1, connections="dense")
            self.above = RecurrentStack(self._beside + size, stack)
            size = self.above.output_size - self._beside
        mixture = MixtureDensityHead.Config(components=config.components, clip=config.output_clip)
        self.heads = nn.ModuleDict({"point": MixtureDensityHead(size, answers["point"], mixture)})

    @property
    def title(self) -> str:
        """Cell, layers, units, hills and components."""
        config = self.config
        size = f"{config.num_layers}x{config.hidden_size}"
        return f"{config.cell} {size}, window of {config.window}, mixture of {config.components}"

    def encode(self, batch: Batch, noise: Noise | None) -> Encoded:
        """Return what the layers say before each point."""
        frames = batch.fields["frames"]
        packing = Packing(batch.size, frames.values.shape[1], frames.lengths)
        start = self._start(batch.size)
        letters = Letters.of(batch.fields["text"], self.first.weight)
        said = packing.unpack(unroll(self.first, packing.pack(frames.values), packing, start.first, letters).outputs)
        hidden, _ = self._climb(frames.values, said, start.above, frames.mask, noise)
        return Encoded({"point": Padded(hidden, frames.lengths)})

    def _start(self, batch_size: int) -> _Standing:
        above = StackState(()) if self.above is None else self.above.initial_state(batch_size)
        return _Standing(self.first.initial_state(batch_size), above)

    def _climb(
        self, points: Tensor, said: Tensor, state: StackState, mask: Tensor | None, noise: Noise | None
    ) -> tuple[Tensor, StackState]:
        """Return what all layers say, (B, T, L H), and the state of those above the first.

        Args:
            points: those before, (B, T, 3).
            said: by the first layer, with what it read of the text, (B, T, H + C).
            state: of the layers above before.
            mask: True = real.
            noise: of a training step, or None.
        """
        h, w = said.tensor_split([self.first.cell.output_size], -1)
        h = dropout(h, self.config.dropout, noise)
        if self.above is None:
            return h, state
        out = self.above(torch.cat([points, w, h], -1), state, mask, noise)
        return out.hidden[..., self._beside :], out.state

    @torch.no_grad()
    def windows(self, data: Drawings) -> list[np.ndarray]:
        """Return how much the window lets through of each character at each point of drawings, (T, U) each."""
        found = []
        for row in range(len(data)):
            batch = to_tensors(data.batch(np.array([row])), self.first.weight.device)
            frames, text = batch.fields["frames"].values, batch.fields["text"]
            packing, letters = Packing(1, frames.shape[1]), Letters.of(text, self.first.weight)
            start = self.first.initial_state(1)
            made = unroll(self.first, packing.pack(frames), packing, start, letters, keep=("phi",))
            found.append(torch.cat(made.kept["phi"])[:, :-1].cpu().numpy())
        return found

    @torch.no_grad()
    def written(self, text: Sequence[int], uniforms: np.ndarray, bias: float = 0.0) -> list[np.ndarray]:
        """Return drawings of a text, (T, 3) each, which end where the window has left the text.

        Args:
            text: ids of its characters, (U,).
            uniforms: numbers in [0, 1) that the draws are made of, (B, T, 4): of T points at most.
            bias: see `MixtureDensityHead.draw`.
        """
        weight, count = self.first.weight, len(uniforms)
        draws, ids = torch.from_numpy(uniforms).to(weight), torch.as_tensor(text, device=weight.device)
        letters = Letters.of(Padded(ids.expand(count, -1)), weight)
        point, (first, above) = weight.new_zeros(count, 3), self._start(count)
        lengths, ended = ids.new_full((count,), uniforms.shape[1]), ids.new_zeros(count, dtype=torch.bool)
        points: list[Tensor] = []
        for step in range(uniforms.shape[1]):
            made = self.first.values(point, first, letters)
            first = first.filled(made)
            left = beyond(made["kappa"], made["phi"], ids.new_full((count,), len(ids)))
            if step:  # there is no drawing without a point
                lengths, ended = torch.where(left & ~ended, step, lengths), ended | left
            if bool(ended.all()):
                break
            said, above = self._climb(point[:, None], made["y"][:, None], above, None, None)
            point = self.head.draw(said[:, 0], draws[:, step], bias)
            points.append(point)
        every = torch.stack(points, 1).double().cpu().numpy()
        return [one[:length] for one, length in zip(every, lengths.tolist(), strict=True)]
