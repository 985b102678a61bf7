"""How much of a state is left after k steps, where it is overwritten and where it is added to."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.recurrence import sigmoid, slope
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class OverwriteExperiment(Experiment):
    """One unit of each kind reads the same numbers; ∂s_{t+k}/∂s_t says what is left of s_t.

        simple:  s_t = tanh(w s_{t-1} + x_t),   left: Π w tanh'(u)       whatever comes in changes it
        LSTM:    c_t = f c_{t-1} + i g,         left: Π f                gates depend on x alone here

    A forget gate at 1 keeps; its name says the contrary.
    """

    class Config(SeedConfig):
        """Options of overwriting."""

        steps: int = Field(40, ge=2, le=1000, description="k, how far.")
        weight: float = Field(1.0, description="w of the simple unit.")
        spread: float = Field(1.0, ge=0, le=100, description="Standard deviation of the inputs.")

    title = "Simple networks overwrite their state, an LSTM adds to it"
    formula = "∂s_{t+k}/∂s_t = Π w tanh'(u);  ∂c_{t+k}/∂c_t = Π f"
    deck = (Place("004", "379"), Place("003", "888-894"), Place("002", "47"), Place("001", "110-113"))
    rows = ("G13",)

    def found(self) -> Found:
        """Return what is left after some steps."""
        config = self.config
        x = np.random.default_rng(seed_of(config.seed, "lab.overwrite")).normal(size=config.steps) * config.spread
        state, left, kept = 0.0, 1.0, [1.0]
        for one in x:
            u = config.weight * state + one
            state, left = float(np.tanh(u)), left * config.weight * float(slope(np.array(u)))
            kept.append(abs(left))
        curves = [Curve(f"tanh, w = {config.weight:g}", range(config.steps + 1), kept)]
        steps = [Step(f"tanh: left after {k}", "Π w tanh'(u)", kept[k]) for k in _some(config.steps)]
        for bias in (1.0, 3.0, 5.0):
            f = float(sigmoid(np.array(bias)))
            share = [f**k for k in range(config.steps + 1)]
            curves.append(Curve(f"LSTM, keep gate σ({bias:g}) = {f:.3f}", range(config.steps + 1), share))
            steps += [Step(f"LSTM, b_f = {bias:g}: left after {k}", "f^k", share[k]) for k in _some(config.steps)]
        result = (
            f"After {config.steps} steps the simple unit has {kept[-1]:.1g} of what it held, and cannot choose; an "
            f"LSTM keeps "
            f"{share[-1]:.2g} with b_f = 5, and what is added does not change that."
        )
        panel = Lines("What is left of the state", "steps k", "share", curves, "y")
        return Found(steps, result, [panel], {"x": x, "w": config.weight})


def _some(steps: int) -> list[int]:
    return sorted({min(k, steps) for k in (1, 10, 20, steps)})
