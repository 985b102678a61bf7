"""The labels of a text or a series, with their probabilities."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.answers.base import Answer, Ranked, ranked_facts, ranked_line, rounded
from elman.data.records import Example
from elman.text.printed import on_one_line

_LONGEST = 300


def likeliest(log_probs: np.ndarray, names: Sequence[str], k: int) -> Ranked:
    """Return the k likeliest labels with their probabilities, the likeliest first; of equal ones the first named.

    Args:
        log_probs: log p of each label (nats), (K,).
        names: of the labels.
        k: how many, fewer if there are fewer.
    """
    order = np.argsort(-log_probs, kind="stable")[:k]
    return [(names[label], float(np.exp(log_probs[label]))) for label in order]


def shown(example: Example) -> str:
    """Return the text of an example, or where a series stands and how long it is."""
    if "text" in example.fields:
        return str(example.fields["text"])
    count = len(example.fields["frames"])
    return f"{example.place} ({count:,} frame{'s' * (count != 1)})"


def beginning(example: Example) -> str:
    """Return what `shown` says, or its beginning where it is long."""
    text = shown(example)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def labeled(
    example: Example, found: Ranked, facts: bool, words: Sequence[str] = (), looked: np.ndarray | None = None
) -> Answer:
    """Return what a model says to a text or a series.

    Args:
        example: it.
        found: its labels.
        facts: whether those for JSON are wanted.
        words: of a text.
        looked: how much the model looked at each place, (T,); None if it does not look.
    """
    line = f"{ranked_line(found) or '(none)'}\t{on_one_line(shown(example))}"
    if not facts:
        return Answer(found, line)
    what = "text" if "text" in example.fields else "series"
    told: dict[str, Any] = {what: shown(example), "labels": ranked_facts(found, "label", "probability")}
    if looked is not None:
        told["attention"] = {**({"words": list(words)} if what == "text" else {}), "weights": rounded(looked)}
    return Answer(found, line, told)
