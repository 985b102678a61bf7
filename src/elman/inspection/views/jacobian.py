"""How a recurrence passes on what it holds: products of Jacobians, beside what gates alone let by."""

import math
from typing import Any

import numpy as np

from elman.data.records import Example
from elman.inspection.chains import products
from elman.inspection.layers_view import DRAWN, LayersView
from elman.inspection.numbers import brief, listed
from elman.inspection.reading import Layer, Reading
from elman.inspection.views.base import Panel, Seen
from elman.inspection.views.gates import kept_share
from elman.inspection.views.gradients import back_from
from elman.pages.over_places import over_places
from elman.text.folding import aligned
from elman.text.printed import counted

_WHOLE = 512
"""Numbers of a state up to which all of it is followed; of a larger one, its memory is."""


class JacobianView(LayersView):
    """The norm of ∂s_T/∂s_t by layer, for each t before T: what a small change of a state comes to.

        total    ‖∂m_T/∂m_t‖₂, the product of the Jacobians of all steps between, m being c where there is one, else h
        direct   max over units of Π_{t<i<=T} f_i: what the gate that keeps lets by, were gates and candidates constant
        whole    ‖∂s_T/∂s_t‖₂ of all parts of the state, where it has 512 numbers or fewer

    f = 1 promises nothing: the total can vanish or grow while the direct term is the same. Products are renormalised
    after each step, so that no norm is lost to underflow.
    """

    title = "Jacobian"
    takes = ("at", "layer")

    def seen(self, example: Example) -> Seen:
        """Return the norms of the products."""
        reading = self.subject.read(example)
        place = self.place(reading)
        every = self.layers_of(reading)
        last = [one for one in every if not one.backwards][-1:]
        layers = last if self.options.layer is None else every
        facts: dict[str, Any] = {}
        rows, panels, said = [], [], []
        for layer in layers:
            at, places = min(place, len(layer.inputs) - 1), reading.places_of(layer)
            logs = log_norms(layer, at)
            facts[layer.name] = {"at": at + 1, "ln norm": {name: listed(one) for name, one in logs.items()}}
            for name, one in logs.items():
                rows.append(
                    [layer.name, name, *(_cell(one, lag) for lag in (1, 2, 5, 10, 20, 50)), _cell(one, len(one))]
                )
            panels.append(_panel(reading, layer, at, places, logs))
            said.append(_said(layer, logs))
        heads = ["layer", "norm", "1 step back", "2", "5", "10", "20", "50", "the start"]
        more = f"\none of {len(every)} layers: --layer L looks at another" if len(layers) < len(every) else ""
        return Seen("\n".join(aligned([heads, *rows], left=2)) + more, facts, verdict=" ".join(said), panels=panels)


def log_norms(layer: Layer, place: int) -> dict[str, np.ndarray]:
    """Return ln of each norm, by how far back the state is, from one step on: the last is the start of the layer."""
    sizes = layer.cell.state_sizes
    memory = "c" if "c" in sizes else next(iter(sizes))
    wanted = list(sizes) if sum(sizes.values()) <= _WHOLE else [memory]
    first = sum(size for name, size in list(sizes.items())[: wanted.index(memory)]) if len(wanted) > 1 else 0
    rows = slice(first, first + sizes[memory])
    total, whole = [], []
    for product in products(layer, place, wanted):
        total.append(product.log_norm([memory], rows))
        whole.append(product.log_norm() if len(wanted) == len(sizes) else math.nan)
    found = {"total": np.array(total)}
    share = kept_share(layer)
    if share is not None:
        kept = back_from(layer, np.log(share[0].numpy()), place)
        found["direct"] = np.cumsum(kept, axis=0).max(1)
    elif layer.cell.keeps == "" and "c" in sizes:
        found["direct"] = np.zeros(len(total))
    if len(wanted) == len(sizes) and len(sizes) > 1:
        found["whole"] = np.array(whole)
    return found


def _cell(logs: np.ndarray, lag: int) -> str:
    if not 1 <= lag <= len(logs):
        return ""
    log = float(logs[lag - 1])
    return brief(math.exp(log)) if -600 < log < 600 else ("0" if log == -math.inf else f"e^{log:,.0f}")


def _panel(reading: Reading, layer: Layer, place: int, places: list[str], logs: dict[str, np.ndarray]) -> Panel:
    order = [str(lag) for lag in range(1, len(logs["total"]) + 1)][:DRAWN]
    curves = {name: (one[:DRAWN] / math.log(10)).tolist() for name, one in logs.items()}
    curves = {name: [value if math.isfinite(value) else math.nan for value in one] for name, one in curves.items()}
    title = f"{layer.name}: from place {place + 1} ({places[place]}) back"
    label = "log10 of ‖∂s_T/∂s_t‖₂"
    return Panel(title, lambda: over_places(order, curves, label, across="steps back from T"))


def _said(layer: Layer, logs: dict[str, np.ndarray]) -> str:
    """Return how fast what is held fades, and what of it the gates explain."""
    total = logs["total"]
    last = float(total[-1])
    if last == -math.inf:
        return f"{layer.name}: nothing at all of the start is left {len(total)} steps later."
    factor = math.exp(last / len(total))
    word = "fades" if factor < 0.98 else "grows" if factor > 1.02 else "stays"
    found = f"{layer.name}: a change {word} by a factor of {factor:.3f} a step over {counted(len(total), 'steps')}"
    if "direct" not in logs:
        return f"{found}."
    direct = math.exp(float(logs["direct"][-1]) / len(total))
    more = "more than" if last > logs["direct"][-1] + 0.1 else "less than" if last < logs["direct"][-1] - 0.1 else "as"
    return f"{found}; the gate that keeps would let {direct:.3f} by: {more} the direct path alone."
