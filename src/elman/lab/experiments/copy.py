"""The copy problem: symbols, a wait, and the symbols again."""

from pydantic import Field

from elman.lab.compared import TrainedConfig, compared, settings
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step


class CopyExperiment(Experiment):
    """S symbols of K are to be written again T steps later. Only those S places are scored.

    Who remembers nothing has a loss of S ln K / (T + 2S) over all places, and is right everywhere but where it counts.

    Source: Hochreiter & Schmidhuber (1997); Arjovsky et al. (2016), arXiv:1511.06464.
    """

    class Config(TrainedConfig):
        """Options of the copy problem."""

        lag: int = Field(10, ge=1, le=10_000, description="T.")
        symbols: int = Field(3, ge=1, le=100, description="S.")
        kinds: int = Field(4, ge=2, le=64, description="K.")
        units: int = Field(64, ge=1, le=512, description="H.")
        updates: int = Field(800, ge=10, le=1_000_000, description="Of each network and seed.")

    title = "Symbols to be written again after a wait"
    formula = "without memory: loss S ln K / (T + 2S)"
    deck = (Place("003", "816-820"),)
    rows = ("G9",)
    seconds = 30

    def found(self) -> Found:
        """Return the share of right symbols of each network and seed."""
        from elman.lab.problems import Copy

        config = self.config
        problem = Copy(config.lag, config.symbols, config.kinds)
        networks = settings(config.units, config.lag + 2 * config.symbols + 4)
        found, _ = compared(problem, networks, config, "share of symbols right", f"chance: 1/{config.kinds}")
        floor = Step("loss without memory", "S ln K / (T + 2S)", problem.floor)
        return Found([floor, *found.steps], found.result, found.panels, found.inputs, tables=found.tables)
