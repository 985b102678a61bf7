"""What repeated multiplication does, and what is left of it in single precision."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines


class CompoundingExperiment(Experiment):
    """A product of equal factors, kept as it is and kept as a logarithm; in float32 it ends in zero, or is stuck above.

        p_k = factor · p_{k-1}        ln p_k = ln p_{k-1} + ln factor, which has no end

    A product of .5 is 0 after 150 steps. One of .9 is never 0: rounding brings 4 units of the last place back to 4.
    """

    class Config(Experiment.Config):
        """Options of compounding."""

        factors: list[float] = Field([0.5, 0.9, 0.99], min_length=1, max_length=6, description="Each between 0 and 1.")
        steps: int = Field(1200, ge=127, le=100_000, description="How many factors are drawn.")

    title = "Numbers below 1, multiplied again and again"
    formula = "p_k = factor^k"
    deck = (Place("001", "230-238"),)
    rows = ("G14",)

    def found(self) -> Found:
        """Return what is left after 10, 50, 127 steps, and where single precision ends."""
        steps, curves = [], []
        for factor, color in zip(self.config.factors, _COLORS, strict=False):
            exact = [k * np.log10(factor) for k in range(self.config.steps + 1)]
            single = _single(factor, max(_LONG, self.config.steps))
            steps += [Step(f"{factor:g}^{k}", "", factor**k) for k in (10, 50, 127)]
            gone = next((k for k, value in enumerate(single) if value == 0), None)
            still = next((k for k in range(1, len(single)) if single[k] == single[k - 1] != 0), None)
            said = f"0 from step {gone}" if gone is not None else "above 0 to the end"
            stuck = "" if still is None else f"stuck at {single[still]:.2g} from step {still - 1}"
            steps.append(Step(f"{factor:g} in float32", "", stuck or said))
            curves.append(Curve(f"{factor:g}", range(len(exact)), exact, "line", color))
            logs = [np.log10(p) if p else np.nan for p in single[: len(exact)]]
            curves.append(Curve("", range(len(exact)), logs, "dashed", color))
        steps.append(Step("2^-127", "the first that is no normal number of float32", 2.0**-127))
        result = (
            "What is multiplied compounds: ten factors of .9 leave a third, 127 leave two millionths. Logarithms of "
            "norms "
            "have no end, so everything here is computed in float64 and drawn as logarithms."
        )
        panel = Lines(
            "Solid: exact. Dashed: float32", "factors k", "log10 of the product", curves,
            up_to=(-60, 2),
        )  # fmt: skip
        return Found(steps, result, [panel], {"factors": self.config.factors, "steps": self.config.steps})


_COLORS = ("first", "warm", "second", "third", "fifth", "dim")
_LONG = 12_000
"""Factors after which each of the usual products is 0 or stuck."""


def _single(factor: float, steps: int) -> list[float]:
    """Return the running product in float32."""
    value, small = np.float32(1), np.float32(factor)
    kept = [1.0]
    with np.errstate(under="ignore"):
        for _ in range(steps):
            value = value * small
            kept.append(float(value))
    return kept
