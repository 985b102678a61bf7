"""σ, tanh and relu, with their slopes."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.recurrence import sigmoid, slope


class ActivationsExperiment(Experiment):
    """The three functions and their derivatives.

    σ'(z) = σ(z) (1 - σ(z)) ≤ 1/4        tanh'(z) = 1 - tanh²(z) ≤ 1        relu'(z) = [z > 0]
    """

    title = "Three activation functions and their slopes"
    formula = "σ' = σ (1 - σ);  tanh' = 1 - tanh²;  relu' = [z > 0]"
    deck = (Place("000", "109"),)
    rows = ("C14",)

    def found(self) -> Found:
        """Return largest slopes, and both at some places."""
        z = np.linspace(-5, 5, 201)
        made = {"σ": sigmoid(z), "tanh": np.tanh(z), "relu": np.maximum(z, 0)}
        slopes = {"σ": sigmoid(z) * (1 - sigmoid(z)), "tanh": slope(z), "relu": (z > 0).astype(float)}
        some = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
        steps = [
            *(Step(f"max {name}'", "", float(values.max())) for name, values in slopes.items()),
            Step("z", "", some),
            Step("σ(z)", "1 / (1 + e^-z)", sigmoid(some)),
            Step("σ'(z)", "σ (1 - σ)", sigmoid(some) * (1 - sigmoid(some))),
            Step("tanh(z)", "2 σ(2z) - 1", np.tanh(some)),
            Step("tanh'(z)", "1 - tanh²", slope(some)),
            Step("relu(z)", "max(z, 0)", np.maximum(some, 0)),
        ]
        result = (
            "The slope of σ is 1/4 at most, so that each step through a sigmoid costs a factor of four; tanh reaches "
            "1 at 0 "
            "alone, relu wherever it is on."
        )
        x = z.tolist()
        panels = [
            Lines("Activation", "z", "ρ(z)", [Curve(n, x, v.tolist()) for n, v in made.items()], up_to=(-1.2, 2.2)),
            Lines("Slope", "z", "ρ'(z)", [Curve(n, x, v.tolist()) for n, v in slopes.items()], up_to=(-0.05, 1.1)),
        ]
        return Found(steps, result, panels)
