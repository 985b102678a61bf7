"""The cliff of a loss, and gradient descent at it with clipping and without."""

import numpy as np
from pydantic import Field

from elman.lab.cliffs import descend, reach
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines, Mark, Surface


class CliffExperiment(Experiment):
    """One unit over 50 steps: a loss with a cliff, and what a step against it does.

        x_t = w σ(x_{t-1}) + b,   x_0 = 1/2,   E = (σ(x_50) - .7)²

    Near the fold the loss depends on the last bits of 50 steps, so that what happens after the step over it cannot be
    repeated beyond six digits without clipping; with clipping it can.

    Source: Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, figure 6.
    """

    class Config(Experiment.Config):
        """Options of the cliff."""

        threshold: float = Field(1.0, gt=0, description="θ, the clipped norm.")
        learning_rate: float = Field(0.1, gt=0, le=10, description="Of gradient descent.")
        updates: int = Field(20, ge=1, le=400, description="Steps of it.")
        w: float = Field(5.0, ge=-20, le=20, description="Where it starts.")
        b: float = Field(-2.6, ge=-20, le=20, description="Where it starts.")

    title = "A loss with a cliff: one step without clipping is lost for ever"
    formula = "x_t = w σ(x_{t-1}) + b,  E = (σ(x_50) - .7)²"
    deck = (Place("003", "875-882"), Place("000", "95-104"))
    rows = ("G12", "C5")
    seconds = 1

    def found(self) -> Found:
        """Return loss and gradient along a line across the cliff, and both paths."""
        config = self.config
        places = [-2.60, -2.61, -2.612, -2.6124, -2.6125, -2.62]
        across = reach(np.full(6, 5.0), np.array(places))
        rows = [list(row) for row in zip(places, across.x, across.loss, across.by_w, across.by_b, strict=True)]
        rows = [[*row, float(np.hypot(row[3], row[4]))] for row in rows]
        free = descend(config.w, config.b, config.learning_rate, config.updates, None)
        held = descend(config.w, config.b, config.learning_rate, config.updates, config.threshold)
        steps = []
        for name, path in (("free", free), ("clipped", held)):
            for k in sorted({0, 1, 2, max(0, config.updates - 1), config.updates}):
                steps += [
                    Step(f"{name}: (w, b) after {k}", "", [path[k].w, path[k].b]),
                    Step(f"{name}: E after {k}", "", path[k].loss),
                    Step(f"{name}: ‖g‖ after {k}", "", path[k].norm),
                ]
        result = (
            f"After {config.updates} updates E is {free[-1].loss:.3g} with a gradient of {free[-1].norm:.1e} without "
            f"clipping, "
            f"and {held[-1].loss:.3g} with θ = {config.threshold:g}. The lecture's picture has two big steps, this "
            f"path one."
        )
        table = Table("Across the cliff, w = 5", ["b", "x_50", "E", "∂E/∂w", "∂E/∂b", "‖g‖"], rows)
        curves = [
            Curve(name, [one.w for one in path], [one.b for one in path])
            for name, path in (("without clipping", free), ("with clipping", held))
        ]
        inputs = {"x_0": 0.5, "steps": 50, "target": 0.7, "start": [config.w, config.b], "rate": config.learning_rate}
        return Found(steps, result, [_surface(curves), _line()], inputs, tables=[table])


def _surface(curves: list[Curve]) -> Surface:
    w, b = np.linspace(4, 6, 160), np.linspace(-3.4, -2.0, 160)
    grid = np.meshgrid(w, b)
    loss = reach(grid[0].ravel(), grid[1].ravel()).loss.reshape(160, 160)
    title = "E over (w, b), and both paths"
    return Surface(title, "w", "b", w.tolist(), b.tolist(), np.minimum(loss, 0.5).tolist(), "E", curves)


def _line() -> Lines:
    """Return E along w = 5, with more places where it jumps: a grid that is equally fine misses it."""
    b = np.union1d(np.linspace(-3, -2.2, 81), np.linspace(-2.6124, -2.6120, 41))
    loss = reach(np.full(len(b), 5.0), b).loss
    marks = [Mark("the cliff, b = -2.61232", -2.6123, 0.2)]
    return Lines("E along w = 5", "b", "E", [Curve("", b.tolist(), loss.tolist())], marks=marks)
