"""Half a thousand steps: where an LSTM stops, and what attention does about it."""

from statistics import fmean
from typing import TYPE_CHECKING

from pydantic import Field

from elman.lab.compared import TrainedConfig
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines

if TYPE_CHECKING:
    from elman.lab.training import Setting


class ParagraphExperiment(Experiment):
    """The adding problem over ever more steps, with as many updates for each.

        last state: y = V h_T + b;    attention: α ∝ exp(q · h_t),  y = V Σ_t α_t h_t + b

    What an LSTM answers by its last state has come through every step since the first number was marked, and so has
    its gradient. With attention both take one step, however long the text is: that network needs no memory, and starts
    with one of a step or two (b_f = -1). Each has the rate of Adam that suits it, .01, and .03 with attention.

    Source: Hochreiter & Schmidhuber (1997), experiment 4; Bahdanau et al. (2015), arXiv:1409.0473, for the shortcut.
    """

    class Config(TrainedConfig):
        """Options of long texts."""

        lengths: list[int] = Field([50, 150, 500], min_length=1, description="T of each problem, at least 4.")
        units: int = Field(16, ge=1, le=512, description="H.")
        updates: int = Field(600, ge=10, le=1_000_000, description="Of each problem, network and seed.")
        seeds: int = Field(2, ge=1, le=100, description="How many networks of each kind.")

    title = "Hundreds of steps: an LSTM by its last state, and with attention"
    formula = "y = V h_T + b  against  y = V Σ α_t h_t + b;  always 1: MSE 1/6"
    deck = (Place("004", "424-425"),)
    rows = ("G16",)
    seconds = 100

    def found(self) -> Found:
        """Return the error of each network at each length, the mean over seeds."""
        from elman.lab.problems import Adding
        from elman.lab.training import affordable, train

        config = self.config
        updates = config.updates
        if config.minutes:
            share = config.minutes / sum(config.lengths)
            updates = min(
                affordable(Adding(T), networks(config.units, T), config.seeds, share * T, 10) for T in config.lengths
            )
        errors: dict[str, list[list[float]]] = {}
        for T in config.lengths:
            for network in networks(config.units, T):
                runs = [train(Adding(T), network, seed, updates, tests=1) for seed in config.every_seed]
                errors.setdefault(network.name, []).append([run.scores[-1] for run in runs])
        return self._told(errors, updates)

    def _told(self, errors: dict[str, list[list[float]]], updates: int) -> Found:
        """Return the errors of networks, by length and seed, as figure, numbers and verdict."""
        from elman.lab.problems import Adding

        lengths, solved = self.config.lengths, Adding.solved
        curves, rows, steps = [], [], [Step("baseline", "always 1", Adding.baseline)]
        for name, by_length in errors.items():
            curves.append(Curve.of_seeds(name, lengths, by_length, fmean))
            rows.append([name, *map(fmean, by_length)])
            steps.append(Step(name, f"mean squared error at T = {', '.join(map(str, lengths))}", by_length))
        reach = {
            name: [T for T, some in zip(lengths, by, strict=True) if max(some) <= solved] for name, by in errors.items()
        }
        result = f"After {updates:,} updates every seed is below {solved}: " + "; ".join(
            f"{name} {'at T = ' + ', '.join(map(str, some)) if some else 'nowhere'}" for name, some in reach.items()
        )
        table = Table("Mean squared error, mean of seeds", ["network", *(f"T = {T}" for T in lengths)], rows)
        level = ("always 1: 1/6", Adding.baseline)
        panel = Lines("The same updates, ever longer texts", "T, steps", "mean squared error", curves, "y", level=level)
        return Found(
            steps, f"{result}.", [panel], {"updates": updates, "seeds": list(self.config.every_seed)}, tables=[table]
        )


def networks(units: int, longest: int) -> "list[Setting]":
    """Return an LSTM as it usually starts, one with time scales up to T, and one that looks back and forgets soon."""
    from elman.lab.training import Setting

    return [
        Setting("LSTM, b_f = 1", "lstm", units, 0.01, {"forget_bias": 1.0}),
        Setting("LSTM, chrono", "lstm", units, 0.01, {"chrono": longest}),
        Setting("LSTM with attention", "lstm", units, 0.03, {"forget_bias": -1.0}, attends=True),
    ]
