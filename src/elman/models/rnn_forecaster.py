"""The recurrent forecaster: frames, a recurrence, and a head over the numbers of the coming steps."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import nn

from elman.config import options_of
from elman.data.outlines import Classes, Frames, Outline, outline_of
from elman.data.records import Batch, Padded
from elman.data.timelines import Foreseen, Timelines
from elman.data.windows import Block, blocks
from elman.errors import ConfigError
from elman.heads import HEADS
from elman.layers.recurrent import RecurrentStack, StackState
from elman.layers.tensors import to_tensors
from elman.models.base import BatchLoss, Network
from elman.models.base.left_context import LeftContextConfig
from elman.moment import Moment


class RnnForecaster(Network, nn.Module):
    """Forecasts of all coming steps at once, from what was read so far.

        h_t = RNN(x_t, h_{t-1});    p(y_{t+1} .. y_{t+H} | x_1 .. x_t) = head(h_t)

    Every step of a series is a forecast that is learned from, so that training reads a series once a pass.

    Args:
        config: cell, sizes, stack, head.
        reads: `frames`.
        answers: `ahead`, numbers, or what is on or off.

    Source: Wen et al. (2017), arXiv:1711.11053, section 3.2 (forking sequences); Salinas et al. (2020),
    arXiv:1704.04110; of notes Boulanger-Lewandowski et al. (2012), arXiv:1206.6392.
    """

    class Config(LeftContextConfig, Network.Config):
        """Options of the recurrent forecaster."""

        name: str = "rnn_forecaster"
        hidden_size: int = Field(64, ge=1, le=65536, description="H, units of a layer.")
        head: Literal["gaussian", "quantiles"] = Field(
            "gaussian", description="What is said of a number: a mean and a deviation, or quantiles."
        )
        head_options: dict[str, Any] = Field({}, description="Options of the head, such as {quantiles = [0.05, 0.5]}.")

        def model_post_init(self, context: Any) -> None:
            """Check the options of the head."""
            options_of(HEADS, self.head, self.head_options)

    reads = (("frames",),)
    predicts = ("ahead",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__()  # type: ignore[call-arg]
        self.config = config
        frames, ahead = outline_of(reads, "frames", Frames, "numbers"), answers["ahead"]
        self.recurrent = RecurrentStack(frames.shape[0], config)
        kind = HEADS.get("sigmoid" if isinstance(ahead, Classes) else config.head)
        self._numbers = len(ahead)  # type: ignore[arg-type]
        self.heads = nn.ModuleDict(
            {"ahead": kind(self.recurrent.output_size, ahead, kind.Config(**self._options(ahead)))}
        )

    def _options(self, ahead: Outline) -> Mapping[str, Any]:
        """Return the options of the head.

        Raises:
            ConfigError: there are some, and what is on or off has none.
        """
        if isinstance(ahead, Classes) and self.config.head_options:
            raise ConfigError("model.head_options: mean nothing to what is on or off. Leave them out.")
        return self.config.head_options

    @property
    def title(self) -> str:
        """Cell, layers, units and head."""
        return f"{self.config.cell} {self.config.num_layers}x{self.config.hidden_size}, {self._head_name}"

    @property
    def _head_name(self) -> str:
        return "sigmoid" if not hasattr(self._head, "quantiles") else self.config.head

    @property
    def _head(self) -> Any:
        return self.heads["ahead"]

    @property
    def head_weights(self) -> Mapping[str, float]:
        """What is learned from is the mean over the numbers of a forecast, so that rate and clipping suit any."""
        return {"ahead": 1 / self._numbers}

    def initial_state(self, batch_size: int) -> StackState:
        """Return the state before the first step."""
        return self.recurrent.initial_state(batch_size)

    def loss(self, batch: Batch, state: Any, moment: Moment | None) -> BatchLoss:
        """Return the loss of the forecasts."""
        tensors = to_tensors(batch, next(self.parameters()).device)
        fields, noise = tensors.fields, moment.noise if moment else None
        out = self.recurrent(fields["frames"].values, state, fields["frames"].mask, noise)
        hidden = Padded(out.hidden, fields["frames"].lengths)
        loss = self._head.loss(hidden, fields["ahead"], moment, fields.get("ahead.weights"))
        return BatchLoss({"ahead": loss}, out.state, out.penalties)

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return those of the stack."""
        return self.recurrent.penalty_terms(batch.fields["frames"])

    @torch.no_grad()
    def forecasts(self, data: Timelines, origins: np.ndarray) -> Iterator[Foreseen]:
        """Yield forecasts after some rows of series, each of which is read from its beginning.

        Args:
            data: the series.
            origins: the rows.
        """
        state = self.initial_state(0)
        for block in blocks(data, origins):
            if not block.batch.continues:
                state = self.initial_state(block.batch.size)
            tensors = to_tensors(block.batch, next(self.parameters()).device)
            frames = tensors.fields["frames"]
            out = self.recurrent(frames.values, state, frames.mask)
            state = out.state
            if block.asked.any():
                yield self._foreseen(data, block, out.hidden, tensors.fields["ahead"].values)

    @torch.no_grad()
    def played(self, before: np.ndarray, uniforms: np.ndarray, temperature: float = 1.0) -> np.ndarray:
        """Return what is on at the steps that follow, several times, each step drawn from all before, (B, T, K).

        Args:
            before: what was on, as it is read, (P, K), P ≥ 1.
            uniforms: numbers in [0, 1) that the draws are made of, (B, T, K).
            temperature: see `SigmoidHead.draw`.
        """
        weight = next(self.parameters())
        draws = torch.from_numpy(uniforms).to(weight)
        frames = torch.from_numpy(before).to(weight).expand(len(draws), *before.shape)
        state, found = self.initial_state(len(draws)), torch.empty_like(draws)
        for step, draw in enumerate(draws.unbind(1)):
            out = self.recurrent(frames, state)
            state = out.state
            found[:, step] = self._head.draw(out.hidden[:, -1], draw, temperature)
            frames = found[:, step : step + 1]
        return found.cpu().numpy()

    def _foreseen(self, data: Timelines, block: Block, hidden: torch.Tensor, truth: torch.Tensor) -> Foreseen:
        """Return the forecasts of a block where they are asked for."""
        asked = torch.from_numpy(block.asked).to(hidden.device)
        rows, base = Padded(hidden[asked][:, None]), data.base(block.rows)
        nats = self._head.nll(rows, Padded(truth[asked][:, None]))
        found = None if nats is None else nats[:, 0].cpu().numpy()
        if not hasattr(self._head, "quantiles"):
            chances = self._head.log_probs(rows).exp().cpu().numpy()
            return Foreseen(block.rows, chances.reshape(base.shape), None, found)
        best = self._head.best(rows).values.cpu().numpy().reshape(base.shape)
        spread = self._head.quantiles(rows)
        between = spread.cpu().numpy().reshape(*base.shape, spread.shape[-1])
        levels = self._head.config.quantiles
        return Foreseen(block.rows, base + best, base[..., None] + between, found, levels)
