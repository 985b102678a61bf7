"""Adding, copying and temporal order beside each other: who learns what is many steps away."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from elman.lab.compared import TrainedConfig
from elman.lab.experiments.adding import AddingExperiment
from elman.lab.experiments.base import Experiment
from elman.lab.experiments.copy import CopyExperiment
from elman.lab.experiments.order import OrderExperiment
from elman.lab.outcome import Found, Place


class LagsExperiment(Experiment):
    """The three experiments of these names, each with fewer steps and updates than alone.

    `elman lab adding`, `copy` and `order` take 100 steps, and have the options of each; `tickets` asks the same of a
    language model.

    Source: Hochreiter & Schmidhuber (1997), Long short-term memory, Neural Computation 9(8).
    """

    class Config(TrainedConfig):
        """Options of the three problems."""

        length: int = Field(50, ge=10, le=10_000, description="T of adding and order; copies wait for a fifth of it.")
        updates: int = Field(600, ge=10, le=1_000_000, description="Of each problem, network and seed.")

    title = "Long lags: adding, copying and temporal order beside each other"
    formula = "score after as many updates, against who remembers nothing"
    deck = (Place("003", "816-820"), Place("004", "424-425"))
    rows = ("G9", "G16")
    seconds = 75

    def found(self) -> Found:
        """Return what each network reaches in each problem."""
        config, length = self.config, self.config.length
        budget: dict[str, Any] = {"seed": config.seed, "seeds": config.seeds, "updates": config.updates}
        budget["minutes"] = config.minutes and config.minutes / 3
        lag = max(1, length // 5)
        every = {
            f"adding, T = {length}": AddingExperiment(AddingExperiment.Config(length=length, **budget)),
            f"copy, T = {lag}": CopyExperiment(CopyExperiment.Config(lag=lag, **budget)),
            f"order, T = {length}": OrderExperiment(OrderExperiment.Config(length=length, **budget)),
        }
        steps, panels, tables, told = [], [], [], []
        inputs: dict[str, Any] = {"seeds": list(config.every_seed)}
        for name, experiment in every.items():
            found = experiment.found()
            steps += [step._replace(symbol=f"{name}: {step.symbol}") for step in found.steps]
            panels += [replace(panel, title=name) for panel in found.panels]
            tables += [table._replace(title=f"{name}: {table.title}") for table in found.tables]
            told.append(f"{name}: {found.result.split('. ')[0]}.")
            inputs[f"{name}: updates"] = found.inputs["updates"]
        return Found(steps, " ".join(told), panels, inputs, tables=tables)
