"""How far the gates of recurrent layers are open over time, and how long what they keep stays."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Example
from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.inspection.layers_view import DRAWN, LayersView, has_forget_bias, letter_of
from elman.inspection.numbers import brief, listed
from elman.inspection.reading import Layer, Reading
from elman.inspection.recording import cells_of
from elman.inspection.views.base import Panel, Seen
from elman.pages.grid import grid
from elman.pages.over_places import over_places
from elman.text.folding import aligned

_LEFT, _RIGHT = 0.1, 0.9
_SHORT = 10
"""How many time scales a text is long where what is kept of its start is next to nothing: e^-10."""


class GatesView(LayersView):
    """The gates of each layer over time, and the time scale of the one that keeps.

        time scale of a unit = 1 / (1 - f̄), f̄ its mean over the text;    decay a step = exp(mean of ln f)
        1 - f = σ(-z), so that gates near 1 have all their digits

    f is the share of the old state that a step keeps: a forget gate at 1 keeps everything. It is z of a GRU, 1 - f of a
    minimal gated unit. The two numbers differ where f varies.
    """

    title = "Gates"
    takes = ("layer", "letter")

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: layers, or cells with gates."""
        lack = super().lacks(model)
        if lack:
            return lack
        return (
            "" if any(cell.opens for cell in cells_of(model.model).values()) else f"{model.model.title} has no gates."
        )

    def seen(self, example: Example) -> Seen:
        """Return how far gates were open."""
        reading = self.subject.read(example)
        layers, facts, rows, panels = self.layers_of(reading), {}, [], []
        gates = list(dict.fromkeys(letter for layer in layers for letter in layer.gates))
        if self.options.letter not in (None, *gates):
            raise ConfigError(f"--letter: got {self.options.letter!r}, expected a gate: {', '.join(gates)}.")
        for layer in layers:
            letters = letter_of(layer, self.options.letter, layer.gates)
            values = {letter: layer.over_time(letter) for letter in letters}
            kept = kept_share(layer)
            facts[layer.name] = _facts(reading.places_of(layer), values, kept)
            rows += [_row(layer, letter, one) for letter, one in values.items()]
            panels += _panels(reading, layer, values)
        table = ["\n".join(aligned([["layer", "gate", "mean", "below .1", "above .9"], *rows], left=2))]
        scales = [_scale_row(name, one["kept"]) for name, one in facts.items() if one["kept"]]
        if scales:
            heads = ["what is kept", "mean f", "1/(1-f̄): median", "lowest tenth", "highest tenth", "half is gone after"]
            table.append("\n".join(aligned([heads, *scales])))
        return Seen("\n\n".join(table), facts, verdict=self._verdict(facts), panels=panels)

    def _verdict(self, facts: dict[str, Any]) -> str:
        """Return how long the layers remember."""
        found = []
        for name, one in facts.items():
            if not one["kept"]:
                found.append(f"{name} has no gate that keeps: its memory is never let go.")
                continue
            half, scales = _half(one["kept"]), np.array(one["kept"]["time scale"], np.float64)
            long = float((scales > 20).mean())
            found.append(
                f"{name}: half of what a usual unit holds is gone after {brief(half)} steps, "
                f"and {long:.0%} of the units keep for more than 20."
            )
        lengths = {name: (_time_scale(one["kept"]), len(one["places"])) for name, one in facts.items() if one["kept"]}
        short = [(name, *one) for name, one in lengths.items() if one[0] * _SHORT < one[1]]
        if short and has_forget_bias(self.subject):
            name, scale, steps = min(short, key=lambda one: one[1] / one[2])
            found.append(
                f"A mean time scale of {brief(scale)} steps ({name}) is short against the {steps} of this text. Where "
                "something far back matters, start with gates that keep: --set model.cell_options.forget_bias=3."
            )
        return " ".join(found)


def kept_share(layer: Layer) -> tuple[Tensor, Tensor] | None:
    """Return which share of the old state each step keeps, and 1 minus it, each with all its digits, (T, H)."""
    keeps = layer.cell.keeps
    letter = keeps.rpartition(" ")[2]
    if not letter or letter not in layer.steps:
        return None
    gate = layer.over_time(letter)
    z = layer.logits.get(letter)
    opened = (gate, 1 - gate) if z is None else (torch.sigmoid(z), torch.sigmoid(-z))
    return opened[::-1] if keeps.startswith("1 - ") else opened


def _facts(places: list[str], values: dict[str, Tensor], kept: tuple[Tensor, Tensor] | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "places": places,
        "gates": {letter: listed(one) for letter, one in values.items()},
        "mean over units": {letter: listed(one.mean(1)) for letter, one in values.items()},
        "kept": None,
    }
    if kept is not None and len(kept[0]):
        share, lost = kept
        found["kept"] = {
            "mean": listed(share.mean(0)),
            "time scale": listed(1 / lost.mean(0)),
            "decay": listed(share.log().mean(0).exp()),
        }
    return found


def _row(layer: Layer, letter: str, values: Tensor) -> list[str]:
    left, right = float((values < _LEFT).double().mean()), float((values > _RIGHT).double().mean())
    kept = " (keeps)" if layer.cell.keeps == letter else " (lets go)" if layer.cell.keeps.endswith(f" {letter}") else ""
    return [layer.name, f"{letter}{kept}", f"{float(values.mean()):.3f}", f"{left:.0%}", f"{right:.0%}"]


def _scale_row(name: str, kept: dict[str, Any]) -> list[str]:
    scales = np.array([np.inf if one is None else one for one in kept["time scale"]])
    low, median, high = np.quantile(scales, [0.1, 0.5, 0.9], method="nearest")
    mean = float(np.mean(kept["mean"]))
    return [name, f"{mean:.3f}", brief(median), brief(low), brief(high), f"{brief(_half(kept))} steps"]


def _half(kept: dict[str, Any]) -> float:
    """Return after how many steps half of what the median unit holds is gone."""
    with np.errstate(divide="ignore"):
        return float(np.log(0.5) / np.log(np.median(np.array(kept["decay"], np.float64))))


def _time_scale(kept: dict[str, Any]) -> float:
    """Return the mean of 1/(1 - f̄) over units, in steps; infinite where a unit lets nothing go."""
    return float(np.mean([np.inf if one is None else one for one in kept["time scale"]]))


def _panels(reading: Reading, layer: Layer, values: dict[str, Tensor]) -> list[Panel]:
    """Return the means over units, and the gate that keeps unit by unit."""
    places = reading.places_of(layer)[:DRAWN]
    means = {letter: one[:DRAWN].mean(1).tolist() for letter, one in values.items()}
    found = [
        Panel(
            f"{layer.name}: mean of each gate", lambda: over_places(places, means, f"{layer.name}: mean gate", "share")
        )
    ]
    letter = layer.cell.keeps.rpartition(" ")[2]
    letter = letter if letter in values else next(iter(values))
    one = values[letter][:DRAWN]
    order = torch.argsort(one.mean(0), descending=True)
    names = [str(unit) for unit in order.tolist()]
    label = f"{letter}, 0 to 1"
    title = f"{layer.name}: gate {letter} of each unit, those that are open most first"
    found.append(Panel(title, lambda: grid(places, one[:, order].numpy(), 1.0, label, names, f"{layer.name}: unit")))
    return found
