"""Stretches of time and of neighbouring numbers that a network does not see of frames in training."""

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor

from elman.config import Config
from elman.data.records import Padded
from elman.moment import Noise

_MOST = 0.2
"""Of a recording that one stretch of time may hide: a short one is left with something to hear."""


class FrameMasking(Config):
    """The `masking` table of a model that reads frames. Everything is off unless asked for."""

    times: int = Field(0, ge=0, le=100, description="Stretches of time that are hidden of each recording.")
    time_width: int = Field(30, ge=1, description="Frames of the longest such stretch; never a fifth of a recording.")
    bands: int = Field(0, ge=0, le=100, description="Stretches of neighbouring numbers of a frame that are hidden.")
    band_width: int = Field(8, ge=1, description="Numbers of the widest such stretch.")


def masked(frames: Padded, config: FrameMasking, noise: Noise | None) -> Padded:
    """Return frames of which stretches are 0, the mean of what is standardised.

        w ~ U{0 .. W},  W = min(time_width, 0.2 T);    t ~ U{0 .. T - w};    x_t .. x_{t+w-1} = 0
        w ~ U{0 .. band_width};    f ~ U{0 .. F - w};    x_·f .. x_·(f+w-1) = 0

    Args:
        frames: (B, T, F).
        config: how many stretches, and how long.
        noise: of a training step; None outside training, when frames are returned as they are.

    Source: Park et al. (2019), SpecAugment, arXiv:1904.08779, without warping time.
    """
    if noise is None or not (config.times or config.bands):
        return frames
    values, generator = frames.values, noise.generator(frames.values.device)
    rows, steps, width = values.shape
    counts = torch.full((rows,), steps) if frames.lengths is None else frames.lengths
    counts = counts.to(values.device)
    most = (counts * _MOST).long().clamp(max=config.time_width)
    times = _stretches(counts, most, config.times, steps, generator)
    channels = torch.full((rows,), width, device=values.device)
    bands = _stretches(channels, channels.clamp(max=config.band_width), config.bands, width, generator)
    found: Float[Tensor, "B T F"] = values.masked_fill(times[:, :, None] | bands[:, None], 0.0)
    return Padded(found, frames.lengths)


def _stretches(sizes: Tensor, most: Tensor, count: int, places: int, draw: torch.Generator) -> Bool[Tensor, "B N"]:
    """Return which places are in one of some stretches.

    Args:
        sizes: places of each row that are real, (B,).
        most: of one stretch, (B,).
        count: stretches a row.
        places: N.
        draw: where they lie.
    """
    lots = torch.rand(len(sizes), count, 2, generator=draw, device=sizes.device, dtype=torch.float64)
    widths = (lots[:, :, 0] * (most + 1)[:, None]).long()
    starts = (lots[:, :, 1] * (sizes[:, None] - widths + 1)).long()
    place = torch.arange(places, device=sizes.device)
    inside = (place >= starts[:, :, None]) & (place < (starts + widths)[:, :, None])
    return inside.any(1)
