"""How often the gates and units of recurrent layers are at their ends."""

import torch
from torch import Tensor

from elman.data.records import Example
from elman.inspection.layers_view import LayersView, letter_of
from elman.inspection.numbers import listed
from elman.inspection.reading import Layer
from elman.inspection.views.base import Panel, Seen
from elman.pages.triangle import triangle
from elman.text.folding import aligned

_LEFT, _RIGHT = 0.1, 0.9
_ALWAYS = 0.95


class SaturationView(LayersView):
    """The share of steps at which each gate of each unit is below 0.1 (left), and above 0.9 (right).

    A dot a unit: (0, 0) is never at an end, (0, 1) always open, (1, 0) always closed. Of h, which goes from -1 to 1,
    left is the share below -0.9. Only real steps count; a long line says more than a short one, and each line of a file
    is for itself.

    Source: Karpathy et al. (2015), Visualizing and understanding recurrent networks, arXiv:1506.02078, figure 2.
    """

    title = "Saturation"
    takes = ("layer", "letter")

    def seen(self, example: Example) -> Seen:
        """Return how often units were at their ends."""
        reading = self.subject.read(example)
        facts: dict[str, dict[str, object]] = {}
        rows, panels, said = [], [], []
        for layer in self.layers_of(reading):
            shares = {
                letter: ends(layer, letter) for letter in letter_of(layer, self.options.letter, (*layer.gates, "h"))
            }
            facts[layer.name] = {
                "steps": len(layer.inputs),
                **{letter: {"left": listed(left), "right": listed(right)} for letter, (left, right) in shares.items()},
            }
            rows += [_row(layer.name, letter, *one) for letter, one in shares.items()]
            panels.append(_panel(layer.name, shares))
            said.append(_said(layer, shares))
        heads = ["layer", "gate", "always left", "left", "between", "right", "always right"]
        return Seen("\n".join(aligned([heads, *rows], left=2)), facts, verdict=" ".join(said), panels=panels)


def ends(layer: Layer, letter: str) -> tuple[Tensor, Tensor]:
    """Return the share of steps at which each unit is at its left, and at its right end, (N,) each."""
    values = layer.over_time(letter)
    low = _LEFT if letter in layer.gates else -_RIGHT
    if not len(values):
        return values.new_zeros(values.shape[1]), values.new_zeros(values.shape[1])
    return (values < low).double().mean(0), (values > _RIGHT).double().mean(0)


def _row(name: str, letter: str, left: Tensor, right: Tensor) -> list[str]:
    low, high = float(left.mean()), float(right.mean())
    always = [f"{int((one > _ALWAYS).sum())} of {len(one)}" for one in (left, right)]
    return [name, letter, always[0], f"{low:.0%}", f"{1 - low - high:.0%}", f"{high:.0%}", always[1]]


def _panel(name: str, shares: dict[str, tuple[Tensor, Tensor]]) -> Panel:
    dots = {letter: torch.stack(one).T.numpy() for letter, one in shares.items()}
    return Panel(f"{name}: share of steps at the ends, a dot a unit", lambda: triangle(dots, name))


def _said(layer: Layer, shares: dict[str, tuple[Tensor, Tensor]]) -> str:
    """Return what the ends mean for this layer."""
    found = []
    letter = layer.cell.keeps.rpartition(" ")[2]
    if letter in shares:
        left, right = shares[letter] if not layer.cell.keeps.startswith("1") else shares[letter][::-1]
        for what, one in (("keep all the time, as counters do", right), ("keep nothing, as if without memory", left)):
            count = int((one > _ALWAYS).sum())
            if count:
                found.append(f"{count} of {len(one)} units {what}")
    if "h" in shares:
        full = float((shares["h"][0] + shares["h"][1]).mean())
        if full > 0.5:
            found.append(f"h is beyond ±.9 at {full:.0%} of the steps: little gradient passes; lower --learning-rate")
    return f"{layer.name}: {'; '.join(found) if found else 'no unit keeps all or nothing all the time'}."
