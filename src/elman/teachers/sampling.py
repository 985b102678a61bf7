"""Scheduled sampling: the decoder reads more and more of what it wrote itself."""

import math
from typing import Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from elman.data.records import Padded
from elman.moment import Moment, Noise
from elman.teachers.base import Owed, Pupil, Run, Teacher


class SamplingTeacher(Teacher):
    """For each token a coin says whether the decoder reads the right one, or what it would have written there.

        P(right at update i) = ε_i
        linear             ε_i = max(least, k - c i)
        exponential        ε_i = k^i                      k < 1
        inverse_sigmoid    ε_i = k / (k + exp(i / k))     k >= 1

    One coin a token, not one a target. No gradient goes through what was chosen; targets stay the right tokens at their
    places. The tokens are made one after the other, which takes longer than teacher forcing.

    Source: Bengio et al. (2015), Scheduled sampling for sequence prediction with recurrent neural networks,
    arXiv:1506.03099.
    """

    class Config(Teacher.Config):
        """Options of scheduled sampling."""

        schedule: Literal["linear", "exponential", "inverse_sigmoid"] = Field(
            "inverse_sigmoid", description="How ε_i falls with the updates i."
        )
        k: float | None = Field(
            None,
            gt=0,
            description="k of the schedule; by default 1 (linear), or what makes ε 1/2 in the middle of the training.",
        )
        c: float | None = Field(
            None, gt=0, description="c of linear; by default what reaches `least` at the end of the training."
        )
        least: float = Field(0.0, ge=0, le=1, description="ε of linear does not fall below it.")
        chosen: Literal["drawn", "likeliest"] = Field(
            "drawn", description="What the decoder would have written: drawn from its distribution, or the likeliest."
        )

        @model_validator(mode="after")
        def _numbers_of_the_schedule(self) -> Self:
            if self.schedule == "exponential" and self.k is not None and self.k >= 1:
                raise ValueError(f"k: got {self.k:g}, expected below 1 for schedule exponential.")
            if self.schedule == "inverse_sigmoid" and self.k is not None and self.k < 1:
                raise ValueError(f"k: got {self.k:g}, expected 1 or more for schedule inverse_sigmoid.")
            for name, usual in (("c", None), ("least", 0.0)):
                if self.schedule != "linear" and getattr(self, name) != usual:
                    raise ValueError(f"{name}: only schedule linear has it. Leave it out.")
            return self

    def loss(self, pupil: Pupil, target: Padded, moment: Moment | None, weights: Padded | None) -> Owed:
        """Return the loss of the right token at each place, after what was read there."""
        noise = moment.noise if moment else None
        share = 1.0 if moment is None else self.share(moment.step, moment.steps)
        run = _Mixed(pupil, target, noise, share, self.config.chosen == "likeliest")
        hidden = Padded(run.unrolled().outputs, target.lengths)
        return pupil.head.loss(hidden, target, moment, weights), {}

    def share(self, step: int, steps: int) -> float:
        """Return ε of an update, counted from 0, of so many."""
        config = self.config
        if config.schedule == "linear":
            k = 1.0 if config.k is None else config.k
            c = (k - config.least) / max(1, steps) if config.c is None else config.c
            return max(config.least, min(1.0, k - c * step))
        if config.schedule == "exponential":
            k = 0.5 ** (2 / max(2, steps)) if config.k is None else config.k
            return float(k**step)
        k = _half_at(steps / 2) if config.k is None else config.k
        return k / (k + math.exp(min(step / k, 700.0)))


class _Mixed(Run):
    """Targets whose inputs are right tokens and own ones."""

    def __init__(self, pupil: Pupil, target: Padded, noise: Noise | None, share: float, likeliest: bool) -> None:
        super().__init__(pupil, len(target.values), noise)
        self._gold, self._likeliest = target.values, likeliest
        steps = self._gold.shape[1]
        lengths = target.lengths
        self._lengths = torch.full((self.rows,), steps, device=self._gold.device) if lengths is None else lengths
        self._right = torch.ones(self._gold.shape, dtype=torch.bool, device=self._gold.device)
        if noise is not None and share < 1:
            draws = torch.rand(self._gold.shape, generator=noise.generator(self._gold.device), device=self._gold.device)
            self._right = draws < share

    def next(self, output: Tensor, place: int) -> Tensor:
        """Return the right token where the coin says so."""
        right, gold = self._right[:, place], self._gold[:, place]
        if bool(right.all()):
            return gold
        own = self.pupil.head.next(output.detach()).argmax(-1) if self._likeliest else self.drawn(output.detach())
        return gold.where(right, own)

    def ended(self, output: Tensor, place: int) -> Tensor:
        """Say which targets have no further place."""
        return self._lengths <= place + 1


def _half_at(update: float) -> float:
    """Return the k >= 1 whose inverse sigmoid is 1/2 at an update: k log k = update."""
    low, high = 1.0, max(2.0, update)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * math.log(middle) < update else (low, middle)
    return low
