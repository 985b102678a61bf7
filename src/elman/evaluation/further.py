"""Further metrics, which the user wants beside the scores of a task, fed with what those observe."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from elman.errors import ConfigError, DataError, did_you_mean, quoted
from elman.evaluation import (
    bits,
    classes,
    cloze,
    drawings,
    graded,
    likelihood,
    questions,
    series,
    several,
    spans,
    tags,
    texts,
    transcripts,
)
from elman.evaluation.base import ByPiece, Evaluation, Told, kind_of
from elman.metrics import METRICS
from elman.metrics.base import BinaryScores, Metric, Pairs, Score, TypedSpans, Variants
from elman.text.printed import figures
from elman.version import __version__

OBSERVED: Mapping[str, Mapping[str, Told]] = {
    "next_token": likelihood.SCORES,
    "word": cloze.SCORES,
    "label": classes.SCORES,
    "labels": several.SCORES,
    "answer": questions.SCORES,
    "tags": {**spans.SCORES, **tags.SCORES},
    "score": graded.SCORES,
    "target": texts.SCORES,
    "text": transcripts.SCORES,
    "ahead": series.SCORES,
    "bits": bits.SCORES,
    "point": drawings.SCORES,
}
"""By the first head of a task, the scores that its data has."""

BESIDE: Mapping[str, Sequence[type]] = {"label": (BinaryScores,), "tags": (TypedSpans,), "target": (Variants,)}
"""By the first head of a task, what further metrics may observe that none of its scores does."""


def named(metrics: Sequence[str]) -> dict[str, type[Metric]]:
    """Return metrics by the names of their scores: their own, or that of the class of who wrote it.

    Raises:
        ConfigError: there is no such metric.
    """
    kinds = {name: METRICS.get(name) for name in metrics}
    return {name if name in METRICS.names() else _in_words(kind.__name__): kind for name, kind in kinds.items()}


def misfits(metrics: Sequence[str], select: str, heads: Sequence[str], task: str) -> dict[str, str]:
    """Return by its option what a task cannot be scored with, and what it can: known before anything is read.

    Args:
        metrics: names of those that are wanted.
        select: the score that is to come first; empty for that of the task.
        heads: of the task.
        task: its name, for messages.
    """
    has = OBSERVED.get(heads[0])
    if has is None:
        return {}
    given = list(dict.fromkeys([*(one.observation for one in has.values()), *BESIDE.get(heads[0], ())]))
    for name in metrics:
        if METRICS.get(name).observation not in given:
            able = [one for one in METRICS.names() if METRICS.get(one).observation in given]
            what = f"{quoted(name)} observes {METRICS.get(name).observation.__name__}, and task {task} has "
            what += f"{_listed([kind.__name__ for kind in given])}. Choose among: {', '.join(able)}."
            return {"metrics": what}
    known = [*has, *(tags.OF_A_LABEL if "label" in heads[1:] else ()), *named(metrics)]
    if select and select not in (*known, *metrics):
        return {"select": f"no score {quoted(select)}. {did_you_mean(select, known)}"}
    if select in METRICS.names() and not METRICS.get(select).selects:
        return {"select": f"{quoted(select)}: its best is in the middle, so that no model is chosen by it."}
    return {}


def further(found: Evaluation, metrics: Mapping[str, type[Metric]], select: str, validates: bool) -> Evaluation:
    """Return an evaluation with further scores, and with the one first that is to select models.

    Args:
        found: what a task measured.
        metrics: by the names of their scores.
        select: name of a score; empty to leave the order.
        validates: whether the scores are to select models; other data may lack some of them.

    Raises:
        ConfigError: they are, and one cannot be computed on this data.
    """
    scores, by_piece = list(found.scores), found.by_piece
    for name, kind in metrics.items():
        if any(one.name == name for one in scores):
            continue
        like = _like(found, kind)
        if like is None and validates:
            what, meaning = kind.observation.__name__, (kind.observation.__doc__ or "").partition("\n")[0]
            raise ConfigError(f"task.metrics: nothing in the validation data is {what}: {name}. {what}: {meaning}")
        if like is None:
            continue
        value, kin = like
        own = "" if kind.__module__.startswith("elman.metrics.") else f"|metric:{name}"
        unit = kind.unit if own or kind.unit else kin.unit
        scores.append(
            Score(name, value, unit, f"{_signature(kin, kind)}{own}|elman:{__version__}", kind.lower_is_better)
        )
        if by_piece is not None and kind.adds:
            observed = {**by_piece.observed, name: (kind, _observations(by_piece, kind.observation)[1])}
            by_piece = replace(by_piece, observed=observed)
    first = next((one for one in scores if one.name == select), None)
    if first is None and select and validates:
        names = list(dict.fromkeys(one.name for one in scores))
        raise ConfigError(f"task.select: no score {quoted(select)} of this data. {did_you_mean(select, names)}")
    if first is None or first is found.scores[0]:
        return replace(found, scores=scores, by_piece=by_piece)
    scores.sort(key=lambda one: one is not first)
    shown = f"{first.name.replace('_', ' ')} {figures(first.value)}"
    return replace(found, scores=scores, shown=shown, by_piece=by_piece)


def _signature(kin: Score, kind: type[Metric]) -> str:
    """Return what a metric depends on: as a score that observes the same, or how that was made and its own."""
    if not kind.signature:
        return kin.signature.partition("|elman:")[0]
    return f"{kin.signature.partition('|')[0]}|{kind.signature}"


def _like(found: Evaluation, kind: type[Metric]) -> tuple[float, Score] | None:
    """Return the value of a metric, and a score that observes the same; None if none does."""
    if found.by_piece is not None:
        name, make = _observations(found.by_piece, kind.observation)
        if name:
            return _value(kind(), make()), next((one for one in found.scores if one.name == name), found.scores[0])
    whole = next((one for one in found.whole if type(one) is kind.observation), None)
    if whole is None:
        return None
    names = [one for has in OBSERVED.values() for one, of in has.items() if of.observation is kind.observation]
    return _value(kind(), [whole]), next(one for one in found.scores if one.name in names)


def _observations(by_piece: ByPiece, observation: type) -> tuple[str, Any]:
    """Return who observes the same, a score or nobody but further metrics, and what makes that; empty if none does."""
    for name, (metric, make) in by_piece.observed.items():
        if kind_of(metric).observation is observation:
            return name, make
    beside = by_piece.beside.get(observation)
    return ("", list) if beside is None else (observation.__name__, beside)


def _value(metric: Metric, observations: Iterable[Any]) -> float:
    """Return the value of a metric over observations; NaN where it has none.

    Raises:
        ConfigError: its statistics do not add, and what it observes cannot be put together.
    """
    each = list(observations)
    if not metric.adds and len(each) != 1:
        if metric.observation is not Pairs:
            raise ConfigError(f"{type(metric).__name__}: adds = False is for metrics that observe Pairs.")
        each = [Pairs(*(np.concatenate(side) for side in zip(*each, strict=True)))]
    try:
        return metric.value(np.sum([metric.statistics(one) for one in each], axis=0)) if each else float("nan")
    except DataError:
        return float("nan")


def _listed(names: Sequence[str]) -> str:
    """Return names one after the other, the last behind an `and`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _in_words(name: str) -> str:
    """Return the name of a class as a score is called: `MatthewsCorrelation` is matthews_correlation."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
