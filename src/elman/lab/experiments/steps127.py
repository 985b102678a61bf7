"""The lecture's figure of gradients over 127 steps: simple networks, GRU, and LSTMs by their forget bias."""

from typing import Any

import numpy as np
from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines
from elman.lab.seeds import SeedsConfig

_LAGS = (1, 10, 20, 40, 64, 95, 127)
_LITTLE = 1e-3


class Steps127Experiment(Experiment):
    """How much of a gradient is left at each lag, before any training: ‖∂L/∂s_t‖ / ‖∂L/∂s_T‖.

        L = v · s_T, the last state alone;  s is c for an LSTM;  inputs N(0, 1), weights as torch starts them

    Norms are of each example by itself, then averaged; over seeds the median is drawn, with their range. Torch's start
    has a spectral radius near .58, so that its simple network vanishes whatever it reads: radius 1, orthogonal and 1.5
    stand beside it. With a radius of 1.5 and such inputs the units saturate, and it vanishes as well.
    """

    class Config(SeedsConfig):
        """Options of the figure."""

        length: int = Field(127, ge=2, le=2000, description="T, steps.")
        units: int = Field(64, ge=2, le=512, description="H, and inputs.")
        batch: int = Field(16, ge=1, le=1024, description="Examples.")
        cells: list[str] = Field(["elman", "gru", "lstm"], min_length=1, description="Of elman, gru, lstm.")
        forget_bias: list[float] = Field([0.0, 1.0, 2.0, 3.0, 5.0], min_length=1, description="Of the LSTMs.")

    title = "Gradients over many steps: a simple network, a GRU, and LSTMs by forget bias"
    formula = "‖∂L/∂s_t‖ / ‖∂L/∂s_T‖,  L = v · s_T"
    deck = (Place("000", "162-168"),)
    rows = ("G5",)
    seconds = 20

    def found(self) -> Found:
        """Return what is left at some lags, for each network and seed."""
        from elman.lab.starts import networks, shares  # torch, for the cells

        config = self.config
        steps, rows, seeds = [], [], config.every_seed
        left: dict[str, float] = {}
        curves: dict[str, list[Curve]] = {"simple": [], "gated": []}
        for name, make in networks(config.cells, config.forget_bias):
            every = np.array([shares(make, config.units, config.batch, config.length, seed) for seed in seeds])
            with np.errstate(divide="ignore"):
                middle = np.exp(np.median(np.log(every), axis=0))
                mean = np.exp(np.mean(np.log(every), axis=0))
            lags = [lag for lag in _LAGS if lag <= config.length]
            rows.append([name, *(float(mean[lag]) for lag in lags)])
            left[name] = float(mean[lags[-1]])
            steps.append(
                Step(
                    f"{name}: at lag {lags[-1]}",
                    "geometric mean over seeds" if len(seeds) > 1 else "",
                    float(mean[lags[-1]]),
                )
            )
            if len(seeds) > 1:
                steps.append(Step(f"{name}: seeds", f"at lag {lags[-1]}", every[:, lags[-1]].tolist()))
            side = "simple" if name.startswith("tanh") else "gated"
            band: dict[str, Any] = {"low": every.min(0).tolist(), "high": every.max(0).tolist()}
            curves[side].append(Curve(name, range(config.length + 1), middle.tolist(), **band))
        table = Table("What is left, by lag", ["network", *map(str, lags)], rows)
        result = _told(left, lags[-1])
        panels = [
            Lines(title, "lag T - t", "share of the gradient", curves[side], "y")
            for side, title in (("simple", "Simple networks"), ("gated", "GRU and LSTM"))
            if curves[side]
        ]
        return Found(steps, result, panels, config.model_dump(), tables=[table])


def _told(left: dict[str, float], lag: int) -> str:
    """Return which networks have how much of the gradient left at a lag."""
    parts = (
        ("larger than at lag 0", [name for name, share in left.items() if share > 1]),
        (f"above {_LITTLE:g} of that", [name for name, share in left.items() if _LITTLE < share <= 1]),
        ("less", [name for name, share in left.items() if share <= _LITTLE]),
    )
    return f"The gradient at lag {lag}. " + " ".join(
        f"{what[0].upper()}{what[1:]}: {'; '.join(names)}." for what, names in parts if names
    )
