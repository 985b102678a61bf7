"""How likely separate lines are, and each token of them."""

from collections.abc import Iterator, Sequence
from math import log
from typing import NamedTuple

import numpy as np

from elman.data.batching import line_batches
from elman.tasks.base.protocols import LanguageModel, ReadsSequences
from elman.tasks.lm import LanguageModeling


class TokenScore(NamedTuple):
    """What a model gives to one token.

    Args:
        token: the token, as it is shown.
        log10: log10 p of it after those before it in its line.
        order: how many tokens the n-gram had that gave it; None where there are no n-grams.
        unknown: whether the vocabulary lacks it.
    """

    token: str
    log10: float
    order: int | None
    unknown: bool


class LineScore(NamedTuple):
    """What a model gives to one line.

    Args:
        text: the line.
        log_prob_nats: Σ log p of its tokens and of its end, at most 0.
        tokens: how many that are.
        unknown: how many of them the vocabulary lacks.
        perplexity: exp(-log_prob_nats / tokens).
    """

    text: str
    log_prob_nats: float
    tokens: int
    unknown: int
    perplexity: float


class _Lines(NamedTuple):
    """Encoded lines, one behind the other, and what a model gives to each token."""

    ids: np.ndarray
    ends: np.ndarray
    log_probs: np.ndarray
    orders: np.ndarray | None


def score_lines(task: LanguageModeling, model: LanguageModel, lines: Sequence[str]) -> list[LineScore]:
    """Return the log-probability of separate lines, each with its end and from the start of a text."""
    if not lines:
        return []
    found = _read(task, model, lines)
    starts, lengths = np.concatenate([[0], found.ends[:-1]]), np.diff(found.ends, prepend=0)
    totals = np.add.reduceat(found.log_probs, starts)
    unknown = np.add.reduceat(found.ids == _unknown_id(task), starts, dtype=np.int64)
    with np.errstate(over="ignore"):
        perplexities = np.exp(-totals / lengths)
    columns = (totals.tolist(), lengths.tolist(), unknown.tolist(), perplexities.tolist())
    return list(map(LineScore, lines, *columns))


def score_tokens(task: LanguageModeling, model: LanguageModel, lines: Sequence[str]) -> Iterator[list[TokenScore]]:
    """Yield what each token of each line gets, the end of the line included."""
    if not lines:
        return
    found = _read(task, model, lines)
    log10, first = (found.log_probs / log(10)).tolist(), 0
    orders = [None] * len(log10) if found.orders is None else found.orders.tolist()
    unknown = (found.ids == _unknown_id(task)).tolist()
    tokens, shown = task.vocabulary.tokens, task.tokenizer.shown
    for stop in found.ends.tolist():
        ids = found.ids[first:stop].tolist()
        names = (shown(tokens[i]) for i in ids)
        span = slice(first, stop)
        yield list(map(TokenScore, names, log10[span], orders[span], unknown[span]))
        first = stop


def _unknown_id(task: LanguageModeling) -> int:
    return -1 if task.vocabulary.unknown_id is None else task.vocabulary.unknown_id


def _read(task: LanguageModeling, model: LanguageModel, lines: Sequence[str]) -> _Lines:
    ids, ends = _encode(task, lines)
    if isinstance(model, ReadsSequences):
        return _Lines(ids, ends, *model.read_sequences(ids, ends, task.start_id))
    log_probs, starts = np.empty(len(ids)), np.concatenate([[0], ends[:-1]])
    for numbers, batch in line_batches(np.split(ids, ends[:-1]), task.start_id):
        nll, _ = model.nll(batch, model.initial_state(batch.size))
        for number, row in zip(numbers.tolist(), nll, strict=True):
            log_probs[starts[number] : ends[number]] = -row[: ends[number] - starts[number]]
    return _Lines(ids, ends, log_probs, None)


def _encode(task: LanguageModeling, lines: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the ids of lines, each with its end, one behind the other, and where each of them ends."""
    text, newline = "\n".join(lines) + "\n", task.tokenizer.newline
    if newline in task.vocabulary and text.count("\n") == len(lines):
        ids = task.tokenizer.encode(text, task.vocabulary)
        ends = np.flatnonzero(ids == int(task.vocabulary.encode([newline])[0])) + 1
        if len(ends) == len(lines):
            return ids, ends
    # A line that holds a line break, or the very token that stands for one.
    encoded = [task.tokenizer.encode(line + "\n", task.vocabulary) for line in lines]
    return np.concatenate(encoded), np.cumsum([len(ids) for ids in encoded])
