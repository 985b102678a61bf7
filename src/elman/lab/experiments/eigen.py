"""Powers, and why eigenvalues decide for linear networks alone."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step, Table
from elman.lab.panels import Curve, Lines
from elman.lab.recurrence import Net, norm, slope


class EigenExperiment(Experiment):
    """λ^k for a linear network, and three networks for which the rule of eigenvalues fails.

        linear:                    ∂s_T/∂s_t = W^(T-t);    |λ| < 1 vanishes in the end, |λ| > 1 explodes
        both eigenvalues 0, tanh:  W = 2 [[1, -1], [1, -1]] at rest in s = (0, 1): ‖∂s_t/∂s_0‖ = √2 · 2^t
        both eigenvalues .9:       A = [[.9, 5], [0, .9]] grows for nine steps before it vanishes
        λ = 1.5, tanh:             at rest in .8586 the slope is .3943, and the gradient vanishes

    What is necessary for growth is γ σ_max > 1, with γ the largest slope: singular values.
    """

    class Config(Experiment.Config):
        """Options of powers."""

        steps: int = Field(127, ge=1, le=900, description="k, how many steps.")

    title = "Powers of λ over 127 steps, and where the eigenvalue rule fails"
    formula = "‖∂s_T/∂s_0‖ ≤ (γ σ_max(W))^T;  W^T of a linear network"
    deck = (Place("000", "61-67"), Place("003", "810-812"))
    rows = ("G2", "X3")

    def found(self) -> Found:
        """Return powers, and the norms of the three networks."""
        steps = self.config.steps
        powers = {base: [base**k for k in range(steps + 1)] for base in (0.25, 0.5, 0.9, 0.99, 1.01, 1.1)}
        transient = np.array([[0.9, 5.0], [0.0, 0.9]])
        growth = [norm(np.linalg.matrix_power(transient, k)) for k in range(steps + 1)]
        peak = int(np.argmax(growth))
        nilpotent, norms = _nilpotent(steps)
        rest, at_rest = _at_rest(1.5)
        jordan = norm(np.linalg.matrix_power(np.array([[1.0, 1.0], [0.0, 1.0]]), steps))
        found = [
            *(Step(f"{base:g}^{steps}", "λ^k", values[-1]) for base, values in powers.items()),
            Step("W", "2 [[1, -1], [1, -1]]: W² = 0", nilpotent),
            Step("|λ|_max of W", "both eigenvalues", float(np.abs(np.linalg.eigvals(nilpotent)).max().round(6))),
            Step("σ_max of W", "", norm(nilpotent)),
            Step(f"‖∂s_{steps}/∂s_0‖ of W", "√2 · 2^t, tanh at rest in (0, 1)", norms[-1]),
            Step("σ of A", "A = [[.9, 5], [0, .9]]", np.linalg.svd(transient, compute_uv=False)),
            Step("‖A^k‖, its largest", f"at k = {peak}", growth[peak]),
            Step(f"‖A^{steps}‖", "", growth[-1]),
            Step("A below 1 from k", "", next((k for k in range(1, steps + 1) if max(growth[k:]) < 1), None)),
            Step("s at rest", "s = tanh(1.5 s)", rest),
            Step("slope at rest", "1.5 (1 - s²)", at_rest),
            Step(f"slope^{steps}", "λ = 1.5, and yet it vanishes", at_rest**steps),
            Step(f"‖[[1, 1], [0, 1]]^{steps}‖", "|λ| = 1, and grows like k", jordan),
        ]
        error = Erratum(
            "000 L61-67", "explodes if λ > 1, vanishes if λ < 1", "of a linear network, in the end; else by singular "
            "values: γ σ_max > 1 is necessary for growth", "both eigenvalues 0: gone in two steps", norms[-1],
        )  # fmt: skip
        result = (
            f"λ = .9 leaves {0.9**steps:.2g} after {steps} steps and 1.1 makes {1.1**steps:.2g} of 1. But with tanh "
            f"the rule holds in neither direction: eigenvalues 0 explode to {norms[-1]:.2g}, and 1.5 vanishes to "
            f"{at_rest**steps:.1g}."
        )
        across = list(range(steps + 1))
        panels = [
            Lines("λ^k", "steps k", "what is left of 1", [Curve(f"{b:g}", across, p) for b, p in powers.items()], "y"),
            Lines(
                "Where the rule fails", "steps k", "norm of the gradient",
                [Curve("tanh, λ = 0, 0", across, norms), Curve("tanh, λ = 1.5", across, [at_rest**k for k in across]),
                 Curve("linear, λ = .9, .9", across, growth)], "y",
            ),
        ]  # fmt: skip
        return Found(found, result, panels, {"steps": steps}, [error], [_biases(steps)])


def _nilpotent(steps: int) -> tuple[np.ndarray, list[float]]:
    """Return W with both eigenvalues 0, and the norms of ∂s_t/∂s_0 of its network at rest."""
    net = Net(2 * np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([1.0, 1.0]), np.zeros(2))
    state, product, norms = np.array([0.0, 1.0]), np.eye(2), [1.0]
    for _ in range(steps):
        u = net.W @ state + np.array([2.0, 22.0])
        state, product = np.tanh(u), np.diag(slope(u)) @ net.W @ product
        norms.append(norm(product))
    return net.W, norms


def _at_rest(weight: float) -> tuple[float, float]:
    """Return where s = tanh(weight s) rests above 0, and its slope there."""
    rest = 1.0
    for _ in range(500):
        rest = float(np.tanh(weight * rest))
    return rest, weight * (1 - rest**2)


def _biases(steps: int) -> Table:
    """Return what a forget gate keeps whose input is its bias: 1/(1-f) is computed as 1 + e^b, exact near f = 1."""
    rows = []
    for bias in range(6):
        f = 1 / (1 + np.exp(-float(bias)))
        rows.append([bias, f, f**steps, 1 + np.exp(float(bias)), np.log(0.5) / np.log(f), -1 / np.log(f)])
    columns = ["b_f", "f = σ(b_f)", f"f^{steps}", "1/(1-f)", "half-life", "steps to 1/e"]
    return Table("A gate that keeps f of its memory at each step", columns, rows)
