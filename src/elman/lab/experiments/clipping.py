"""Clipping a gradient by its norm, and what is often done in its place."""

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars


class ClippingExperiment(Experiment):
    """g = (3, 4, 12) is scaled to the threshold, and its direction stays.

        if ‖g‖ ≥ θ:  g ← θ g / ‖g‖

    torch divides by ‖g‖ + 1e-6. Clipping each parameter by its own norm, or each number by itself, turns the step. θ
    = 0 clips nothing.

    Source: Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks, algorithm 1.
    """

    class Config(Experiment.Config):
        """Options of clipping."""

        gradient: list[float] = Field([3.0, 4.0, 12.0], min_length=2, max_length=8, description="g.")
        threshold: float = Field(5.0, ge=0, description="θ; 0 clips nothing.")

    title = "A gradient that is too long is made shorter, in the same direction"
    formula = "g ← θ g / ‖g‖ where ‖g‖ ≥ θ"
    deck = (Place("003", "859-873"), Place("000", "95-104"), Place("004", "317"))
    rows = ("C5",)

    def found(self) -> Found:
        """Return the clipped gradient, torch's, and two that point elsewhere."""
        g, limit = np.array(self.config.gradient), self.config.threshold
        size = float(np.linalg.norm(g))
        clips = 0 < limit <= size
        clipped = g * (limit / size) if clips else g
        torch = g * (limit / (size + 1e-6)) if clips else g
        blocks = [g[:-1], g[-1:]]
        apart = np.concatenate([_clip(one, limit) for one in blocks])
        each = np.clip(g, -limit, limit) if limit else g
        angle = {"as a whole": clipped, "two parameters apart": apart, "number by number": each}
        steps = [
            Step("‖g‖", "√ Σ g²", size),
            Step("clipped", "θ g / ‖g‖", clipped),
            Step("‖clipped‖", "", float(np.linalg.norm(clipped))),
            Step("torch's norm", "θ ‖g‖ / (‖g‖ + 1e-6)", float(np.linalg.norm(torch))),
            Step("parameters apart", "all but the last number, and the last", apart),
            Step("number by number", "each to [-θ, θ]", each),
            *(Step(f"turned by: {name}", "degrees", _degrees(g, one)) for name, one in angle.items()),
        ]
        result = (
            f"‖g‖ = {size:g} becomes {np.linalg.norm(clipped):g}: a step in the same direction, but a smaller one. "
            f"Clipping "
            f"part by part turns it by {_degrees(g, apart):.1f} degrees."
        )
        names = [f"g_{place}" for place in range(1, len(g) + 1)]
        groups = {"g": g.tolist(), "clipped": clipped.tolist(), "parameters apart": apart.tolist()}
        return Found(steps, result, [Bars("A gradient, and clipped", "", names, groups)], {"g": g, "θ": limit})


def _clip(g: np.ndarray, limit: float) -> np.ndarray:
    size = float(np.linalg.norm(g))
    return g * (limit / size) if 0 < limit <= size else g


def _degrees(g: np.ndarray, other: np.ndarray) -> float:
    sizes = np.linalg.norm(g) * np.linalg.norm(other)
    cosine = float(g @ other / sizes) if sizes else 1.0
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))) if cosine < 1 - 1e-15 else 0.0
