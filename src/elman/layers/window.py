"""A window that goes over the characters of a text, and the step that reads through it."""

import math
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from elman.cells.base import Cell, Memory, State, Step
from elman.data.records import Padded
from elman.layers.products import linear
from elman.layers.sequences import step


def window(
    raw: Float[Tensor, "... R"], kappa: Float[Tensor, "... K"], places: int
) -> tuple[Float[Tensor, "... K"], Float[Tensor, "... U"]]:
    """Return where a window stands, and how much it lets through of each character: a mixture of K hills.

        (α̂, β̂, κ̂) = raw;    κ_t = κ_{t-1} + exp(κ̂)
        φ(t, u) = Σ_k exp(α̂_k) exp(-exp(β̂_k) (κ_tk - u)²),    u = 1 .. U

    It never goes back, and what it lets through does not sum to 1.

    Args:
        raw: what the network says: heights, widths, and how far each hill goes on.
        kappa: κ_{t-1}, the place of each hill; 0 at the start.
        places: U.

    Source: Graves (2013), arXiv:1308.0850, section 5.1.
    """
    height, width, further = raw.chunk(3, -1)
    kappa = kappa + further.exp()
    far = kappa[..., None] - torch.arange(1, places + 1, device=kappa.device, dtype=kappa.dtype)
    return kappa, (height[..., None] - width.exp()[..., None] * far**2).exp().sum(-2)


class Letters(NamedTuple("Letters", [("ids", Tensor), ("real", Tensor), ("rows", Tensor | None)]), Memory):
    """The characters of texts: ids (N, U), and 1 where one is real, else 0, (N, U)."""

    __slots__ = ()

    @classmethod
    def of(cls, texts: Padded, like: Tensor) -> "Letters":
        """Return those of padded ids, with 0 and 1 in the type of another tensor."""
        real = torch.ones_like(texts.values) if texts.mask is None else texts.mask
        return cls(texts.values, real.to(like.dtype), None)


class WindowState(NamedTuple("WindowState", [("layer", State), ("kappa", Tensor), ("w", Tensor)]), State):
    """The state of the cell, where the window stands, (B, K), and what was read through it, (B, C)."""

    __slots__ = ()


class WindowedCell(Step, nn.Module):
    """A cell that reads the characters of a text through a window, which it moves.

        h_t = cell([x_t; w_{t-1}], h_{t-1});    κ_t, φ(t, ·) = window(W h_t + b, κ_{t-1})
        w_t = Σ_u φ(t, u) c_u,    c_u one-hot;    y_t = [h_t; w_t];    κ_0 = 0, w_0 = 0

    `phi` has U + 1 places: the last one is behind the longest text, where nothing is.

    Args:
        cell: reads I + C numbers.
        characters: C.
        hills: K.
        pace: characters by which the window goes on at a step before anything is learned.

    Source: Graves (2013), arXiv:1308.0850, section 5.1.
    """

    output = "y"
    traces = ("kappa", "phi")

    def __init__(self, cell: Cell, characters: int, hills: int, pace: float) -> None:
        super().__init__()
        self.cell, self.characters, self.hills, self._pace = cell, characters, hills, pace
        self.weight = nn.Parameter(torch.empty(3 * hills, cell.output_size))
        self.bias = nn.Parameter(torch.empty(3 * hills))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; b has the window go on at its pace."""
        bound = self.cell.output_size**-0.5 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-bound, bound, generator=generator)
            self.bias.zero_()
            self.bias[2 * self.hills :] = math.log(self._pace)

    @property
    def output_size(self) -> int:
        """H + C."""
        return self.cell.output_size + self.characters

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> WindowState:
        """Return the state before the first step: zeros, before the first character."""
        kappa, w = (self.weight.new_zeros(batch_size, size) for size in (self.hills, self.characters))
        return WindowState(self.cell.initial_state(batch_size), kappa, w)

    def values(self, input_t: Float[Tensor, "B I"], state: Any, memory: Any = None) -> dict[str, Any]:
        """Return every quantity of one step by its letter."""
        h, layer = step(self.cell, torch.cat([input_t, state.w], -1), state.layer)
        places = memory.ids.shape[1]
        kappa, phi = window(linear(h, self.weight, self.bias), state.kappa, places + 1)
        w = torch.zeros_like(state.w).scatter_add(1, memory.ids, phi[:, :places] * memory.real)
        return {"layer": layer, "h": h, "kappa": kappa, "phi": phi, "w": w, "y": torch.cat([h, w], -1)}


def beyond(kappa: Float[Tensor, "B K"], phi: Float[Tensor, "B P"], lengths: Int[Tensor, " B"]) -> Tensor:
    """Return where a window has left its text: φ(t, U + 1) > φ(t, u) for every u from 1 to U, (B,).

    Where all hills stand behind U + 1 that is so, even if the numbers are too small to say it.

    Args:
        kappa: where the hills stand.
        phi: of `WindowedCell`.
        lengths: U of each text.

    Source: Graves (2013), arXiv:1308.0850, section 5.3.
    """
    places = torch.arange(phi.shape[1], device=phi.device)
    highest = phi.masked_fill(places >= lengths[:, None], -1.0).amax(1)
    behind = phi.gather(1, lengths[:, None])[:, 0]
    return (behind > highest) | (kappa.amin(1) > lengths + 1)
