"""What metrics observe."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Likelihood(NamedTuple):
    """What a language model gave to a text: the observation of perplexity and its kin.

    Args:
        nats: Σ -log p of the tokens.
        tokens: how many tokens.
        characters: how many characters they stand for, line breaks included; 0 if nobody counted.
    """

    nats: float
    tokens: int
    characters: int = 0


class Matches(NamedTuple):
    """How many decisions were right, out of how many; a part of one, where several answers were equally good."""

    correct: float
    total: int


class Decisions(NamedTuple):
    """What became of the decisions for and against each of K classes.

    Args:
        true_positives: (K,), how often the class was rightly given.
        false_positives: (K,), how often it was wrongly given.
        false_negatives: (K,), how often it was missed.
    """

    true_positives: np.ndarray
    false_positives: np.ndarray
    false_negatives: np.ndarray


class Failures(NamedTuple):
    """How many answers of each of K kinds of questions were wrong.

    Args:
        wrong: (K,), how many.
        asked: (K,), out of how many.
    """

    wrong: np.ndarray
    asked: np.ndarray


class SpanCounts(NamedTuple):
    """How many spans were found in the right place and of the right kind, how many were given, and how many there are.

    Source: the counts of conlleval (CoNLL-2000).
    """

    correct: int
    predicted: int
    gold: int


class TypedSpans(NamedTuple):
    """What became of the spans of each of K types.

    Args:
        correct: (K,), how many were found in the right place.
        predicted: (K,), how many were given.
        gold: (K,), how many there are.
    """

    correct: np.ndarray
    predicted: np.ndarray
    gold: np.ndarray


class Written(NamedTuple):
    """What was written, and what it should have been.

    Args:
        hypotheses: one text for each example.
        references: of each example, one text or several that would all be right.
    """

    hypotheses: Sequence[str]
    references: Sequence[Sequence[str]]


class Variants(Written):
    """What was written, and what it should have been: several texts are right for some, as of pronunciations."""

    __slots__ = ()


class WrittenTokens(NamedTuple):
    """What was written, and what it should have been, cut into tokens.

    Args:
        hypotheses: the tokens of one text for each example.
        references: of each example, those of one text or several that would all be right.
    """

    hypotheses: Sequence[Sequence[str]]
    references: Sequence[Sequence[Sequence[str]]]


class Edits(NamedTuple):
    """How many changes make what was written what it should have been, and how many tokens that has."""

    changes: int
    tokens: int


class Keystrokes(NamedTuple):
    """How many keys were pressed for a text, and how many characters it has."""

    keys: int
    characters: int


class Ranked(NamedTuple):
    """Where in n lists stands what was wanted, from 1 on, (n,); 0 where it is not there."""

    places: Sequence[int]


class Pairs(NamedTuple):
    """What is true and what was predicted of n things, as numbers: two arrays (n,)."""

    gold: np.ndarray
    predicted: np.ndarray


class Scaled(NamedTuple):
    """What is true and what was forecast of n numbers, and what an error of each is measured by.

    Args:
        gold: (n,).
        predicted: (n,).
        scales: (n,), larger than 0.
    """

    gold: np.ndarray
    predicted: np.ndarray
    scales: np.ndarray


class BinaryScores(NamedTuple):
    """Which of two classes n things have, and how sure a model is of the second.

    Args:
        second: (n,), whether it has the second.
        scores: (n,), the larger the surer, such as log-odds.
    """

    second: np.ndarray
    scores: np.ndarray


class Quantiles(NamedTuple):
    """What is true of n numbers, and the quantiles that were forecast of each.

    Args:
        gold: (n,).
        forecasts: (n, Q).
        levels: which quantiles, (Q,), in order.
    """

    gold: np.ndarray
    forecasts: np.ndarray
    levels: np.ndarray


class WrongBits(NamedTuple):
    """How many bits are wrong, in how many sequences."""

    wrong: int
    sequences: int
