"""The bound on a gradient through time, on one network and on many."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.recurrence import Net, example, latest_first, norm, slope
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class BoundExperiment(Experiment):
    """How large a gradient can be at most, how large it is, and how far apart the two are on random networks.

        ‖∂s_T/∂s_0‖ ≤ Π ‖J_t‖ ≤ σ_max(W)^T Π max tanh'(u_t) ≤ (γ σ_max(W))^T

    γ is the largest slope: 1 for tanh, relu and the identity, 1/4 for σ, so that with σ the bound shrinks while
    σ_max < 4. γ σ_max < 1 suffices to vanish; γ σ_max > 1 is necessary to explode, and no more.
    """

    class Config(SeedConfig):
        """Options of the bound."""

        networks: int = Field(500, ge=1, le=100_000, description="How many random networks.")
        units: int = Field(16, ge=1, le=512, description="n, units of each.")
        steps: int = Field(20, ge=1, le=10_000, description="T.")

    title = "A bound on the gradient, and how much smaller it is"
    formula = "‖∂s_T/∂s_0‖ ≤ Π ‖J_t‖ ≤ σ_max(W)^T Π max tanh'(u_t)"
    deck = (Place("003", "808-811"),)
    rows = ("G3", "X9")
    seconds = 0.6

    def found(self) -> Found:
        """Return the bounds of the example, and the ratios of random networks."""
        net, x, s, _ = example()
        passed = net.over(x, s)
        every = net.jacobians(passed)
        slopes = [float(slope(u).max()) for u in passed.u]
        stretch = norm(net.W)
        ratios = [_ratio(self.config, number) for number in range(self.config.networks)]
        logs = np.log10(ratios)
        gamma = {"tanh": 1.0, "σ": 0.25, "relu": 1.0, "identity": 1.0}
        steps = [
            Step("σ_max(W), σ_min(W)", "singular values", np.linalg.svd(net.W, compute_uv=False)),
            Step("|λ|_max", "eigenvalues .85 ± .384 i", float(np.abs(np.linalg.eigvals(net.W)).max())),
            Step("max tanh'(u_t)", "t = 1 ... 4", slopes),
            Step("‖∂s_4/∂s_0‖", "what it is", norm(latest_first(every))),
            Step("Π ‖J_t‖", "bound by the factors", float(np.prod([norm(one) for one in every]))),
            Step("σ_max⁴ Π max tanh'", "bound of the lecture", stretch**4 * float(np.prod(slopes))),
            Step("σ_max⁴", "W alone: above 1, and yet it vanishes", stretch**4),
            *(Step(f"γ of {name}", "largest slope", value) for name, value in gamma.items()),
            Step("networks", "drawn, W ~ N(0, 1/n)", self.config.networks),
            Step("above the bound", "of them", int((logs > 1e-9).sum())),
            Step("median log10 ratio", "gradient / bound", float(np.median(logs))),
        ]
        error = Erratum(
            "003 L810-811", "largest eigenvalue; the bound is 1 because of the sigmoid",
            "largest singular value; 1 belongs to tanh, for σ γ = 1/4 and the bound is 4", 1.0, 4.0,
        )  # fmt: skip
        result = (
            f"No network is above the bound, and the median is 10^{np.median(logs):.1f} of it: it says when a gradient "
            "must vanish, and nothing about when it explodes."
        )
        heights, edges = np.histogram(logs, bins=24)
        middles = (edges[1:] + edges[:-1]) / 2
        panel = Lines(
            "Random tanh networks", "log10 of gradient / bound", "networks",
            [Curve("", middles.tolist(), heights.tolist(), "both")], level=None,
        )  # fmt: skip
        return Found(steps, result, [panel], {"units": self.config.units, "steps": self.config.steps}, [error])


def _ratio(config: BoundExperiment.Config, number: int) -> float:
    """Return how large the gradient of a random network is beside its bound."""
    draw = np.random.default_rng(seed_of(config.seed, "lab.bound", number))
    n = config.units
    net = Net(draw.normal(size=(n, n)) / np.sqrt(n), draw.normal(size=n), np.zeros(n))
    passed = net.over(draw.normal(size=config.steps), np.zeros(n))
    most = np.prod([slope(u).max() for u in passed.u])
    return norm(latest_first(net.jacobians(passed))) / (norm(net.W) ** config.steps * most)
