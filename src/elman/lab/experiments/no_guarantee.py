"""The same forget gate, and a gradient that vanishes, stays or explodes."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines
from elman.lab.recurrence import sigmoid


class NoGuaranteeExperiment(Experiment):
    """One LSTM unit at rest in c = h = 0, all weights 0 but U_g, b_f = 1: its gradient is f + U_g / 4 at each step.

        i = o = σ(0) = 1/2,  g = 0:    ∂c_t/∂c_{t-1} = f + i (1 - g²) U_g o (1 - tanh² c) = f + U_g / 4

    The direct path f is the same in all rows. With U = 0 the gates are frozen, and only then is f all there is.
    """

    title = "An LSTM gives no guarantee: one f, and any gradient"
    formula = "∂c_t/∂c_{t-1} = f + U_g / 4,  f = σ(1)"
    deck = (Place("003", "959-961"),)
    rows = ("G7", "A22")

    def found(self) -> Found:
        """Return the gradient of each U_g over one and 127 steps."""
        f = float(sigmoid(np.array(1.0)))
        weights = [0.0, 1.0, 4 * (1 - f), 4.0, -4 * f, -8.0]
        steps, rows, curves = [Step("f", "σ(b_f), b_f = 1", f)], [], []
        for weight in weights:
            total = f + weight / 4
            total = 0.0 if abs(total) < 1e-15 else total
            name = f"U_g = {weight:.6g}"
            steps.append(Step(name, "f + U_g / 4", total))
            rows.append([weight, f, total, total**127])
            curves.append(Curve(name, range(128), [abs(total) ** k for k in range(128)]))
        result = (
            f"f is {f:.3f} in every row, and after 127 steps the gradient is between 0 and {rows[3][3]:.1e}. The "
            f"memory makes "
            "long gradients easy to learn, and promises none."
        )
        panel = Lines("∂c_127/∂c_0 for the same f", "steps", "|gradient|", curves, "y")
        table = Table("By U_g", ["U_g", "direct, f", "total", "total^127"], rows)
        return Found(steps, result, [panel], {"b_f": 1.0, "c, h": 0.0}, tables=[table])
