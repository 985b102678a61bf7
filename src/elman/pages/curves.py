"""The curves of a training: its loss, and the score on the validation part."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elman.pages.charts import Curve
from elman.pages.headings import heading

Events = Sequence[Mapping[str, Any]]
"""Lines of a log."""


class Drawing(NamedTuple):
    """Curves that share a picture.

    Args:
        title: of the picture.
        curves: in order.
        label: what the vertical axis shows.
    """

    title: str
    curves: Sequence[Curve]
    label: str


def drawings(events: Events) -> list[Drawing]:
    """Return the loss, with that of the validation part, or that part's score in a picture of its own.

    Nothing is drawn of a model that was fitted in one step.

    Args:
        events: the log of a run.
    """
    train, validation = of("train", events), of("validation", events)
    if not train:
        return []
    data = of("data", events)[-1]
    unit = str(data.get("target") or data["unit"].removesuffix("s"))
    curves = [curve("training", train, "nats")]
    if passes := of("pass", events):
        curves.append(curve("mean of a pass", passes, "nats", points=True))
    likelihoods = [event for event in validation if event["score"] == "cross_entropy"]
    if likelihoods:
        curves.append(curve("validation", likelihoods, "value", points=True))
    loss = Drawing("Loss", curves, f"nats a {unit}")
    if likelihoods or not validation:
        return [loss]
    name = heading(validation[0]["score"])
    return [loss, Drawing(f"Validation: {name}", [curve("validation", validation, "value", points=True)], name)]


def of(name: str, events: Events) -> list[Mapping[str, Any]]:
    """Return the lines of one kind."""
    return [event for event in events if event["event"] == name]


def curve(name: str, events: Events, key: str, points: bool = False) -> Curve:
    """Return a value of lines over their steps."""
    return Curve(name, [event["step"] for event in events], [event[key] for event in events], points)
