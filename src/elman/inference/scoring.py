"""How likely separate lines are, and each token of them."""

from collections.abc import Iterator, Sequence
from functools import partial
from math import log
from typing import Any, NamedTuple

import numpy as np

from elman.data.records import Example
from elman.decoding.choice import check_numbers
from elman.decoding.stepper import Stepper
from elman.evaluation.likelihood import read_lines
from elman.text.tokenization import Tokenization


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


def score_lines(stepper: Stepper, tokens: Tokenization, lines: Sequence[str]) -> list[LineScore]:
    """Return the log-probability of separate lines, each with its end and from the start of a text.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    if not lines:
        return []
    ids, ends = tokens.lines(lines)
    nats = read_lines(stepper, ids, ends).nats
    starts, lengths = np.concatenate([[0], ends[:-1]]), np.diff(ends, prepend=0)
    totals = -np.add.reduceat(nats, starts)
    check_numbers(totals)
    unknown = np.diff(np.searchsorted(np.flatnonzero(_unknown(tokens, ids)), ends), prepend=0)
    with np.errstate(over="ignore"):
        perplexities = np.exp(-totals / lengths)
    columns = (totals.tolist(), lengths.tolist(), unknown.tolist(), perplexities.tolist())
    # As LineScore(...) makes them, without the call of a Python function for each.
    return list(map(partial(tuple.__new__, LineScore), zip(lines, *columns, strict=True)))


def score_targets(task: Any, model: Any, examples: Sequence[Example]) -> list[LineScore]:
    """Return how likely the target of each example is after its source, the end included.

    Args:
        task: one that writes.
        model: its model.
        examples: with targets, of which the first of several is scored.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    found, scores = task.read_targets(model, examples, False), []
    check_numbers(np.array([one.log_prob for one in found]))
    for example, one in zip(examples, found, strict=True):
        text, count = task.gold(example)["target"], len(one.tokens) + 1
        unknown = sum(task.writer.counts(task.writer.encode([text])).values()) - len(one.tokens)
        with np.errstate(over="ignore"):
            perplexity = float(np.exp(-one.log_prob / count))
        scores.append(LineScore(text, one.log_prob, count, unknown, perplexity))
    return scores


def score_tokens(stepper: Stepper, tokens: Tokenization, lines: Sequence[str]) -> Iterator[list[TokenScore]]:
    """Yield what each token of each line gets, the end of the line included.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    if not lines:
        return
    ids, ends = tokens.lines(lines)
    found = read_lines(stepper, ids, ends, orders=True)
    check_numbers(found.nats)
    log10, first = -found.nats / log(10), 0
    unknown = _unknown(tokens, ids)
    for stop in ends.tolist():
        span = slice(first, stop)
        orders = [None] * (stop - first) if found.orders is None else found.orders[span].tolist()
        names = map(tokens.shown, ids[span].tolist())
        yield list(map(TokenScore, names, log10[span].tolist(), orders, unknown[span].tolist()))
        first = stop


def _unknown(tokens: Tokenization, ids: np.ndarray) -> np.ndarray:
    """Return which tokens stand for what the vocabulary lacks."""
    return ids == (-1 if tokens.vocabulary.unknown_id is None else tokens.vocabulary.unknown_id)
