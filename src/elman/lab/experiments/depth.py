"""Gradients by layer in a deep stack, with what goes past its layers and without."""

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.seeds import SeedConfig


class DepthExperiment(Experiment):
    """Thirty recurrent layers before training: how large the gradient of each layer's weights is.

        plain F(x),   residual F(x) + x,   dense [x; F(x)],   highway t ⊙ F(x) + (1 - t) ⊙ x

    Then a few updates of a small task, the token before, which one layer learns at once.
    """

    class Config(SeedConfig):
        """Options of the stacks."""

        layers: int = Field(30, ge=2, le=64, description="L.")
        units: int = Field(16, ge=2, le=256, description="H.")
        updates: int = Field(100, ge=0, le=5000, description="Of the small task; 0 measures gradients alone.")

    title = "Thirty layers: gradients with skips and without"
    formula = "‖∂L/∂W^(l)‖ by layer l"
    deck = (Place("003", "1011-1068"),)
    rows = ("B9", "B10", "B11", "B12", "B14")
    seconds = 30

    def found(self) -> Found:
        """Return the gradient norms by layer, and losses."""
        from elman.lab.deep import KINDS, learned, norms

        config = self.config
        steps, gradients, losses = [], [], []
        layers = range(1, config.layers + 1)
        for kind in KINDS:
            found = norms(kind, config.layers, config.units, config.seed)
            steps.append(Step(f"{kind}: layer 1 / layer {config.layers}", "gradient norms", found[0] / found[-1]))
            gradients.append(Curve(kind, layers, found))
            if config.updates:
                curve = learned(kind, config.layers, config.units, config.seed, config.updates)
                steps.append(Step(f"{kind}: loss after {config.updates}", "nats; chance is ln 8 = 2.079", curve[-1]))
                losses.append(Curve(kind, range(10, 10 * len(curve) + 1, 10), curve))
        shares = ", ".join(
            f"{kind} {curve.y[0] / curve.y[-1]:.2g}" for kind, curve in zip(KINDS, gradients, strict=True)
        )
        result = f"Of the gradient of layer {config.layers}, layer 1 gets before training: {shares}."
        if losses:
            ends = ", ".join(f"{kind} {curve.y[-1]:.2f}" for kind, curve in zip(KINDS, losses, strict=True))
            result += f" Loss after {config.updates} updates, in nats, where chance is 2.08: {ends}."
        panels = [Lines("Before training", "layer, 1 is next to the input", "gradient norm", gradients, "y")]
        if losses:
            panels.append(Lines("Learning", "update", "loss, nats", losses, level=("chance", 2.0794)))
        return Found(steps, result, panels, config.model_dump())
