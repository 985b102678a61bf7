"""A mixture of normal distributions over the next point of a pen, and whether it is lifted there."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline, Points
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base import NOTHING, Head, LossSum, check_numbers, counted, draw_uniform
from elman.moment import Moment

_LEAST = 1e-3
"""The smallest σ: a mixture on one point would have a density without end."""

_MOST_CORRELATED = math.sqrt(1 - 1e-6)
_LOG_2_PI = math.log(2 * math.pi)


class Mixture(NamedTuple):
    """What the outputs of a network say about a point.

    Args:
        end: ê; the pen is lifted with probability 1 / (1 + exp(ê)).
        log_weights: log π, (..., M).
        mean_1: μ_1 of each component, (..., M); μ_2, log σ_1, log σ_2 and ρ are the same.
    """

    end: Float[Tensor, "..."]
    log_weights: Float[Tensor, "... M"]
    mean_1: Float[Tensor, "... M"]
    mean_2: Float[Tensor, "... M"]
    log_sigma_1: Float[Tensor, "... M"]
    log_sigma_2: Float[Tensor, "... M"]
    rho: Float[Tensor, "... M"]

    @classmethod
    def of(cls, raw: Float[Tensor, "... R"], bias: float = 0.0) -> "Mixture":
        """Return the mixture of raw outputs (ê, π̂, μ_1, μ_2, σ̂_1, σ̂_2, ρ̂).

        Args:
            raw: the outputs.
            bias: b, how much likelier than it is the likely is taken to be: π = softmax(π̂ (1 + b)), σ = exp(σ̂ - b).
        """
        count = (raw.shape[-1] - 1) // 6
        end, weights, mean_1, mean_2, sigma_1, sigma_2, rho = torch.split(raw, [1, *[count] * 6], -1)
        least = math.log(_LEAST)
        return cls(
            end[..., 0],
            functional.log_softmax(weights * (1 + bias), -1),
            mean_1,
            mean_2,
            (sigma_1 - bias).clamp(min=least),
            (sigma_2 - bias).clamp(min=least),
            rho.tanh().clamp(-_MOST_CORRELATED, _MOST_CORRELATED),
        )

    def standard(self, points: Float[Tensor, "... 3"]) -> tuple[Tensor, Tensor, Tensor]:
        """Return d_1 and d_2, how far points are from each component in its σ, and z, (..., M)."""
        far_1 = (points[..., :1] - self.mean_1) * (-self.log_sigma_1).exp()
        far_2 = (points[..., 1:2] - self.mean_2) * (-self.log_sigma_2).exp()
        return far_1, far_2, far_1**2 + far_2**2 - 2 * self.rho * far_1 * far_2

    def joint(self, z: Float[Tensor, "... M"]) -> Float[Tensor, "... M"]:
        """Return log π_j + log N_j of points in nats."""
        apart = 1 - self.rho**2
        density = -z / (2 * apart) - _LOG_2_PI - self.log_sigma_1 - self.log_sigma_2 - 0.5 * apart.log()
        return self.log_weights + density


class _Nats(torch.autograd.Function):
    """-log p of points, with its gradient by the raw outputs in closed form, each cut off at ±`clip`.

    The gradient that comes in is multiplied in afterwards, so that what is cut off does not hang on how many targets
    a batch has. Where σ or ρ is held at its bound, only what leads back from there goes through.
    """

    @staticmethod
    def forward(ctx: Any, raw: Tensor, points: Tensor, clip: float) -> Tensor:
        found = Mixture.of(raw)
        far_1, far_2, z = found.standard(points)
        joint, up = found.joint(z), points[..., 2]
        whole = joint.logsumexp(-1)
        if ctx.needs_input_grad[0]:
            ctx.save_for_backward(_gradient(raw, found, (far_1, far_2, z), (joint - whole[..., None]).exp(), up, clip))
        return functional.softplus((2 * up - 1) * found.end) - whole

    @staticmethod
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * outer[..., None], None, None


def _gradient(
    raw: Tensor, found: Mixture, far: tuple[Tensor, Tensor, Tensor], share: Tensor, up: Tensor, clip: float
) -> Tensor:
    """Return the gradient of -log p by the raw outputs: Graves (2013), equations 33 to 37.

    Args:
        raw: the outputs.
        found: their mixture.
        far: d_1, d_2 and z.
        share: γ, which share of the density each component has.
        up: 1 where the pen is lifted.
        clip: where each number is cut off.
    """
    far_1, far_2, z = far
    scale = 1 / (1 - found.rho**2)
    _, _, _, _, raw_1, raw_2, raw_rho = torch.split(raw, [1, *[share.shape[-1]] * 6], -1)
    toward_1, toward_2 = (far_1 - found.rho * far_2) * scale, (far_2 - found.rho * far_1) * scale
    by_sigma_1, by_sigma_2 = (-share * (one * at - 1) for one, at in ((far_1, toward_1), (far_2, toward_2)))
    by_rho = -share * (far_1 * far_2 + found.rho * (1 - scale * z))
    least, held = math.log(_LEAST), found.rho.abs() >= _MOST_CORRELATED
    parts = [
        (up - torch.sigmoid(-found.end))[..., None],
        found.log_weights.exp() - share,
        -share * toward_1 * (-found.log_sigma_1).exp(),
        -share * toward_2 * (-found.log_sigma_2).exp(),
        torch.where(raw_1 < least, by_sigma_1.clamp(max=0), by_sigma_1),
        torch.where(raw_2 < least, by_sigma_2.clamp(max=0), by_sigma_2),
        torch.where(held & (by_rho * raw_rho < 0), 0.0, by_rho),
    ]
    return torch.cat(parts, -1).clamp(-clip, clip)


class MixtureDensityHead(Head):
    """A mixture of M normal distributions of (dx, dy), and how likely the pen is lifted at the point.

        (ê, π̂, μ, σ̂, ρ̂) = W h + b;    e = 1 / (1 + exp(ê));    π = softmax(π̂);    σ = exp(σ̂);    ρ = tanh(ρ̂)
        z = d_1² + d_2² - 2 ρ d_1 d_2,    d = (x - μ) / σ
        log N = -z / (2 (1 - ρ²)) - log(2 π σ_1 σ_2 sqrt(1 - ρ²))
        -log p(x, up) = -logsumexp_j(log π_j + log N_j) - (log e if up else log(1 - e))

    ê has the sign of the paper: the larger, the likelier the pen stays down. σ is 0.001 or more, 1 - ρ² 0.000001. In
    training, each number of the gradient by the outputs is cut off at ±`clip`.

    Args:
        hidden_size: H.
        target: points.
        config: how many components.

    Source: Graves (2013), arXiv:1308.0850, sections 4.1 and 5.4; Bishop (1994), Mixture density networks.
    """

    class Config(Head.Config):
        """Options of the mixture."""

        components: int = Field(20, ge=1, le=1024, description="M, normal distributions in the mixture.")
        clip: float = Field(
            100.0, gt=0, description="Where each number of the gradient by the outputs of the head is cut off."
        )

    answers_are = "numbers a point"

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        if not isinstance(target, Points):
            raise ConfigError(f"model.head: mixture_density predicts points, not {type(target).__name__.lower()}.")
        outputs = 6 * self.config.components + 1
        self.weight = nn.Parameter(torch.empty(outputs, hidden_size))
        self.bias = nn.Parameter(torch.empty(outputs))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; biases are 0."""
        draw_uniform(dict(self.named_parameters()), generator, self.hidden_size**-0.5 if bound is None else bound)

    def raw(self, rows: Float[Tensor, "... H"]) -> Float[Tensor, "... R"]:
        """Return W h + b of hidden states in any shape."""
        return functional.linear(rows, self.weight, self.bias)

    def losses(self, rows: Float[Tensor, "... H"], points: Float[Tensor, "... 3"]) -> Float[Tensor, "..."]:
        """Return -log p of each point in nats."""
        found: Tensor = _Nats.apply(self.raw(rows), points.to(rows.dtype), self.config.clip)  # type: ignore[no-untyped-call]
        return found

    def nll(self, hidden: Padded, target: Padded) -> Float[Tensor, "B T"]:
        """Return -log p of the points in nats; what padding gets means nothing."""
        return self.losses(hidden.values, target.values)

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return -log p summed over the points that count, (B, T, 3), and how many these are."""
        rows, points, factors = counted(hidden, target, weights)
        nats = self.losses(rows, points)
        nats = nats if factors is None else nats * factors
        return LossSum(nats.sum(dtype=torch.float64).to(rows.dtype), len(rows))

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the middle of the component with most weight, and 1 where the pen is likelier lifted than not."""
        found = Mixture.of(self.raw(hidden.values))
        which = found.log_weights.argmax(-1, keepdim=True)
        place = [one.gather(-1, which)[..., 0] for one in (found.mean_1, found.mean_2)]
        points = Padded(torch.stack([*place, found.end], -1), hidden.lengths)
        check_numbers(points)
        lifted = (points.values[..., 2:] < 0).to(points.values)
        return Padded(torch.cat([points.values[..., :2], lifted], -1), hidden.lengths)

    def draw(
        self, rows: Float[Tensor, "B H"], uniforms: Float[Tensor, "B 4"], bias: float = 0.0
    ) -> Float[Tensor, "B 3"]:
        """Return a point each, drawn.

        Args:
            rows: hidden states.
            uniforms: numbers in [0, 1): which component, two of how far from its middle, whether the pen is lifted.
            bias: b, above 0 for points that are likelier than those of the model: neater, and less different.

        Raises:
            TrainingError: what it is drawn from are no numbers.
        """
        raw = self.raw(rows)
        check_numbers(Padded(raw[:, None]))
        found = Mixture.of(raw, bias)
        which, radius, angle, lift = uniforms.to(raw).unbind(-1)
        below = (found.log_weights.exp().cumsum(-1) <= which[:, None]).sum(-1, keepdim=True)
        chosen = below.clamp(max=self.config.components - 1)
        mean_1, mean_2, log_1, log_2, rho = (one.gather(-1, chosen)[:, 0] for one in found[2:])
        far = (-2 * torch.log1p(-radius)).sqrt()
        one, other = far * (2 * math.pi * angle).cos(), far * (2 * math.pi * angle).sin()
        across = mean_1 + log_1.exp() * one
        down = mean_2 + log_2.exp() * (rho * one + (1 - rho**2).sqrt() * other)
        return torch.stack([across, down, (lift < torch.sigmoid(-found.end)).to(raw.dtype)], -1)
