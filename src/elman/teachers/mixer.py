"""MIXER: from right tokens to rewards for what the decoder writes itself."""

import math

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base import LossSum
from elman.moment import Moment, Noise
from elman.teachers.base import Owed, Pupil, Run, Teacher
from elman.teachers.forcing import ForcingTeacher


class MixerTeacher(Teacher):
    """First all tokens are taught, then only the first s; what follows is written by the decoder and rewarded.

        J = -Σ_{i <= s} log p(t_i) - Σ_{i > s} (r - b_i) log p(w_i) + Σ_{i > s} (r - b_i)²,    w_i drawn from p

    r is how good the whole text is by the score of the task, b_i = u · h_i + d what is expected of it; the second sum
    has no gradient through r - b_i, the third none into h. s falls by `fewer` tokens at a time until it is 0, in
    equal parts of what is left of the training after `taught`. Without the first part rewards stay where they begin.

    Args:
        hidden_size: H.
        config: its options.

    Source: Ranzato et al. (2016), Sequence level training with recurrent neural networks, arXiv:1511.06732; REINFORCE:
    Williams (1992), Machine Learning 8.
    """

    mixes = "nats, rewards and squared errors"

    class Config(Teacher.Config):
        """Options of MIXER."""

        taught: float = Field(0.5, gt=0, lt=1, description="Share of the training in which all tokens are taught.")
        fewer: int = Field(3, ge=1, description="Δ, by how many taught tokens each part has fewer than the one before.")
        longest: int = Field(0, ge=0, description="T, from which s falls; 0 is the longest training target.")

    rewarded = True

    def __init__(self, hidden_size: int, config: "MixerTeacher.Config | None" = None) -> None:
        super().__init__(hidden_size, config)
        self.expected = nn.Linear(hidden_size, 1)
        self.reset_parameters(torch.Generator())
        self.forcing = ForcingTeacher(hidden_size)

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Expect nothing at first."""
        for parameter in self.expected.parameters():
            nn.init.zeros_(parameter)

    def taught(self, share: float, longest: int) -> int:
        """Return s: how many tokens are taught when so much of the training is done; `longest` is T of the data."""
        config = self.config
        longest = config.longest or longest
        if share < config.taught:
            return longest
        parts = math.ceil(longest / config.fewer)
        part = 1 + math.floor((share - config.taught) / (1 - config.taught) * parts)
        return max(0, longest - part * config.fewer)

    def loss(self, pupil: Pupil, target: Padded, moment: Moment | None, weights: Padded | None) -> Owed:
        """Return the loss of the taught tokens, and that of the rewarded ones.

        Raises:
            ConfigError: the training has no reward.
        """
        if moment is None or moment.share < self.config.taught:
            return self.forcing.loss(pupil, target, moment, weights)
        if moment.reward is None:
            raise ConfigError("model.teacher: mixer needs a task that says how good a text is, such as seq2seq.")
        taught = self.taught(moment.share, moment.reward.longest)
        if taught >= target.values.shape[1]:
            return self.forcing.loss(pupil, target, moment, weights)
        run = _Written(pupil, target, moment.noise, taught)
        hidden = run.unrolled().outputs
        written, first = run.written(), min(taught, hidden.shape[1])
        rewards = torch.from_numpy(moment.reward.of(written.map(_array), _real(target).map(_array)))
        places = torch.arange(hidden.shape[1], device=hidden.device)
        counts = _counting(weights, hidden)
        known_to = _real(target).lengths.clamp(max=first)
        given, right = Padded(hidden[:, :first], known_to), Padded(target.values[:, :first], known_to)
        known = LossSum(hidden.new_zeros(()), 0)
        if first:
            known = pupil.head.loss(given, right, moment, None if weights is None else Padded(counts[:, :first]))
        drawn = (places >= taught) & (places < written.lengths[:, None]) & (counts != 0)
        expected = self.expected(hidden.detach())[..., 0]
        beyond = rewards.to(hidden)[:, None] - expected
        factors = Padded(beyond.detach() * drawn * counts, written.lengths)
        rewarded = pupil.head.unsmoothed(Padded(hidden, written.lengths), written, moment, factors)
        guessed = (counts * (expected - (beyond + expected).detach()) ** 2)[drawn].sum()
        return LossSum(known.nats + rewarded.nats + guessed, known.targets + int(drawn.sum())), {}


def _counting(weights: Padded | None, hidden: Tensor) -> Tensor:
    """Return what each place of what was written counts, (B, U): as the place of the target, or the last one's."""
    shape = hidden.shape[:2]
    if weights is None:
        return hidden.new_ones(shape)
    values = weights.values.to(hidden)[:, : shape[1]]
    return torch.cat([values, values[:, -1:].expand(-1, shape[1] - values.shape[1])], 1)


def _real(target: Padded) -> Padded:
    """Return targets with the lengths of all rows."""
    if target.lengths is not None:
        return target
    rows, steps = target.values.shape
    return Padded(target.values, target.values.new_full((rows,), steps))


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.cpu().numpy()


class _Written(Run):
    """Targets of which the first tokens are right and the others own."""

    def __init__(self, pupil: Pupil, target: Padded, noise: Noise, taught: int) -> None:
        super().__init__(pupil, len(target.values), noise)
        self._gold, self._taught = target.values, taught
        self._most = target.values.shape[1]
        self._tokens: list[Tensor] = []

    def ended(self, output: Tensor, place: int) -> Tensor:
        """Draw the token at a place, and say where it is the end or there is no room."""
        own = self._gold[:, place] if place < self._taught else self.drawn(output.detach())
        self._tokens.append(own)
        return (own == self.pupil.end) | (place + 1 >= self._most)

    def next(self, output: Tensor, place: int) -> Tensor:
        """Return the token at a place."""
        return self._tokens[place]

    def written(self) -> Padded:
        """Return the tokens, (B, U), up to the end and with it."""
        tokens = torch.stack(self._tokens, 1)
        ends = (tokens == self.pupil.end).int()
        lengths = torch.where(ends.any(1), ends.argmax(1) + 1, tokens.shape[1])
        return Padded(tokens, lengths)
