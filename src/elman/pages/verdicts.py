"""What a log says is wrong with a training, and the option that helps."""

from collections.abc import Mapping, Sequence
from html import escape
from statistics import median
from typing import Any

from elman.config import Settings
from elman.pages.curves import Events, of
from elman.text.printed import counted

_ALWAYS, _SPIKE = 0.95, 20.0
_SATURATED, _DEAD = 0.75, 0.2
_GONE = 1e-3
_RISE = 1.02
_FEW = 5


def verdicts(settings: Settings, events: Events) -> list[str]:
    """Return sentences about a run: how far back it learns, gates, units, clipping, over-fitting.

    What is not logged is not judged: gates, units and reach need `training.log_gradients`.

    Args:
        settings: of the run.
        events: its log.
    """
    train, last = of("train", events), of("gradients", events)[-1:]
    found = [*_of_clipping(settings, train), *_of_fitting(settings, train, of("validation", events))]
    for event in last:
        found += [*_of_reach(settings, event), *_of_gates(event), *_of_units(settings, event)]
    return found


def shown(found: Sequence[str]) -> str:
    """Return them as HTML; empty where there are none."""
    return f"<h2>What this run says</h2><ul>{''.join(f'<li>{escape(one)}</li>' for one in found)}</ul>" if found else ""


def _of_reach(settings: Settings, event: Mapping[str, Any]) -> list[str]:
    found = []
    for name, values in event.get("reach", {}).items():
        if len(values) < 2 or not values[0]:
            continue
        half = next((lag for lag, value in enumerate(values) if value < values[0] / 2), None)
        left = values[-1] / values[0]
        far = f"{left:.1e} of it is left after {len(values) - 1}"
        if half is None:
            found.append(f"{name}: half of the gradient or more is still there after {len(values) - 1} steps.")
        elif left < _GONE:
            found.append(
                f"{name}: half of the gradient is gone after {counted(half, 'steps')}, {far}. {_longer(settings)}"
            )
        else:
            found.append(f"{name}: half of the gradient is gone after {counted(half, 'steps')}, {far}.")
    return found


def _longer(settings: Settings) -> str:
    """Return what lets gradients come from further back."""
    cell = str(settings.get("model.cell"))
    if cell in ("elman", "indrnn"):
        return "If what is further back matters, take a cell with gates: --cell lstm."
    if ("lstm" in cell and cell != "lstm_1997") or cell == "janet":
        return "If what is further back matters, gates that keep help: --set model.cell_options.forget_bias=3."
    return "If what is further back matters, try --cell lstm --set model.cell_options.forget_bias=3."


def _of_gates(event: Mapping[str, Any]) -> list[str]:
    found = []
    for name, gates in event.get("gates", {}).items():
        for letter, (_, low, high) in gates.items():
            for share, where in ((low, "below .1"), (high, "above .9")):
                if share > _SATURATED:
                    found.append(
                        f"{name}: gate {letter} is {where} at {share:.0%} of the steps and units, where little "
                        "gradient passes through it. A lower --learning-rate keeps gates from their ends."
                    )
    return found


def _of_units(settings: Settings, event: Mapping[str, Any]) -> list[str]:
    hidden = settings.get("model.hidden_size")
    return [
        f"{name}: {share:.0%} of the units stand still. Fewer are enough (--hidden, now {hidden}), or the start or "
        "rate has driven them to an end (--learning-rate)."
        for name, share in event.get("still", {}).items()
        if share > _DEAD
    ]


def _of_clipping(settings: Settings, train: Events) -> list[str]:
    clip, norms = settings.get("training.clip_norm"), [event["gradient_norm"] for event in train if
                                                       event.get("gradient_norm") is not None]  # fmt: skip
    if len(norms) < _FEW:
        return []
    found = []
    if clip and sum(norm > clip for norm in norms) >= _ALWAYS * len(norms):
        found.append(
            f"The gradient is clipped at nearly every step: its norm is {median(norms):.3g} where {clip:g} is allowed, "
            "so the clipping sets the size of each update. Allow more "
            f"(--set training.clip_norm={2 * median(norms):.2g}) and lower --learning-rate."
        )
    if max(norms) > _SPIKE * median(norms):
        at = max(train, key=lambda event: event.get("gradient_norm") or 0.0)["step"]
        remedy = (
            "" if clip and clip <= median(norms) * _SPIKE else f": --set training.clip_norm={2 * median(norms):.2g}"
        )
        found.append(f"The gradient jumped to {max(norms):.3g} at step {at:,}, from {median(norms):.3g}{remedy}.")
    return found


def _of_fitting(settings: Settings, train: Events, validation: Events) -> list[str]:
    """Return whether validation got worse while training got better, or had not stopped to get better."""
    values = [event for event in validation if event["value"] is not None and event.get("lower_is_better") is not None]
    if len(values) < 3 or not train:
        return []
    best = [event for event in values if event["best"]][-1:] or values[:1]
    step, last = best[0]["step"], values[-1]
    earlier = [event["nats"] for event in train if event["step"] <= step and event["nats"] is not None]
    later = [event["nats"] for event in train if event["step"] > step and event["nats"] is not None]
    if last["step"] == step:
        return []
    worse = _worse(last["value"], best[0]["value"], bool(last.get("lower_is_better")))
    if not (earlier and later and worse and later[-1] < earlier[-1]):
        return []
    dropout = settings.get("model.dropout")
    more = f"--dropout {min(0.7, float(dropout) + 0.2):g}" if isinstance(dropout, int | float) else "More data"
    ended = f"validation was best at step {step:,} ({best[0]['value']:.4g}) and ended at {last['value']:.4g}"
    fell = f"the loss of training fell from {earlier[-1]:.3f} to {later[-1]:.3f}"
    return [
        f"It over-fits: {ended}, while {fell}. The weights of step {step:,} are kept. "
        f"{more}, a smaller --hidden or fewer steps help."
    ]


def _worse(last: float, best: float, lower: bool) -> bool:
    """Say whether a score is clearly worse than the best."""
    return last > best * _RISE if lower else last * _RISE < best
