"""The curves of a training: its loss, and the score on the validation part."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elman.pages.charts import Curve
from elman.pages.headings import heading
from elman.runs.baselines import Baseline, logged

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
    easy, mixes = logged(events), data.get("mixes")
    if likelihoods and mixes:  # what training minimises is in other units than what validation measures
        measured = [curve("validation", likelihoods, "value", points=True), *_levels(easy, likelihoods)]
        return [Drawing("Loss", curves, f"a {unit}: {mixes}"), Drawing("Validation", measured, f"nats a {unit}")]
    if likelihoods:
        curves += [curve("validation", likelihoods, "value", points=True), *_levels(easy, train)]
    loss = Drawing("Loss", curves, f"a {unit}: {mixes}" if mixes else f"nats a {unit}")
    if likelihoods or not validation:
        return [loss]
    name = heading(validation[0]["score"])
    curves = [curve("validation", validation, "value", points=True), *_levels(easy, validation)]
    return [loss, Drawing(f"Validation: {name}", curves, name)]


def of(name: str, events: Events) -> list[Mapping[str, Any]]:
    """Return the lines of one kind."""
    return [event for event in events if event["event"] == name]


def curve(name: str, events: Events, key: str, points: bool = False) -> Curve:
    """Return a value of lines over their steps."""
    return Curve(name, [event["step"] for event in events], [event[key] for event in events], points)


def _levels(easy: Sequence[Baseline], events: Events) -> list[Curve]:
    """Return what baselines reach, as levels from the first of some events to the last."""
    ends = [events[0]["step"], events[-1]["step"]]
    return [Curve(one.model, ends, [one.score.value] * 2, dashed=True) for one in easy]
