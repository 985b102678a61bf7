"""A while loop in a network of three ReLU units."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines


class LoopExperiment(Experiment):
    """`for: acc += 4, three times`, as a recurrence without input.

    s_t = relu(W s_{t-1} + b),   units A, B, acc;   A - B is 1 while A > 0, and so the loop's condition
    A ← A - 1,   B ← A - 2 (before it counts),   acc ← acc + 4 (A - B)
    """

    class Config(Experiment.Config):
        """Options of the loop."""

        times: int = Field(3, ge=0, le=1000, description="How often it runs.")
        add: float = Field(4.0, ge=0, le=1e6, description="What is added each time.")

    title = "A while loop in three ReLU units"
    formula = "s_t = relu(W s_{t-1} + b)"
    deck = (Place("004", "428-433"),)
    rows = ("D43",)

    def found(self) -> Found:
        """Return the state after each step."""
        times, add = self.config.times, self.config.add
        weights = np.array([[1.0, 0, 0], [1, 0, 0], [add, -add, 1]])
        bias = np.array([-1.0, -2, 0])
        state = np.array([float(times), float(max(times - 1, 0)), 0.0])
        states = [state]
        for _ in range(times + 2):
            state = np.maximum(weights @ state + bias, 0)
            states.append(state)
        steps = [Step(f"s_{t}", "A, B, acc", one) for t, one in enumerate(states)]
        steps.append(Step("acc", f"{times} times {add:g}", float(states[-1][2])))
        result = (
            f"After {times} rounds the accumulator is {states[-1][2]:g} and stays. A network with enough units runs "
            f"any such "
            "loop, as long as its numbers are exact."
        )
        names = ["A", "B", "acc"]
        curves = [
            Curve(name, range(len(states)), [float(one[place]) for one in states], "both")
            for place, name in enumerate(names)
        ]
        panel = Lines("The three units", "step", "value", curves)
        return Found(steps, result, [panel], {"W": weights, "b": bias, "s_0": states[0]})
