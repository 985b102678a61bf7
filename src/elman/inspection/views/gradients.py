"""How much of the loss at one place reaches the states before it."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Example
from elman.inspection.layers_view import DRAWN, AskedView, drawn, end_of, has_forget_bias
from elman.inspection.numbers import brief, listed
from elman.inspection.reading import Layer, Reading
from elman.inspection.scalars import asked, score
from elman.inspection.views.base import Panel, Seen
from elman.pages.over_places import over_places
from elman.text.folding import aligned
from elman.text.printed import counted

_WEAK = 1e-3
_LOUD = 1e3


class GradientsView(AskedView):
    """The gradient of the loss at place T with respect to the state after each place t, by layer.

        ‖∂L_T/∂h_t‖,  ‖∂L_T/∂c_t‖,  and both: (‖∂L_T/∂h_t‖² + ‖∂L_T/∂c_t‖²)^½        L_T = -log p at place T alone

    With the losses of all places a curve would never fall. The gradient of c is the total one, what goes through later
    gates included. It is computed in float64 without dropout. Several inputs are also shown as median and range by how
    far back a state is: a mean over examples would hide that gradients of opposite sign cancel.
    """

    title = "Gradients"
    takes = ("at", "word", "layer")

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what is seen of each input, and of all together where there are several."""
        found = list(super().look(lines))
        if len(found) > 1:
            yield _together(found)
        yield from found

    def seen(self, example: Example) -> Seen:
        """Return how much of a loss reaches each state."""
        reading = self.subject.read(example, learns=True)
        place = self.place(reading, answers=True)
        wanted = asked(self.subject, example, reading, place, self.options.word)
        loss = -score(self.subject, reading.hidden, wanted)[0]
        layers = self.layers_of(reading)
        norms = {layer.name: one for layer, one in zip(layers, gradient_norms(layers, loss), strict=True)}
        facts: dict[str, Any] = {"loss": wanted.loss, wanted.unit: float(loss.detach()), "at": place + 1, "layers": {}}
        rows, panels = [], []
        for layer in layers:
            one, places = norms[layer.name], reading.places_of(layer)
            end = end_of(layer, reading, place, self.subject.text)
            norms_of = {name: listed(values) for name, values in one.items()}
            facts["layers"][layer.name] = {"places": places, "end": end + 1, **norms_of}
            rows.append(_row(layer.name, back_from(layer, one["both"], end)))
            panels.append(_panel(reading, layer, one, end))
        heads = ["layer", "at T", "1 step back", "5", "10", "20", "50", "first", "half is gone after"]
        return Seen(
            "\n".join([f"loss: {wanted.loss}, {wanted.shown(float(loss.detach()))}", *aligned([heads, *rows])]),
            facts,
            verdict=self._verdict(layers, norms, reading, place),
            panels=panels,
        )

    def _verdict(self, layers: Sequence[Layer], norms: Any, reading: Reading, place: int) -> str:
        """Return how far back the loss is felt."""
        found, weak, loud = [], False, False
        for layer in layers:
            end = end_of(layer, reading, place, self.subject.text)
            back = back_from(layer, norms[layer.name]["both"], end)
            if layer.text != self.subject.text % len(reading.places) and len(back) > 1:
                most = int(norms[layer.name]["both"].argmax())
                found.append(f"{layer.name}: most of it is at place {most + 1}, {reading.places_of(layer)[most]}.")
                continue
            if len(back) < 2 or not back[0]:
                continue
            half, last = half_after(back), back[-1] / back[0]
            found.append(
                f"{layer.name}: "
                + (
                    f"half of the gradient is gone after {counted(half, 'steps')}"
                    if half
                    else "half of the gradient or more is left"
                )
                + f", {brief(float(last))} of it is there {counted(len(back) - 1, 'steps')} back."
            )
            weak, loud = weak or last < _WEAK, loud or last > _LOUD
        bptt = int(getattr(self.subject.task.config, "bptt", 0) or 0)
        if weak:
            found.append(f"What is further back teaches next to nothing: try {self._other_cells(layers)}.")
        if loud:
            found.append("It grows on the way back: clip it (--set training.clip_norm=1), or start smaller.")
        if bptt and place >= bptt:
            found.append(
                f"Training cut gradients after {bptt} {self.subject.task.unit} (task.bptt): from further back nothing "
                "was learned."
            )
        return " ".join(found) or "There is one step: nothing lies before it."

    def _other_cells(self, layers: Sequence[Layer]) -> str:
        """Return what may reach further back."""
        ways = [] if all(layer.cell.opens for layer in layers) else ["a cell with gates (--cell lstm)"]
        ways += ["gates that keep (--set model.cell_options.forget_bias=3)"] * has_forget_bias(self.subject)
        return " or ".join([*ways, "less to read at once"])


