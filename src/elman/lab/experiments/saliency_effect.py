"""A gradient of zero, and the two things it may mean."""

from typing import Any

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Bars
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class SaliencyEffectExperiment(Experiment):
    """Two linear networks whose output does not depend on x_1: one is right, and one has too small a weight.

        h_t = w h_{t-1} + x_t,   y = h_T,   ∂y/∂x_1 = w^(T-1)

    first data:   y = x_T, nothing of x_1 is in it, and w = 0 is the best there is
    second data:  y = x_1, all of it is, but w is small: the gradient that would say so is w^(T-1) too
    """

    class Config(SeedConfig):
        """Options of the two networks."""

        steps: int = Field(20, ge=3, le=500, description="T.")
        weight: float = Field(0.1, ge=0, lt=1, description="w of the second.")
        examples: int = Field(2000, ge=10, le=100_000, description="Of each data.")

    title = "A vanished gradient looks like no dependency"
    formula = "∂y/∂x_1 = w^(T-1)"
    deck = (Place("003", "825-830"),)
    rows = ("G8",)

    def found(self) -> Found:
        """Return gradients, errors, and what the data would tell."""
        config = self.config
        x = np.random.default_rng(seed_of(config.seed, "lab.effect")).normal(size=(config.examples, config.steps))
        rows: list[list[Any]] = []
        steps = []
        for name, target, w in (("no dependency", x[:, -1], 0.0), ("wrong weights", x[:, 0], config.weight)):
            powers = w ** np.arange(config.steps)[::-1]
            said = x @ powers
            gradient = float(w ** (config.steps - 1))
            correlation = float(np.corrcoef(x[:, 0], target)[0, 1])
            error = float(np.mean((said - target) ** 2))
            rows.append([name, w, gradient, error, correlation])
            steps += [
                Step(f"{name}: ∂y/∂x_1", "w^(T-1)", gradient),
                Step(f"{name}: error", "mean (y - target)²", error),
                Step(f"{name}: correlation of x_1 and target", "in the data", correlation),
            ]
        result = (
            f"Both gradients are 0 to {config.steps - 1} places, and mean opposite things. From the network alone "
            f"nobody can "
            "tell; the data and the error can."
        )
        columns = ["", "w", "∂y/∂x_1", "error", "x_1 in the data"]
        names = [str(row[0]) for row in rows]
        heights = {
            "|∂y/∂x_1| of the network": [float(row[2]) for row in rows],
            "|correlation| of x_1 and target in the data": [abs(float(row[4])) for row in rows],
        }
        panels = [Bars("What the gradient says, and the data", "", names, heights)]
        return Found(steps, result, panels, {"T": config.steps}, tables=[Table("Two networks", columns, rows)])
