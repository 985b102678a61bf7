"""The gradient through four steps as a product of Jacobians, and the misprints beside it."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step
from elman.lab.panels import Curve, Lines, Matrix
from elman.lab.recurrence import example, latest_first, norm, slope


class JacobianExperiment(Experiment):
    """∂s_4/∂s_0 of a network of two units as a product of four matrices, and what wrong orders of it give.

        J_t = diag(tanh'(u_t)) W,    ∂s_T/∂s_0 = J_T ... J_1,    ∂L/∂s_t = (J_T ... J_{t+1})ᵀ ∂L/∂s_T

    ∂L/∂u_t = tanh'(u_t) ⊙ ∂L/∂s_t is another quantity, and both are shown.
    """

    title = "How a gradient goes back through four steps"
    formula = "∂s_T/∂s_0 = J_T ... J_1,  J_t = diag(tanh'(u_t)) W"
    deck = (Place("000", "46-59"), Place("003", "796-803"), Place("004", "309"))
    rows = ("G1", "G3", "C1", "X1", "X9", "X10")

    def found(self) -> Found:
        """Return states, Jacobians, their product, gradients, and three wrong products."""
        net, x, s, v = example()
        passed = net.over(x, s)
        every = net.jacobians(passed)
        product = latest_first(every)
        by_state = [latest_first([np.eye(2), *every[t:]]).T @ v for t in range(5)]
        by_sum = [slope(u) * g for u, g in zip(passed.u, by_state[1:], strict=True)]
        steps = [
            *(Step(f"s_{t}", f"tanh(W s_{t - 1} + V x_{t} + b)", passed.s[t]) for t in range(1, 5)),
            *(Step(f"J_{t}", f"diag(tanh'(u_{t})) W", every[t - 1]) for t in range(1, 5)),
            Step("J_4 J_3 J_2 J_1", "∂s_4/∂s_0", product),
            Step("‖∂s_4/∂s_0‖₂", "largest singular value", norm(product)),
            Step("‖∂s_4/∂s_0‖_F", "√ of the sum of squares", float(np.linalg.norm(product))),
            *(Step(f"∂L/∂s_{t}", f"(∂s_4/∂s_{t})ᵀ v", by_state[t]) for t in range(5)),
            *(Step(f"∂L/∂u_{t}", f"tanh'(u_{t}) ⊙ ∂L/∂s_{t}", by_sum[t - 1]) for t in range(1, 5)),
        ]
        slopes = [np.diag(slope(u)) for u in passed.u]
        before = latest_first([np.diag(1 - one**2) @ net.W for one in passed.s[:-1]])
        pulled = np.linalg.matrix_power(net.W, 4) @ latest_first(slopes)
        norms = [float(np.linalg.norm(one)) for one in by_state]
        at_u = "diag(tanh'(u_t)) W: a matrix, at u_t"
        each, latest = "the factors do not commute: W stands in each", "the latest on the left"
        errata = [
            Erratum("000 L49", "tanh'(u_{t-1})ᵀ W, with s_0 = tanh(u_0)", at_u, before, product),
            Erratum("003 L799", "W⁴ pulled out, times Π diag", each, pulled, product),
            Erratum("004 L309", "the product in the order 1 ... T", latest, latest_first(every[::-1]), product),
        ]
        result = (
            f"‖∂s_4/∂s_0‖ is {norm(product):.4f} though W stretches by up to {norm(net.W):.3f}: the slopes of tanh "
            f"shrink what W does not. Of ‖∂L/∂s_4‖ = {norms[4]:.3f} there is {norms[0]:.3f} left four steps before."
        )
        panels = [
            Lines(
                "Gradient by step", "step t", "norm",
                [Curve("‖∂L/∂s_t‖", range(5), norms, "both"),
                 Curve("‖∂L/∂u_t‖", range(1, 5), [float(np.linalg.norm(one)) for one in by_sum], "both")],
                up_to=(0, 2.5),
            ),
            Matrix("J_4 J_3 J_2 J_1", ["s_4, 1", "2"], ["s_0, 1", "2"], product.tolist()),
            Matrix("J_1 J_2 J_3 J_4, wrong", ["1", "2"], ["1", "2"], latest_first(every[::-1]).tolist()),
            Matrix("W⁴ Π diag, wrong", ["1", "2"], ["1", "2"], pulled.tolist()),
        ]  # fmt: skip
        inputs = {"W": net.W, "V": net.V, "b": net.b, "x": x, "s_0": s, "L": "v · s_4", "v": v}
        return Found(steps, result, panels, inputs, errata)
