"""Every quantity of one step of a recurrence."""

import torch

from elman.data.records import Example
from elman.inference.predictor import Predictor
from elman.inspection.layers_view import LayersView, letter_of
from elman.inspection.machines_trace import OfMachine, is_machine, traced
from elman.inspection.numbers import listed
from elman.inspection.reading import Layer
from elman.inspection.views.base import NO_OPTIONS, Options, Seen
from elman.inspection.views.states import checked
from elman.text.folding import aligned

_MOST_UNITS = 8


class TraceView(LayersView):
    """Every quantity of one step by the letters of the cell, in the order in which they are computed.

    The letters are those of docs/equations.md and of the cell's own docstring. `--at T` is the step, `--unit N` one
    unit; a table has the first eight units, JSON all. The state before the step has a dash: h', c'.

    Of a machine with a memory, an input is a file like those of the training; the pictures show where its heads stood,
    and its memory over time.
    """

    title = "Trace"
    takes = ("at", "layer", "letter", "unit")

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: layers, or a machine."""
        return "" if is_machine(model) else super().lacks(model)

    def __init__(self, model: Predictor, options: Options = NO_OPTIONS) -> None:
        super().__init__(model, options)
        if is_machine(model):
            self.subject = OfMachine(model)

    def seen(self, example: Example) -> Seen:
        """Return the quantities of a step."""
        if isinstance(self.subject, OfMachine):
            return traced(self.subject, example, self.options)
        reading = self.subject.read(example)
        place = self.place(reading)
        facts: dict[str, object] = {}
        text = []
        for layer in self.layers_of(reading):
            at = min(place, len(layer.inputs) - 1)
            step = {
                **{f"{part}'": one[0] for part, one in _before(layer, at).items()},
                **{letter: layer.steps[letter][at][0] for letter in letter_of(layer, self.options.letter, layer.steps)},
            }
            name = reading.places_of(layer)[at]
            facts[layer.name] = {
                "step": at + 1,
                "read": name,
                "cell": repr(layer.cell),
                "x": listed(layer.inputs[at]),
                **{letter: listed(one) for letter, one in step.items()},
            }
            text.append(f"{layer.name}, step {at + 1}: {name}\n{self._table(step)}")
        first = next(iter(reading.layers))
        said = f"{type(first.cell).__name__}: elman describe cells has its formula; every letter below is one of it."
        return Seen("\n\n".join(text), facts, verdict=said)

    def _table(self, step: dict[str, torch.Tensor]) -> str:
        width = max(len(one) for one in step.values())
        unit = self.options.unit
        units = range(min(_MOST_UNITS, width)) if unit is None else [checked(unit, width)]
        rows = [["unit", *map(str, units)]]
        for letter, one in step.items():
            rows.append([letter, *(f"{float(one[at]):.6f}" if at < len(one) else "" for at in units)])
        more = f"\nand {width - _MOST_UNITS} more units: --unit N, or --format json" if width > _MOST_UNITS else ""
        return "\n".join(aligned(rows)) + (more if unit is None else "")


def _before(layer: Layer, place: int) -> dict[str, torch.Tensor]:
    """Return the parts of the state before a step: those after the one that was read before it."""
    last = place + 1 if layer.backwards else place - 1
    if 0 <= last < len(layer.inputs):
        return {part: layer.steps[part][last] for part in layer.parts}
    return {part: getattr(layer.before, part) for part in layer.parts}
