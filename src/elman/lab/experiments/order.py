"""Temporal order: two signs among distractors, and which came first."""

from pydantic import Field

from elman.lab.compared import TrainedConfig, compared, settings
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place


class OrderExperiment(Experiment):
    """X or Y stands early and again in the middle of T symbols; at the end one of four classes is asked.

    Chance is one in four, with a loss of ln 4. No distractor is X or Y.

    Source: Hochreiter & Schmidhuber (1997), experiment 6a.
    """

    class Config(TrainedConfig):
        """Options of temporal order."""

        length: int = Field(100, ge=10, le=10_000, description="T.")
        units: int = Field(16, ge=1, le=512, description="H.")
        updates: int = Field(1000, ge=10, le=1_000_000, description="Of each network and seed.")

    title = "Which of two signs came first, in a hundred symbols"
    formula = "class = 2 · first + second;  chance 1/4"
    deck = (Place("003", "816-820"), Place("004", "424-425"))
    rows = ("G9", "G16", "A22")
    seconds = 60

    def found(self) -> Found:
        """Return the share of right classes of each network and seed."""
        from elman.lab.problems import Order

        networks = settings(self.config.units, max(2, self.config.length))
        return compared(Order(self.config.length), networks, self.config, "share right", "chance: 1/4")[0]
