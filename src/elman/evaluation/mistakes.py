"""The worst mistakes of a model."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from elman.data.places import short_places
from elman.data.records import Example
from elman.evaluation.details import Detail

WHERE, GOLD, PREDICTED = "where", "in the file", "predicted"
_MOST = 10


class Asked(NamedTuple):
    """Examples that a model was asked, and what a table says of each.

    Args:
        examples: with their true answers.
        columns: of a table of mistakes, these three and the names of inputs, in their order.
        inputs: gives the inputs of an example by their names.
        counts: what was counted of them.
    """

    examples: Sequence[Example]
    columns: Sequence[str] = (WHERE, GOLD, PREDICTED)
    inputs: Callable[[Example], Mapping[str, str]] = lambda example: {}
    counts: Mapping[str, int] = {}

    def worst(self, wrong: Mapping[int, float], answers: Callable[[int], tuple[str, str]]) -> list[Detail]:
        """Return the table of the worst mistakes, if there are some.

        Args:
            wrong: how wrong the answer to an example is, by its row; of equal ones the first is named first.
            answers: gives the true answer to the example of a row, and that of the model.
        """
        places, rows = short_places([example.where for example in self.examples]), []
        for row in sorted(wrong, key=lambda row: -wrong[row])[:_MOST]:
            gold, predicted = answers(row)
            inputs = self.inputs(self.examples[row])
            cells = {WHERE: places[row], GOLD: gold, PREDICTED: predicted, **inputs}
            rows.append([cells[column] for column in self.columns])
        return [Detail("Worst mistakes", list(self.columns), rows)] if rows else []