def gradient_norms(layers: Sequence[Layer], loss: Tensor) -> list[dict[str, np.ndarray]]:
    """Return ‖∂L/∂s_t‖ of each part of the state, and of both, over time; 0 where L does not hang on it."""
    flat = [tensor for layer in layers for part in layer.parts for tensor in layer.steps[part]]
    grads = iter(torch.autograd.grad(loss, flat, allow_unused=True, retain_graph=True))
    found = []
    for layer in layers:
        parts = {part: np.array([_norm(next(grads)) for _ in layer.steps[part]]) for part in layer.parts}
        both = np.sqrt(sum((one**2 for one in parts.values()), np.zeros(len(layer.inputs))))
        found.append({**parts, "both": both} if len(parts) > 1 else {"both": both, **parts})
    return found


def back_from(layer: Layer, values: np.ndarray, place: int) -> np.ndarray:
    """Return values from a place on in the order in which a gradient comes to them: back in the layer's own time."""
    return values[place:] if layer.backwards else values[: place + 1][::-1]


def half_after(back: np.ndarray) -> int:
    """Return after how many steps less than half of a gradient is left for good; 0 where half or more is at the end."""
    above = np.flatnonzero(back >= back[0] / 2)
    last = int(above[-1]) + 1 if len(above) else 0
    return last if last < len(back) else 0


def _norm(gradient: Tensor | None) -> float:
    return 0.0 if gradient is None else float(torch.linalg.vector_norm(gradient))


def _row(name: str, back: np.ndarray) -> list[str]:
    cells = [brief(float(back[lag])) if lag < len(back) else "" for lag in (0, 1, 5, 10, 20, 50)]
    half = half_after(back)
    return [name, *cells, brief(float(back[-1])), counted(half, "steps") if half else "-"]


def _panel(reading: Reading, layer: Layer, norms: dict[str, np.ndarray], end: int) -> Panel:
    shown = slice(0, DRAWN) if layer.backwards else drawn(max(end, min(DRAWN, len(layer.inputs)) - 1))
    places = reading.places_of(layer)[shown]
    curves = {name: one[shown].tolist() for name, one in norms.items() if len(norms) > 2 or name != "both"}
    zeros = sum(int((np.array(one) == 0).sum()) for one in curves.values())
    title = f"{layer.name}: how much of the loss reaches each state" + (f"; {zeros} are exactly 0" if zeros else "")
    return Panel(title, lambda: over_places(places, curves, "gradient norm, ‖∂L_T/∂s_t‖", "log"))


def _together(every: Sequence[Seen]) -> Seen:
    """Return median and range over inputs, by how far back a state is."""
    facts: dict[str, Any] = {"inputs": len(every), "layers": {}}
    rows, panels = [], []
    for name in every[0].facts["layers"]:
        if "backward" in name:
            continue
        layers = [one.facts["layers"][name] for one in every]
        curves = [np.array(one["both"][: one["end"]][::-1]) for one in layers]
        longest = max(map(len, curves))
        grid = np.full((len(curves), longest), np.nan)
        for row, curve in enumerate(curves):
            grid[row, : len(curve)] = curve
        low, median, high = (np.nanquantile(grid, q, axis=0) for q in (0.0, 0.5, 1.0))
        facts["layers"][name] = {"lowest": listed(low), "median": listed(median), "highest": listed(high)}
        rows.append(_row(name, median))
        lags = [str(lag) for lag in range(longest)][:DRAWN]
        shown = {"highest": high[:DRAWN].tolist(), "median": median[:DRAWN].tolist(), "lowest": low[:DRAWN].tolist()}
        title = f"{name}: median and range over {len(every)} inputs"
        panels.append(
            Panel(title, lambda n=lags, s=shown: over_places(n, s, "gradient norm", "log", "steps back from T"))  # type: ignore[misc]
        )
    heads = ["median by layer", "at T", "1 step back", "5", "10", "20", "50", "first", "half is gone after"]
    return Seen("\n".join(aligned([heads, *rows])), facts, verdict=f"Over {len(every)} inputs:", panels=panels)
