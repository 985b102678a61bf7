"""n-grams that are cut once: how often each is in each text, against counting by hand."""

import random
from collections import Counter

import numpy as np
import pytest

from elman.models.base.ngram_counts import NgramCounts
from elman.models.base.tfidf import EDGE, Tfidf


def cut(parts, longest):
    return [tuple(part[i : i + n]) for part in parts for n in range(1, longest + 1) for i in range(len(part) - n + 1)]


def drawn(seed):
    draw = random.Random(seed)
    return [
        [[draw.choice([EDGE, 0, 1, 2, 70_000]) for _ in range(draw.randrange(6))] for _ in range(draw.randrange(3))]
        for _ in range(12)
    ]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("longest", "least"), [(1, 1), (2, 1), (3, 3), (9, 1), (2, 1000)])
def test_counts_are_those_of_counters(seed, longest, least):
    texts = drawn(seed)
    counts = NgramCounts.of(texts, longest).frequent(least)
    every = Counter(ngram for text in texts for ngram in cut(text, longest))
    known = sorted(ngram for ngram, times in every.items() if times >= least)
    assert counts.ngrams.shape == (len(known), longest)
    assert [tuple(row[row != -1].tolist()) for row in counts.ngrams] == known
    found = list(zip(counts.texts.tolist(), counts.columns.tolist(), counts.times.tolist(), strict=True))
    expected = [
        (row, column, times)
        for row, text in enumerate(texts)
        for column, ngram in enumerate(known)
        if (times := Counter(cut(text, longest))[ngram])
    ]
    assert found == expected
    assert counts.size == len(texts)


@pytest.mark.parametrize("least", [1, 2])
def test_rows_of_training_texts_are_those_of_any(least):
    texts = drawn(2)
    counts = NgramCounts.of(texts, 3).frequent(least)
    learned = Tfidf.learn(counts)
    rows = learned.rows(counts)
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows, strict=True):
        alone = learned.row(text)
        assert row.keys() == alone.keys()
        assert max((abs(row[column] - alone[column]) for column in row), default=0) < 1e-15
        assert not row or abs(sum(value * value for value in row.values()) - 1) < 1e-12


@pytest.mark.parametrize("texts", [[], [[]], [[], [[]]]])
@pytest.mark.parametrize("longest", [0, 2])
def test_nothing_has_no_ngrams(texts, longest):
    counts = NgramCounts.of(texts, longest)
    assert counts.ngrams.shape == (0, longest)
    assert Tfidf.learn(counts).rows(counts.frequent(1)) == [{} for _ in texts]
    assert NgramCounts.of([[[1, 2]], [[3]]], 0).ngrams.shape == (0, 0)
    assert np.array_equal(NgramCounts.of([[[1, 2]], [[3]]], 2).texts, [0, 0, 0, 1])
