"""A sentence with a tag for each word, and the spans that tags make."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer, rounded
from elman.text import schemes
from elman.text.characters import one_line


class Tagged(NamedTuple):
    """What a model says to one sentence.

    Args:
        tags: of its words, in the scheme of the training files.
        log_probs: log p of each tag, nats; empty where nobody asked for them.
        label: of the sentence, None where it has none.
    """

    tags: list[str]
    log_probs: np.ndarray
    label: str | None = None


def tagged(words: Sequence[str], found: Tagged, of_spans: bool, facts: bool) -> Answer:
    """Return what a model says to a sentence.

    Args:
        words: of the sentence.
        found: what it says.
        of_spans: whether tags mark spans.
        facts: whether those for JSON are wanted.
    """
    line = one_line(tagged_line(words, found.tags, of_spans))
    line = line if found.label is None else f"{one_line(found.label)}\t{line}"
    return Answer(list(zip(words, found.tags, strict=True)), line, _facts(words, found, of_spans) if facts else {})


def tagged_line(words: Sequence[str], tags: Sequence[str], of_spans: bool) -> str:
    """Return a sentence with its tags: [Raul Salinas PER] for spans, word/TAG without."""
    if of_spans:
        return bracketed(words, tags)
    return " ".join(f"{word}/{tag}" for word, tag in zip(words, tags, strict=True))


def bracketed(words: Sequence[str], tags: Sequence[str]) -> str:
    """Return a sentence with its spans in brackets.

    >>> bracketed(["Raul", "Salinas", "slept", "."], ["B-PER", "I-PER", "O", "O"])
    '[Raul Salinas PER] slept .'
    """
    parts, last = [], 0
    for span in schemes.spans(tags):
        parts += [*words[last : span.start], f"[{' '.join([*words[span.start : span.stop], span.kind]).strip()}]"]
        last = span.stop
    return " ".join([*parts, *words[last:]])


def _facts(words: Sequence[str], found: Tagged, of_spans: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"words": list(words), "tags": found.tags}
    facts["probabilities"] = rounded(np.exp(found.log_probs))
    if of_spans:
        facts["spans"] = [
            {"type": span.kind, "text": " ".join(words[span.start : span.stop]), "start": span.start, "stop": span.stop}
            for span in schemes.spans(found.tags)
        ]
    return facts if found.label is None else {**facts, "label": found.label}
