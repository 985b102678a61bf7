"""Statistics of many pieces are kept as sums of stretches: the same numbers of resampled data, and little memory."""

import tracemalloc

import numpy as np
import pytest

from elman.comparison.bootstrap import Resamples
from elman.evaluation.base import ByPiece
from elman.evaluation.classes import label_scores
from elman.evaluation.stretches import borders, summed

COUNT, LABELS = 5000, 100


@pytest.mark.parametrize("count", [1, 3, 999, 1000, 1001, 2500])
def test_stretches_are_sums_of_neighbors(count):
    rows = np.random.default_rng(count).integers(0, 9, (count, 2)).astype(np.float64)
    found = summed(iter(rows), count)
    assert len(found) == min(count, 1000)
    np.testing.assert_array_equal(found, np.add.reduceat(rows, borders(count)))
    assert borders(0).tolist() == []


def test_what_is_resampled_of_labels_is_the_same_and_takes_little_memory():
    gold, given = np.random.default_rng(1).integers(0, LABELS, (2, COUNT))
    given = np.where(np.random.default_rng(2).random(COUNT) < 0.6, gold, given)
    names = [[f"label {one:02}" for one in side] for side in (gold.tolist(), given.tolist())]
    found = label_scores(*names, "texts")
    tracemalloc.start()
    try:
        pieces = ByPiece("texts", names[0], 0, 0, found.observed).pieces()["macro_f1"]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 * COUNT * 3 * LABELS / 2  # half of what a number for each text and label takes
    true, said = (side[:, None] == np.arange(LABELS) for side in (gold, given))
    every = np.concatenate([true & said, ~true & said, true & ~said], axis=1).astype(np.float64)
    resamples = Resamples(len(pieces.statistics))
    np.testing.assert_array_equal(resamples.sums(pieces.statistics), Resamples(COUNT).sums(every))
    assert pieces.value == pytest.approx(found.scores[1].value, rel=1e-12)
