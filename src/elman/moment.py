"""What a training step tells a network: its randomness, and how far the training is."""

from typing import Any, NamedTuple

import torch

from elman.native import compiled
from elman.native.masks import fill
from elman.randomness import seed_of


class Noise:
    """Torch generators for one training step; layers get `None` instead when nothing may be random.

    Each call gives a fresh generator seeded by (seed, step, part, number of the call within the step). A forward
    pass asks in a fixed order, so a step that is run again after a resume draws the same numbers.

    Args:
        seed: the seed of the run.
        step: the training step, from 0.
        part: of the batch, from 0, where it is computed in parts.
    """

    def __init__(self, seed: int, step: int, part: int = 0) -> None:
        self._seed = seed
        self._place = (step, part) if part else (step,)  # a batch in one part draws what it always drew
        self._calls = 0

    def generator(self, device: torch.device) -> torch.Generator:
        """Return the next generator of this step."""
        return torch.Generator(device).manual_seed(self._next())

    def keep_mask(self, like: torch.Tensor, keep: float) -> torch.Tensor:
        """Return a tensor of `like`'s shape: 1 / keep with probability `keep`, else 0; its mean is 1."""
        mask = torch.empty_like(like, requires_grad=False)
        if like.device.type != "cpu" or like.dtype not in (torch.float32, torch.float64) or compiled() is None:
            return mask.bernoulli_(keep, generator=self.generator(like.device)).div_(keep)
        # The same numbers, faster: torch draws them in the order in which they lie.
        as_it_lies = mask.as_strided((mask.numel(),), (1,)).numpy()
        fill(as_it_lies, self._next(), keep, float(mask.new_ones(()).div_(keep)))
        return mask

    def _next(self) -> int:
        self._calls += 1
        return seed_of(self._seed, "noise", *self._place, self._calls)


class Moment(NamedTuple):
    """All that a training step tells a network; in evaluation it gets None instead.

    Args:
        noise: of the step.
        step: updates that are done.
        steps: updates in all.
        reward: how good what was written is, an `elman.evaluation.rewards.Reward`; None where the task cannot say it.
    """

    noise: Noise
    step: int = 0
    steps: int = 1
    reward: Any = None

    @property
    def share(self) -> float:
        """Which share of the training is done, 0 to 1, for schedules inside a model."""
        return self.step / self.steps
