"""A sentence with a tag for each word, and the spans that tags make."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer, rounded
from elman.text import schemes
from elman.text.printed import on_one_line


class Tagged(NamedTuple):
    """What a model says to one sentence.

    Args:
        tags: of its words, in the scheme of the training files.
        log_probs: log p of each tag, nats; empty where nobody asked for them.
        label: of the sentence, None where it has none.
        chained: log p of each tag given the one before, nats; None where each is by itself.
    """

    tags: list[str]
    log_probs: np.ndarray
    label: str | None = None
    chained: np.ndarray | None = None

    def log_prob(self, start: int, stop: int) -> float:
        """Return log p (nats) of the tags of a stretch of words, all of them together."""
        chained = self.log_probs if self.chained is None else self.chained
        return float(self.log_probs[start] + chained[start + 1 : stop].sum())


def tagged(words: Sequence[str], found: Tagged, of_spans: bool, facts: bool, text: str | None = None) -> Answer:
    """Return what a model says to a sentence.

    Args:
        words: of the sentence.
        found: what it says.
        of_spans: whether tags mark spans.
        facts: whether those for JSON are wanted.
        text: in which the words stand; None where nobody knows, and blanks stand between them.
    """
    line = on_one_line(tagged_line(words, found.tags, of_spans))
    line = line if found.label is None else f"{on_one_line(found.label)}\t{line}"
    told = _facts(words, found, of_spans, " ".join(words) if text is None else text) if facts else {}
    return Answer(list(zip(words, found.tags, strict=True)), line, told)


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


def offsets_of(text: str, words: Sequence[str]) -> list[tuple[int, int] | None]:
    """Return where each word begins and where it ends in a text; None of a word that is not there, such as `el` of del.

    >>> offsets_of("don't stop", ["do", "n't", "stop"])
    [(0, 2), (2, 5), (6, 10)]
    """
    found: list[tuple[int, int] | None] = []
    end, lost = 0, False
    for word in words:
        start = text.find(word, end) if word else -1
        there = start >= 0 and (lost or not any(map(str.isalnum, text[end:start])))
        found.append((start, start + len(word)) if there else None)
        end, lost = (start + len(word), False) if there else (end, True)
    return found


def _facts(words: Sequence[str], found: Tagged, of_spans: bool, text: str) -> dict[str, Any]:
    offsets = offsets_of(text, words)
    facts: dict[str, Any] = {"text": text, "words": list(words), "offsets": offsets, "tags": found.tags}
    facts["probabilities"] = rounded(np.exp(found.log_probs))
    if of_spans:
        facts["spans"] = [_span(span, words, offsets, text, found) for span in schemes.spans(found.tags)]
    return facts if found.label is None else {**facts, "label": found.label}


def _span(
    span: schemes.Span, words: Sequence[str], offsets: Sequence[tuple[int, int] | None], text: str, found: Tagged
) -> dict[str, Any]:
    """Return a span by its words, `start` to before `stop`, and by the characters of the text.

    Its `confidence` is the probability that all of its words have just these tags.
    """
    first, last = offsets[span.start], offsets[span.stop - 1]
    there = first is not None and last is not None
    start, end = (first[0], last[1]) if first is not None and last is not None else (None, None)
    return {
        "type": span.kind,
        "text": text[start:end] if there else " ".join(words[span.start : span.stop]),
        "start": span.start,
        "stop": span.stop,
        "start_char": start,
        "end_char": end,
        "confidence": round(float(np.exp(found.log_prob(span.start, span.stop))), 4),
    }
