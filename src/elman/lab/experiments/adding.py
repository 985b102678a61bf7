"""The adding problem: whether a network learns what is a hundred steps away."""

from pydantic import Field

from elman.lab.compared import TrainedConfig, compared, settings
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place


class AddingExperiment(Experiment):
    """Two of T numbers are marked, one in each half; at the end their sum is asked.

    The mean squared error of always saying 1 is Var(u + v) = 1/6 (Le et al., 2015, print .1767). A network that is
    below .005 has learned it. Chrono starts the gates at time scales up to T.

    Source: Hochreiter & Schmidhuber (1997), experiment 4, with the numbers of Le et al. (2015), arXiv:1504.00941.
    """

    class Config(TrainedConfig):
        """Options of the adding problem."""

        length: int = Field(100, ge=4, le=10_000, description="T.")
        units: int = Field(16, ge=1, le=512, description="H.")
        updates: int = Field(1500, ge=10, le=1_000_000, description="Of each network and seed.")

    title = "Adding two marked numbers among a hundred"
    formula = "y = x_i + x_j;  always 1: MSE 1/6"
    deck = (Place("003", "816-820"), Place("004", "424-425"))
    rows = ("G9", "G16", "A22", "A25")
    seconds = 90

    def found(self) -> Found:
        """Return the error of each network and seed."""
        from elman.lab.problems import Adding

        networks = settings(self.config.units, max(2, self.config.length))
        return compared(
            Adding(self.config.length), networks, self.config, "mean squared error", "always 1: 1/6"
        )[0]  # fmt: skip
