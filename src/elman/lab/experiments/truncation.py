"""Backpropagation that stops before the beginning."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars, Curve, Lines
from elman.lab.recurrence import example
from elman.lab.through_time import parts


class TruncationExperiment(Experiment):
    """With truncation after k steps, what is further back has a gradient of exactly 0: cut off, not vanished.

    ∂L/∂W truncated = Σ_{t > T-k} ∂L/∂u_t s_{t-1}ᵀ;    k = T is the whole
    """

    title = "Truncated backpropagation: the last k steps, and nothing before"
    formula = "∂L/∂W ≈ Σ_{t=T-k+1..T} ∂L/∂u_t s_{t-1}ᵀ"
    deck = (Place("004", "291-303"), Place("000", "90"))
    rows = ("C4",)

    def found(self) -> Found:
        """Return the gradient for each k, and how far it is from the whole one."""
        every = parts(example())
        whole = sum(every, np.zeros((2, 2)))
        steps, errors, angles = [], [], []
        for k in range(1, len(every) + 1):
            cut = sum(every[-k:], np.zeros((2, 2)))
            error = float(np.linalg.norm(cut - whole) / np.linalg.norm(whole))
            cosine = float((cut * whole).sum() / np.linalg.norm(cut) / np.linalg.norm(whole))
            steps += [
                Step(f"∂L/∂W, k = {k}", f"the last {k} of {len(every)} appearances", cut),
                Step(f"missing, k = {k}", "‖cut - whole‖ / ‖whole‖", error),
            ]
            errors.append(error)
            angles.append(float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))))
        steps.append(Step("turned by", "degrees, k = 1 ... 4", angles))
        shares = [float(np.linalg.norm(one)) for one in every]
        result = (
            f"Cut after one step, {errors[0]:.0%} of the gradient is missing and it is turned by {angles[0]:.0f} "
            f"degrees; with "
            "k = T nothing is. Whether it vanished or was cut off cannot be seen in the numbers."
        )
        names = [f"t = {t}" for t in range(1, len(every) + 1)]
        panels = [
            Bars("What each step gives", "‖∂L/∂W|_(t)‖", names, {"norm": shares}),
            Lines("What is missing", "k", "share of ‖∂L/∂W‖", [Curve("", range(1, len(every) + 1), errors, "both")]),
        ]
        return Found(steps, result, panels, {"T": len(every)})
