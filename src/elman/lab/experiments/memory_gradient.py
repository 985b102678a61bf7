"""∂c_t/∂c_{t-1} of an LSTM: the forget gate, and what goes through the gates."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.long_memory import Memory, Trace, example, steps_of
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars, Matrix
from elman.lab.recurrence import norm


class MemoryGradientExperiment(Experiment):
    """The gradient between two memory cells is the forget gate and three paths through the gates, which see h_{t-1}.

        ∂c_t/∂c_{t-1} = diag(f) + [diag(c' f(1-f)) U_f + diag(g i(1-i)) U_i + diag(i(1-g²)) U_g] diag(o'(1 - tanh² c'))

    c' and o' are those of the step before. What autograd gives for c_t is this total, and not f alone; the gradient of
    the loss by h_t alone misses the whole path over c.
    """

    title = "The gradient through an LSTM's memory: the direct path, and the paths through its gates"
    formula = "∂c_t/∂c_{t-1} = diag(f_t) + what goes through f, i and g"
    deck = (Place("000", "150-152"), Place("002", "112"), Place("003", "959"))
    rows = ("G6",)

    def found(self) -> Found:
        """Return gates and memory of two steps, and each path of the gradient between them."""
        cell, x, h, c = example()
        first = cell.step(x[0], h, c)
        second = cell.step(x[1], first.h, first.c)
        opened = first.o * (1 - np.tanh(first.c) ** 2)
        via = {
            "f": _path(first.c * second.f * (1 - second.f), cell.U["f"], opened),
            "i": _path(second.g * second.i * (1 - second.i), cell.U["i"], opened),
            "g": _path(second.i * (1 - second.g**2), cell.U["g"], opened),
        }
        direct = np.diag(second.f)
        total = direct + sum(via.values())
        found = [
            *steps_of(first, 1),
            *steps_of(second, 2),
            Step("direct", "diag(f_2)", direct),
            *(Step(f"through {gate}", _FORMULAS[gate], path) for gate, path in via.items()),
            Step("∂c_2/∂c_1", "their sum", total),
            Step("‖direct‖", "", norm(direct)),
            Step("‖∂c_2/∂c_1‖", "", norm(total)),
            Step("by small changes of c_1", "(c_2(c_1 + ε) - c_2(c_1 - ε)) / 2ε", _numeric(cell, x[1], first)),
        ]
        result = (
            f"The forget gate keeps {norm(direct):.3f} at most, the whole gradient is {norm(total):.3f}: a fifth of "
            f"it goes "
            "through the gates. f = 1 keeps for ever only where U is 0 or the gates are shut."
        )
        sizes = [norm(direct), *(norm(one) for one in via.values()), norm(total)]
        panels = [
            Bars("Each path", "spectral norm", ["direct", "via f", "via i", "via g", "total"], {"norm": sizes}),
            Matrix("∂c_2/∂c_1", ["c_2, 1", "2"], ["c_1, 1", "2"], total.tolist()),
        ]
        inputs = {"x": x, "h_0": h, "c_0": c, **{f"U_{gate}": u for gate, u in cell.U.items()}}
        return Found(found, result, panels, inputs)


_FORMULAS = {
    "f": "diag(c_1 f(1-f)) U_f diag(o_1(1 - tanh² c_1))",
    "i": "diag(g i(1-i)) U_i diag(o_1(1 - tanh² c_1))",
    "g": "diag(i(1-g²)) U_g diag(o_1(1 - tanh² c_1))",
}


def _path(left: np.ndarray, weights: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.diag(left) @ weights @ np.diag(right)


def _numeric(cell: Memory, x: float, before: Trace) -> np.ndarray:
    """Return the gradient by small changes of c_1, with the h_1 that follows from it."""
    small, columns = 1e-6, []
    for d in small * np.eye(2):
        ends = [cell.step(x, before.o * np.tanh(before.c + sign * d), before.c + sign * d).c for sign in (1, -1)]
        columns.append((ends[0] - ends[1]) / (2 * small))
    return np.array(columns).T
