"""The gradient of a weight that is used at every step."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step
from elman.lab.panels import Matrix
from elman.lab.recurrence import example
from elman.lab.through_time import parts, total_by_small_changes


class RepeatedWeightExperiment(Experiment):
    """∂L/∂W is the sum of the gradients by each of its appearances.

    ∂L/∂W = Σ_{t=1..T} ∂L/∂W|_(t),    ∂L/∂W|_(t) = ∂L/∂u_t s_{t-1}ᵀ
    """

    title = "The gradient of a repeated weight is the sum over its appearances"
    formula = "∂L/∂W = Σ_t ∂L/∂u_t s_{t-1}ᵀ"
    deck = (Place("003", "388-449"), Place("000", "25-29"), Place("004", "309-311"))
    rows = ("C2", "C1", "X10")

    def found(self) -> Found:
        """Return the gradient of each appearance, their sum, and the same by small changes of the one W."""
        every = parts(example())
        total = sum(every, np.zeros((2, 2)))
        numeric = total_by_small_changes(example())
        steps = [
            *(Step(f"∂L/∂W|_({t})", f"∂L/∂u_{t} s_{t - 1}ᵀ", one) for t, one in enumerate(every, start=1)),
            Step("∂L/∂W", "their sum", total),
            Step("by small changes", "(L(W + ε) - L(W - ε)) / 2ε, W alike at all steps", numeric),
            Step("largest difference", "", float(np.abs(total - numeric).max())),
        ]
        errata = [
            Erratum("003 L449", "Σ from i = t to 0", "i = 1 ... t: at step 0 there is no W"),
            Erratum("004 L309", "∂L/∂W as one product", "Σ over t, and ∂h_t/∂W; the product alone is ∂L/∂h_0"),
        ]
        result = "Four appearances, four gradients; W at all steps at once moves L by their sum."
        names = ["1", "2"]
        panels = [Matrix(f"t = {t}", names, names, one.tolist()) for t, one in enumerate(every, start=1)]
        panels.append(Matrix("sum = ∂L/∂W", names, names, total.tolist()))
        net, x, s, v = example()
        return Found(steps, result, panels, {"W": net.W, "x": x, "s_0": s, "v": v}, errata)
