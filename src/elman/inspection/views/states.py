"""What the units of recurrent layers hold over time."""

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Example
from elman.inspection.layers_view import DRAWN, LayersView, letter_of
from elman.inspection.numbers import brief, listed
from elman.inspection.reading import Layer, Reading
from elman.inspection.views.base import Panel, Seen
from elman.pages.grid import grid
from elman.pages.over_places import over_places
from elman.text.folding import aligned

_FULL, _STILL, _DEAD = 0.9, 1e-3, 0.2
_MOST_UNITS = 80


class StatesView(LayersView):
    """The state of each layer after each step: h from -1 to 1, c on a scale that all units share.

    A unit stands still where its values differ by less than 0.001 over the whole text. With --unit, one unit alone.
    """

    title = "States"
    takes = ("layer", "letter", "unit")

    def seen(self, example: Example) -> Seen:
        """Return what the units held."""
        reading = self.subject.read(example)
        facts: dict[str, object] = {}
        rows, panels, said = [], [], []
        for layer in self.layers_of(reading):
            values = {letter: layer.over_time(letter) for letter in letter_of(layer, self.options.letter, layer.parts)}
            places = reading.places_of(layer)
            facts[layer.name] = {"places": places, **{letter: listed(one) for letter, one in values.items()}}
            for letter, one in values.items():
                rows.append(_row(layer, letter, one))
                panels.append(self._panel(reading, layer, letter, one))
            said.append(_said(layer, values))
        heads = ["layer", "state", "mean size", "largest", "above .9", "stand still"]
        return Seen("\n".join(aligned([heads, *rows], left=2)), facts, verdict=" ".join(said), panels=panels)

    def _panel(self, reading: Reading, layer: Layer, letter: str, values: Tensor) -> Panel:
        """Return a picture of one unit, or of those that move most."""
        places, shown = reading.places_of(layer)[:DRAWN], values[:DRAWN]
        unit = self.options.unit
        if unit is not None:
            one = shown[:, checked(unit, values.shape[1])].tolist()
            name = f"{layer.name}: {letter}, unit {unit}"
            return Panel(name, lambda: over_places(places, {name: one}, name))
        order = torch.argsort(values.std(0, correction=0), descending=True)[:_MOST_UNITS]
        most = 1.0 if letter == "h" else max(float(shown.abs().max()), 1e-12) if shown.numel() else 1.0
        title = f"{layer.name}: {letter}, the units that move most first"
        names, label = [str(one) for one in order.tolist()], f"{letter}, -{brief(most)} to {brief(most)}"
        return Panel(title, lambda: grid(places, shown[:, order].numpy(), most, label, names, f"{layer.name}: unit"))


def checked(unit: int, units: int) -> int:
    """Return a unit that is there.

    Raises:
        ConfigError: it is not.
    """
    if not 0 <= unit < units:
        from elman.errors import ConfigError

        raise ConfigError(f"--unit: got {unit}, expected 0 to {units - 1}.")
    return unit


def still(values: Tensor) -> Tensor:
    """Return which units do not move, (N,); of a text of one step nobody knows, and none does."""
    if len(values) < 2:
        return torch.zeros(values.shape[1], dtype=torch.bool)
    return values.amax(0) - values.amin(0) < _STILL


def _row(layer: Layer, letter: str, values: Tensor) -> list[str]:
    size = values.abs()
    if not values.numel():
        return [layer.name, letter, "-", "-", "-", "-"]
    full = f"{float((size > _FULL).double().mean()):.0%}" if letter == "h" else "-"
    return [
        layer.name, letter, brief(float(size.mean())), brief(float(size.max())), full,
        f"{int(still(values).sum())} of {values.shape[1]}",
    ]  # fmt: skip


def _said(layer: Layer, values: dict[str, Tensor]) -> str:
    """Return what is wrong with the units, if something is."""
    h = values.get("h", next(iter(values.values())))
    dead = float(still(h).double().mean())
    full = float((h.abs() > _FULL).double().mean()) if h.numel() else 0.0
    if dead > _DEAD:
        return (
            f"{layer.name}: {dead:.0%} of the units stand still over this text: they say nothing here. If they do so "
            "over much text, fewer units are enough (--hidden), or they are saturated (inspect saturation)."
        )
    if np.isfinite(full) and full > 0.5:
        return (
            f"{layer.name}: {full:.0%} of the values are beyond ±.9, where little gradient passes. Lower the learning "
            "rate, or the start (--set model.init_range=0.05)."
        )
    return f"{layer.name}: {1 - dead:.0%} of the units move, {full:.0%} of their values are beyond ±.9."
