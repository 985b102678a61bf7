"""What a training has logged of its gradients, as pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from elman.pages.charts import Curve, chart

_FEW = 40
_SIZE = (6.6, 3.4)


def gradients(events: Sequence[Mapping[str, Any]], unit: str) -> str:
    """Return HTML with how much of the loss, and of a last output, reaches each step of each layer.

    Args:
        events: the lines of the log about gradients; shown are the first and the last.
        unit: what a step is.
    """
    if not events:
        return ""
    pictures, reach = [], []
    for event in sorted({event["step"]: event for event in (events[0], events[-1])}.values(), key=lambda e: e["step"]):
        curves = [
            Curve(name, list(range(-len(norms) + 1, 1)), norms, points=len(norms) < _FEW)
            for name, norms in event["states"].items()
        ]
        across = f"{unit}s from the end of the batch"
        picture = chart(curves, "gradient norm of the state", _SIZE, "log", legend=len(curves) > 1, across=across)
        pictures.append(f"<div><h3>step {event['step']:,}</h3>{picture}</div>")
        reach += _reach(event, unit)
    found = f'<h2>Gradients through time</h2><div class="row">{"".join(pictures)}</div>'
    if reach:
        found += f'<h2>How far back a state is felt</h2><div class="row">{"".join(reach)}</div>'
    return found


def _reach(event: Mapping[str, Any], unit: str) -> list[str]:
    """Return a picture of how much of a last output hangs on the states before it; zeros are left out, and said."""
    every = {name: values for name, values in event.get("reach", {}).items() if values}
    if not every:
        return []
    curves, zeros = [], 0
    for name, values in every.items():
        some = [(-lag, value) for lag, value in enumerate(values) if value]
        zeros += len(values) - len(some)
        curves.append(Curve(name, [x for x, _ in some], [y for _, y in some], points=len(some) < _FEW))
    across = f"{unit}s before the last step"
    picture = chart(curves, "norm of ∂h_T/∂s_t", _SIZE, "log", legend=len(curves) > 1, across=across)
    gone = f", {zeros} values are 0" if zeros else ""
    return [f"<div><h3>step {event['step']:,}{gone}</h3>{picture}</div>"]
