"""Pictures that stand somewhere else in training, so that a network learns what is on them wherever that is."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from elman.moment import Noise


def shifted(films: Float[Tensor, "B T H W C"], most: int, noise: Noise | None) -> Float[Tensor, "B T H W C"]:
    """Return films whose pictures are all moved by the same places; what comes in from outside is 0, nothing.

        x'_tij = x_t(i+a)(j+b),    a, b ~ U{-most .. most}, one pair a film

    Args:
        films: T pictures each.
        most: places, down or up and to the right or left.
        noise: of a training step; None outside training, when films are returned as they are.

    Source: Simard et al. (2003), ICDAR (shifted copies of the training part).
    """
    if noise is None or not most:
        return films
    count, _, height, width, _ = films.shape
    draw = noise.generator(films.device)
    lots = torch.rand(count, 2, generator=draw, device=films.device, dtype=torch.float64)
    corners = (lots * (2 * most + 1)).long()
    rows, columns = (
        corners[:, side, None] + torch.arange(size, device=films.device) for side, size in ((0, height), (1, width))
    )
    padded = functional.pad(films, (0, 0, most, most, most, most))
    film = torch.arange(count, device=films.device)[:, None, None]
    return padded.transpose(1, 3)[film, columns[:, None, :], rows[:, :, None]].permute(0, 3, 1, 2, 4)
