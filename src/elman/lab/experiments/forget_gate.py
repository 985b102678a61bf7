"""The exercise of the forget gate, and the slip in it."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step
from elman.lab.panels import Bars
from elman.lab.recurrence import sigmoid


class ForgetGateExperiment(Experiment):
    """f_t = σ(W_f x_t + U_f h_{t-1} + b_f), and what it keeps of C_{t-1} = (1, 5).

    1 - f is computed as σ(-z): subtracted from 1, eleven of its digits would be gone.
    """

    title = "Exercise: a forget gate, and what it keeps"
    formula = "f = σ(W_f x + U_f h' + b_f),  f * C'"
    deck = (Place("001", "275-306"),)
    rows = ("W2", "X7")

    def found(self) -> Found:
        """Return each product, f, what is kept, and what the misprint gives."""
        W, U = np.array([[1.0, 1], [0, 1]]), np.array([[0.0, 0], [2, 3]])
        x, h, b, c = np.array([1.0, 1]), np.array([4.0, 5]), np.zeros(2), np.array([1.0, 5])
        given, recurrent = W @ x, U @ h
        z = given + recurrent + b
        f = sigmoid(z)
        misprint = float(sigmoid(np.array(6.0)))
        steps = [
            Step("W_f x", "", given),
            Step("U_f h'", "2·4 + 3·5 = 23", recurrent),
            Step("z", "W_f x + U_f h' + b_f", z),
            Step("f", "σ(z)", f),
            Step("1 - f_2", "σ(-24)", float(sigmoid(-z)[1])),
            Step("f * C'", "C' = (1, 5)", f * c),
            Step("5 - its second number", "5 σ(-24)", float(5 * sigmoid(-z)[1])),
        ]
        right = [float(f[1]), float(f[1] * 5)]
        error = Erratum("001 L304", "sigmoid(6) * 5", "sigmoid(24) * 5", [misprint, 5 * misprint], right)
        result = (
            "The gate keeps .88 of the first number and all but 2e-10 of the second. L304 writes 6 for 24, and L306 "
            "is right."
        )
        groups = {"C'": c.tolist(), "f * C'": (f * c).tolist(), "as misprinted": [float(f[0]), 5 * misprint]}
        inputs = {"W_f": W, "U_f": U, "b_f": b, "x": x, "h'": h, "C'": c}
        return Found(steps, result, [Bars("What is kept", "", ["first", "second"], groups)], inputs, [error])
