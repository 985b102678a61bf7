"""Masks of dropout over time, and what they do to the mean."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Matrix
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class DropoutExperiment(Experiment):
    """Units are dropped with probability p, and the others multiplied by 1 / (1 - p), so that the mean stays.

        E[m h] = h,   Var[m h] = h² p / (1 - p)

    Between layers a mask is drawn for each step (Zaremba et al., 2014), or one for all steps (Gal & Ghahramani, 2016).
    With L layers, what is read at any step passes L + 1 masks on its way up, however long ago it was: on the way
    through time nothing is dropped. A new mask at each step there would leave (1 - p)^k after k steps.
    """

    class Config(SeedConfig):
        """Options of dropout."""

        p: float = Field(0.5, gt=0, lt=1, description="Probability of dropping.")
        units: int = Field(8, ge=1, le=20, description="H.")
        steps: int = Field(8, ge=1, le=20, description="T.")
        draws: int = Field(20_000, ge=100, le=1_000_000, description="For the mean.")

    title = "Dropout: masks for each step, or one for all"
    formula = "m = 1/(1-p) with probability 1-p, else 0"
    deck = (Place("000", "250-266"),)
    rows = ("C12", "C13")

    def found(self) -> Found:
        """Return means and variances, what a recurrent mask leaves, and two masks."""
        p, config = self.config.p, self.config
        draw = np.random.default_rng(seed_of(config.seed, "lab.dropout"))
        many = (draw.random(config.draws) >= p) / (1 - p)
        each = (draw.random((config.units, config.steps)) >= p) / (1 - p)
        same = np.repeat((draw.random((config.units, 1)) >= p) / (1 - p), config.steps, axis=1)
        steps = [
            Step("E[m]", "1, as in evaluation", float(many.mean())),
            Step("Var[m]", f"p / (1 - p) = {p / (1 - p):g}", float(many.var())),
            Step("kept through 10 steps", "a mask a step in the recurrence: (1 - p)^10", (1 - p) ** 10),
            Step("kept through 10 steps, one mask", "1 - p, whatever the number of steps", 1 - p),
            *(Step(f"masks on the way up, {n} layers", "L + 1", n + 1) for n in (1, 2, 3)),
        ]
        result = (
            f"A mask a step inside the recurrence leaves {(1 - p) ** 10:.1g} after 10 steps, one mask for all leaves "
            f"{1 - p:g}: that is the answer to the slide's question."
        )
        rows, columns = [f"unit {k + 1}" for k in range(config.units)], [str(t + 1) for t in range(config.steps)]
        panels = [
            Matrix("A mask for each step", rows, columns, each.tolist(), -1, across="step"),
            Matrix("One mask for all steps", rows, columns, same.tolist(), -1, across="step"),
        ]
        return Found(steps, result, panels, config.model_dump())
