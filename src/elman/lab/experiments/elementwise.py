"""σ and tanh of a vector."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars
from elman.lab.recurrence import sigmoid


class ElementwiseExperiment(Experiment):
    """Activation functions act on each number of a vector: σ([1, 2, 0]) = [σ(1), σ(2), σ(0)]."""

    class Config(Experiment.Config):
        """Options."""

        numbers: list[float] = Field([1.0, 2.0, 0.0], min_length=1, max_length=12, description="The vector.")

    title = "Exercise: σ and tanh of a vector"
    formula = "σ(z) = 1 / (1 + e^-z),  tanh(z) = 2 σ(2z) - 1"
    deck = (Place("001", "270-271"),)
    rows = ("W2",)

    def found(self) -> Found:
        """Return both of each number."""
        z = np.array(self.config.numbers)
        steps = [Step("σ(z)", "1 / (1 + e^-z)", sigmoid(z)), Step("tanh(z)", "2 σ(2z) - 1", np.tanh(z))]
        groups = {"σ": sigmoid(z).tolist(), "tanh": np.tanh(z).tolist()}
        result = "Each number by itself: σ gives values between 0 and 1, for gates, tanh between -1 and 1."
        return Found(steps, result, [Bars("By number", "", [f"{one:g}" for one in z], groups)], {"z": z})
