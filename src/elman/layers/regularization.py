"""Noise inside a recurrence: what may be dropped between one step and the next, and how."""

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.func import functional_call

from elman.cells.base import KEEP_ALL, Cell, Drops, Recurrence, State
from elman.config import Config
from elman.layers.dropout import dropout
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.layers.watching import Watched
from elman.noise import Noise


class Regularization(Config):
    """The `regularization` table of a recurrent model. Everything is off unless asked for."""

    word_dropout: float = Field(0.0, ge=0, lt=1, description="Probability that a word's vector is 0 in a whole batch.")
    input_dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping an input of the first layer.")
    output_dropout: float | None = Field(
        None, ge=0, lt=1, description="The same for outputs of the last layer; `dropout` if left out."
    )
    variational: bool = Field(False, description="One mask for all steps of a sequence, instead of one a step (Gal).")
    hidden_dropout: float = Field(
        0.0, ge=0, lt=1, description="Probability of dropping a unit of h where it enters the recurrent product (Gal)."
    )
    candidate_dropout: float = Field(
        0.0, ge=0, lt=1, description="Probability of dropping what is written into the state (Semeniuta)."
    )
    weight_drop: float = Field(0.0, ge=0, lt=1, description="Probability of dropping a recurrent weight (Merity).")
    zoneout: float = Field(0.0, ge=0, lt=1, description="Probability that a unit of h stays as it was (Krueger).")
    zoneout_memory: float | None = Field(
        None, ge=0, lt=1, description="The same for the other parts of a state, such as c; `zoneout` if left out."
    )
    activation_penalty: float = Field(0.0, ge=0, description="α of α mean(h²), on the outputs after dropout.")
    temporal_penalty: float = Field(0.0, ge=0, description="β of β mean((h_{t+1} - h_t)²), before dropout.")

    @property
    def steps_change(self) -> bool:
        """Whether single steps differ from the cell's own, so that they have to be made one by one."""
        return any((self.hidden_dropout, self.candidate_dropout, self.zones))

    @property
    def zones(self) -> bool:
        """Whether units of the state stay as they were."""
        return bool(self.zoneout or self.zoneout_memory)

    def zoneout_of(self, part: str) -> float:
        """Return the rate of one part of a state."""
        return self.zoneout if part == "h" or self.zoneout_memory is None else self.zoneout_memory


def unroll_with_noise(
    cell: Cell,
    rows: Tensor,
    packing: Packing,
    state: State,
    rates: Regularization,
    noise: Noise | None,
    seen: list[State] | None = None,
) -> tuple[Tensor, State]:
    """Run a cell over a packed batch as `unroll` does, with the noise of a training step inside the recurrence.

    weight-drop    W_hh ⊙ M, one mask for all steps and rows, so that whole sequences stay one call
                   (Merity et al., 2018, arXiv:1708.02182)
    the others     see `NoisyRecurrence`

    Args:
        cell: the recurrence.
        rows: packed inputs.
        packing: how they are packed.
        state: the state before step 0.
        rates: how much of what.
        noise: the noise of the step. None means evaluation: only the expectation of zoneout acts.
        seen: takes the state after each step, if someone watches.
    """
    step: Any = NoisyRecurrence(cell, rates, noise) if rates.steps_change and (noise or rates.zones) else cell
    if seen is not None:
        step = Watched(step, seen)
    if noise is None or rates.weight_drop == 0.0:
        return unroll(step, rows, packing, state)
    weights = {"cell.weight_hh": dropout(cell.weight_hh, rates.weight_drop, noise)}
    return functional_call(_Unrolled(cell), weights, (step, rows, packing, state))


class NoisyRecurrence:
    """A cell with noise in its steps.

        hidden_dropout       W_hh (h_{t-1} ⊙ m)                                  Gal & Ghahramani, arXiv:1512.05287
        candidate_dropout    c_t = f ⊙ c_{t-1} + i ⊙ (g ⊙ m)                     Semeniuta et al., arXiv:1603.05118
        zoneout              s_t = d ⊙ s_{t-1} + (1 - d) ⊙ s̃_t, d ~ Bernoulli(p)  Krueger et al., arXiv:1606.01305

    m is drawn anew for each step, or once for the sequence if `variational`. In evaluation the masks are 1 and
    zoneout takes its expectation, d = p.

    Args:
        cell: makes the steps.
        rates: how much of what.
        noise: of the training step; None in evaluation.
    """

    def __init__(self, cell: Cell, rates: Regularization, noise: Noise | None) -> None:
        self._cell = cell
        self._rates = rates
        self._noise = noise
        self._kept: Drops | None = None

    def project(self, inputs: Tensor) -> Tensor:
        """Return what the cell makes of the inputs."""
        return self._cell.project(inputs)

    def recur(self, projected_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state of one noisy step."""
        output, after = self._cell.recur(projected_t, state, self._drops(len(projected_t)))
        if not self._rates.zones:
            return output, after
        zoned = self._zone(state, after)
        return zoned.h, zoned

    def _drops(self, rows: int) -> Drops:
        if self._noise is None or not (self._rates.hidden_dropout or self._rates.candidate_dropout):
            return KEEP_ALL
        if self._kept is None or not self._rates.variational:
            rates = (self._rates.hidden_dropout, self._rates.candidate_dropout)
            like = self._cell.zeros(rows)
            masks = [self._noise.keep_mask(like, 1.0 - rate) if rate else None for rate in rates]
            self._kept = Drops(*masks)
        # Rows leave a packed batch at its end, so those that are left are the first ones.
        return Drops(*(None if mask is None else mask[:rows] for mask in self._kept))

    def _zone(self, before: Any, after: Any) -> Any:
        parts = {}
        for name, old in before._asdict().items():
            rate, new = self._rates.zoneout_of(name), getattr(after, name)
            if self._noise is None:
                parts[name] = rate * old + (1.0 - rate) * new
            else:
                stays = torch.empty_like(new).bernoulli_(rate, generator=self._noise.generator(new.device))
                parts[name] = torch.where(stays > 0, old, new)
        return after._replace(**parts)


class _Unrolled(nn.Module):
    """A cell as a module whose call is `unroll`, so that weights can be put in its place for one call."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, step: Cell | Recurrence, rows: Tensor, packing: Packing, state: State) -> tuple[Tensor, State]:
        return unroll(step, rows, packing, state)
