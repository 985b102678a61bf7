"""Time against the length of a sequence."""

import time

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines


class SequentialExperiment(Experiment):
    """A recurrence makes one step after the other: seconds = a + b T, fitted over T from 64 to 4096.

    It is measured here and now, so that the numbers are those of this machine; of five measurements the fastest counts.
    """

    class Config(Experiment.Config):
        """Options of the measurement."""

        lengths: list[int] = Field([64, 256, 1024, 2048, 4096], min_length=2, max_length=12, description="T.")
        units: int = Field(32, ge=1, le=1024, description="H.")

    title = "A recurrence is sequential: time against length"
    formula = "seconds = a + b T"
    deck = (Place("003", "332"), Place("004", "426"))
    rows = ("G17",)
    seconds = 2

    def found(self) -> Found:
        """Return seconds by length, and the line through them."""
        from elman.lab.training import one_pass

        config = self.config
        run = one_pass(config.units)
        taken = []
        for length in config.lengths:
            run(length)
            fastest = np.inf
            for _ in range(5):
                start = time.perf_counter()
                run(length)
                fastest = min(fastest, time.perf_counter() - start)
            taken.append(float(fastest))
        x = np.array(config.lengths, float)
        slope, intercept = np.polyfit(x, np.array(taken), 1)
        steps = [Step(f"T = {n}", "seconds", seconds) for n, seconds in zip(config.lengths, taken, strict=True)]
        steps += [Step("a", "seconds, whatever T", float(intercept)), Step("b", "seconds a step", float(slope))]
        result = (
            f"{1e6 * slope:.2f} µs a step: twice the length takes twice the time, on however many cores. A step "
            f"cannot start "
            "before the one before it has ended."
        )
        curves = [
            Curve("measured", config.lengths, [1000 * one for one in taken], "points"),
            Curve("a + b T", config.lengths, (1000 * (intercept + slope * x)).tolist(), "dashed"),
        ]
        panel = Lines("One pass over a sequence", "T, steps", "milliseconds", curves)
        return Found(steps, result, [panel], {"units": config.units, "batch": 1})
