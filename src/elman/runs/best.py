"""Which validation of a run is its best, by its log, and why none is."""

from collections.abc import Mapping, Sequence
from typing import Any

from elman.text.printed import counted

Events = Sequence[Mapping[str, Any]]


def best_of(events: Events) -> Mapping[str, Any] | None:
    """Return the validation whose weights are kept; None where no first score was a number."""
    found = [event for event in events if event["event"] == "validation" and event["best"]]
    return found[-1] if found else None


def why_none(events: Events) -> str:
    """Return in a sentence why no validation is the best, and what to do; empty where one is, or there was none."""
    validations = [event for event in events if event["event"] == "validation"]
    if not validations or best_of(events) is not None:
        return ""
    last = validations[-1]
    name, others = last["score"], [one for one, value in last["scores"].items() if value is not None]
    first = f"{name.replace('_', ' ')} was not a finite number at {_at(len(validations))}"
    instead = f"; another score may decide, such as --set task.select={others[0]}" if others else ""
    return (
        f"{first}, so the weights of the last one are kept. A correlation has no value where all predictions, or all "
        f"true values, are the same: train longer, or give more validation data{instead}."
    )


def _at(count: int) -> str:
    return "the only validation" if count == 1 else f"any of {counted(count, 'validations')}"
