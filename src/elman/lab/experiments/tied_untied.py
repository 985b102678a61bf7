"""The same matrix fifty times, and fifty different ones."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class TiedUntiedExperiment(Experiment):
    """A deep network multiplies different matrices, a recurrent one the same one again: the spread is far larger.

    tied:  log10 ‖W^T‖        untied:  log10 ‖W_T ... W_1‖,    entries N(0, 1/n)
    """

    class Config(SeedConfig):
        """Options of tied and untied products."""

        units: list[int] = Field([8, 32], min_length=1, max_length=4, description="n, one or more.")
        steps: int = Field(50, ge=1, le=1000, description="T, factors of a product.")
        draws: int = Field(100, ge=2, le=10_000, description="Products of each kind.")

    title = "Why recurrent networks are less stable than deep ones"
    formula = "log10 ‖W^T‖ against log10 ‖W_T ... W_1‖"
    deck = (Place("003", "1067-1068"),)
    rows = ("G15",)
    seconds = 0.5

    def found(self) -> Found:
        """Return mean, deviation and range of both."""
        steps, panels, spread = [], [], {}
        for units in self.config.units:
            curves, deviations = [], []
            for name, tied in (("tied", True), ("untied", False)):
                logs = np.array([self._log(units, tied, number) for number in range(self.config.draws)])
                heights, edges = np.histogram(logs, bins=12)
                deviations.append(float(logs.std(ddof=1)))
                curves.append(Curve(name, ((edges[1:] + edges[:-1]) / 2).tolist(), heights.tolist(), "both"))
                steps += [
                    Step(f"{name}, n = {units}", "mean of log10 ‖Π‖", float(logs.mean())),
                    Step(f"{name}, n = {units}: ±", "its standard deviation", deviations[-1]),
                    Step(f"{name}, n = {units}: range", "", [float(logs.min()), float(logs.max())]),
                ]
            spread[units] = deviations[0] / deviations[1]
            panels.append(Lines(f"n = {units}", f"log10 of the norm, {self.config.steps} factors", "draws", curves))
        told = " and ".join(f"{ratio:.1f} times as far with n = {units}" for units, ratio in spread.items())
        result = (
            f"The logarithm of the norm of a tied product spreads {told} as that of an untied one: an eigenvalue above "
            "or below 1 is repeated in the first, while different matrices average out."
        )
        inputs = {"steps": self.config.steps, "draws": self.config.draws, "seed": self.config.seed}
        return Found(steps, result, panels, inputs)

    def _log(self, n: int, tied: bool, number: int) -> float:
        """Return log10 of the norm of one product, renormalized on the way so that nothing underflows."""
        draw = np.random.default_rng(seed_of(self.config.seed, "lab.tied", n, number, int(tied)))
        matrix = draw.normal(size=(n, n)) / np.sqrt(n)
        product, log = np.eye(n), 0.0
        for _ in range(self.config.steps):
            product = matrix @ product
            size = np.linalg.norm(product, 2)
            product, log = product / size, log + np.log10(size)
            if not tied:
                matrix = draw.normal(size=(n, n)) / np.sqrt(n)
        return float(log)
