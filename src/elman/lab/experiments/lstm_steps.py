"""Every quantity of a cell by its letter, step by step, in any notation."""

from typing import Any

from pydantic import Field

from elman.errors import ConfigError, did_you_mean, quoted
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.seeds import SeedConfig


class LstmStepsExperiment(Experiment):
    """What a cell computes at each step, in the order in which it does, with two units and one input.

    The LSTM and the GRU have the weights of the other experiments; another cell draws some. `lab.notation` writes the
    weights as a lecture does: A12 to A22, torch.nn.LSTM, torch.nn.GRU.
    """

    class Config(SeedConfig):
        """Options of the steps."""

        cell: str = Field("lstm", description="Any; `elman describe cells` lists them.")
        notation: str = Field("", description="Whose letters the weights have, such as A17; empty is ours.")
        inputs: list[float] = Field([0.7, -1.2], min_length=1, max_length=100, description="x_1, x_2, ...")

    title = "A cell step by step: gates, candidate, memory, output"
    formula = "f, i, g, o, then c = f ⊙ c' + i ⊙ g, then h = o ⊙ tanh c"
    deck = (Place("001", "196-201"), Place("000", "125-140"), Place("003", "924-936"))
    rows = ("A24", "A13", "A14", "A23")
    seconds = 3

    def found(self) -> Found:
        """Return each quantity of each step."""
        from elman.lab.tracing import traced, weights_of

        config = self.config
        cell, values = traced(config.cell, config.inputs, config.seed)
        inputs: dict[str, Any] = {"x": config.inputs}
        formula = ""
        if config.notation:
            from elman.notation import NOTATIONS

            if config.notation not in NOTATIONS:
                close = did_you_mean(config.notation, NOTATIONS)
                raise ConfigError(f"lab.notation: got {quoted(config.notation)}. {close}")
            formula = NOTATIONS[config.notation].formula
            inputs |= {name: tensor.tolist() for name, tensor in NOTATIONS[config.notation].write(cell).items()}
        else:
            inputs |= weights_of(cell)
        steps = [
            Step(f"{letter}_{t}", "", value) for t, one in enumerate(values, start=1) for letter, value in one.items()
        ]
        letters = list(values[0])
        across = range(1, len(values) + 1)
        curves = [Curve(f"{letter}, unit 1", across, [one[letter][0] for one in values], "both") for letter in letters]
        said = f" In the letters of {config.notation}: {formula}." if formula else ""
        result = f"The cell {config.cell} computes {', '.join(letters)}, in this order.{said}"
        return Found(steps, result, [Lines("Unit 1 over time", "step", "value", curves)], inputs)
