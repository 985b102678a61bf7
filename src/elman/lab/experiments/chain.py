"""The chain rule over four steps, factor by factor."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars
from elman.lab.recurrence import example


class ChainExperiment(Experiment):
    """∂J^(4)/∂h^(1) is built up as in the lecture: one factor more for each step that it goes back.

    ∂J/∂h^(1) = (∂h^(2)/∂h^(1))ᵀ (∂h^(3)/∂h^(2))ᵀ (∂h^(4)/∂h^(3))ᵀ ∂J/∂h^(4)
    """

    title = "The chain rule back to the first state, one factor at a time"
    formula = "∂J/∂h_{t-1} = J_tᵀ ∂J/∂h_t,  J_t = ∂h_t/∂h_{t-1}"
    deck = (Place("003", "741-789"),)
    rows = ("G4",)

    def found(self) -> Found:
        """Return the gradient at each step with its factor, and the same by small changes of h_1."""
        net, x, s, v = example()
        passed = net.over(x, s)
        every = net.jacobians(passed)
        gradient, steps, sizes = v, [Step("∂J/∂h_4", "v: the loss is v · h_4", v)], [float(np.linalg.norm(v))]
        for t in (4, 3, 2):
            gradient = every[t - 1].T @ gradient
            steps.append(Step(f"J_{t}", f"∂h_{t}/∂h_{t - 1} = diag(tanh'(u_{t})) W", every[t - 1]))
            steps.append(Step(f"∂J/∂h_{t - 1}", f"J_{t}ᵀ ∂J/∂h_{t}", gradient))
            sizes.append(float(np.linalg.norm(gradient)))
        small = 1e-6
        changed = [
            v @ (net.over(x[1:], passed.s[1] + d).s[-1] - net.over(x[1:], passed.s[1] - d).s[-1]) / (2 * small)
            for d in small * np.eye(2)
        ]
        steps.append(Step("by small changes", "(J(h_1 + ε) - J(h_1 - ε)) / 2ε", changed))
        result = (
            f"Three factors take the gradient from {sizes[0]:.3f} to {sizes[-1]:.3f}. Each step further back is one "
            "factor more, and when all are small nothing is left."
        )
        panel = Bars("How large it is", "‖∂J/∂h_t‖", ["h_4", "h_3", "h_2", "h_1"], {"norm": sizes})
        return Found(steps, result, [panel], {"W": net.W, "h_1": passed.s[1], "v": v})
