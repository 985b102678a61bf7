"""Noise inside a recurrence: what may be dropped between one step and the next, and how."""

from pydantic import Field

from elman.cells.base import KEEP_ALL, Cell, Drops, Step
from elman.config import Config
from elman.layers.dropout import dropout
from elman.layers.masked_cell import MaskedCell
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks
from elman.moment import Noise


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
    def zones(self) -> bool:
        """Whether units of the state stay as they were."""
        return bool(self.zoneout or self.zoneout_memory)

    def zoneout_of(self, part: str) -> float:
        """Return the rate of one part of a state."""
        return self.zoneout if part == "h" or self.zoneout_memory is None else self.zoneout_memory


def regularized(cell: Cell, rates: Regularization, noise: Noise | None, packing: Packing) -> Step:
    """Return a cell for one pass over a packed batch, with the noise of a training step inside the recurrence.

    weight-drop    W_hh ⊙ M, one mask for all steps and rows (Merity et al., 2018, arXiv:1708.02182)
    the others     see `draw_masks`

    Args:
        cell: the recurrence.
        rates: how much of what.
        noise: the noise of the step. None means evaluation: only the expectation of zoneout acts.
        packing: how many steps there are of which sequence.
    """
    masks = draw_masks(cell, rates, noise, packing)
    if noise is not None and rates.weight_drop:
        cell = cell.with_weights(weight_hh=dropout(cell.weight_hh, rates.weight_drop, noise))
    return cell if masks is None else MaskedCell(cell, masks)


def draw_masks(cell: Cell, rates: Regularization, noise: Noise | None, packing: Packing) -> StepMasks | None:
    """Return the noise of all steps of a sequence, or None where there is none.

        hidden_dropout       W_hh (h_{t-1} ⊙ m)                                  Gal & Ghahramani, arXiv:1512.05287
        candidate_dropout    c_t = f ⊙ c_{t-1} + i ⊙ (g ⊙ m)                     Semeniuta et al., arXiv:1603.05118
        zoneout              s_t = d ⊙ s_{t-1} + (1 - d) ⊙ s̃_t, d ~ Bernoulli(p)  Krueger et al., arXiv:1606.01305

    m is drawn anew for each step, or once for the sequence if `variational`. In evaluation the masks are 1 and
    zoneout takes its expectation, d = p.

    Args:
        cell: makes the steps.
        rates: how much of what.
        noise: of the training step; None in evaluation.
        packing: how many steps there are of which sequence.
    """
    dropped = noise is not None and (rates.hidden_dropout or rates.candidate_dropout)
    if not dropped and not rates.zones:
        return None
    sequences, steps = packing.batch_size, sum(packing.batch_sizes)
    drops, stays = KEEP_ALL, {}
    if noise is not None and dropped:
        rows = sequences if rates.variational else steps
        wanted = ((rates.hidden_dropout, cell.output_size), (rates.candidate_dropout, cell.hidden_size))
        drops = Drops(
            *(
                noise.keep_mask(cell.weight_hh.new_empty(rows, width), 1.0 - rate) if rate else None
                for rate, width in wanted
            )
        )
    for name, width in cell.state_sizes.items() if rates.zones else ():
        rate = rates.zoneout_of(name)
        if noise is None:
            stays[name] = cell.weight_hh.new_full((sequences, width), rate)
        else:
            like = cell.weight_hh.new_empty(steps, width)
            stays[name] = like.bernoulli_(rate, generator=noise.generator(like.device))
    return StepMasks(drops, not rates.variational, stays, noise is not None)
