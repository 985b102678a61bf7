"""Which validation of a run is its best, by its log, why none is, and whether it would have got better still."""

from collections.abc import Mapping, Sequence
from typing import Any

from elman.text.printed import counted

Events = Sequence[Mapping[str, Any]]


def best_of(events: Events) -> Mapping[str, Any] | None:
    """Return the validation whose weights are kept; None where no first score was a number."""
    found = [event for event in events if event["event"] == "validation" and event["best"]]
    return found[-1] if found else None


def kept_sample(events: Events) -> Mapping[str, Any] | None:
    """Return what the weights that are kept wrote; None where no sample was drawn from them."""
    best = best_of(events)
    if best is None:
        return None
    after = events[events.index(best) :]
    return next((event for event in after if event["event"] == "sample" and event["step"] == best["step"]), None)


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


def last_gain(events: Events) -> str:
    """Return in a clause what the last validation brought, where it is the best: then longer training helps.

    Empty where another is, where there is no other, and where its gain is too small to be seen.
    """
    found = [event for event in events if event["event"] == "validation" and not event.get("averaged")]
    before, last = best_of(found[:-1]), found[-1] if found else None
    if last is None or before is None or not last["best"] or last.get("kept") == "last":
        return ""
    if last["value"] == before["value"]:  # the worst there is
        return "the training loss still fell at the last validation"
    if last["shown"] == before["shown"]:
        return ""
    return f"the score still got better at the last validation, from {before['shown']} to {last['shown']}"


def _at(count: int) -> str:
    return "the only validation" if count == 1 else f"any of {counted(count, 'validations')}"
