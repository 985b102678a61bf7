"""Features and links, against counting one by one."""

from collections import Counter

import numpy as np
import pytest

from elman.ngram.features import NONE, Features, active, links_of
from elman.ngram.skipgrams import NOTHING, histories, templates


@pytest.fixture(scope="module")
def text():
    """A text of lines: ids, templates, columns."""
    ids = np.random.default_rng(3).integers(0, 9, 600)
    looks = templates(3, 2, 3)
    return ids, looks, histories(ids, 0, 4)


def naive(ids, looks, columns):
    """Return how often each word followed each feature, by template and named words."""
    found = Counter()
    for place, word in enumerate(ids.tolist()):
        for number, one in enumerate(looks):
            if one.reach and columns[one.reach - 1][place] == NOTHING:
                continue
            found[number, tuple(int(columns[back - 1][place]) for back in one.places), word] += 1
    return found


@pytest.mark.parametrize("least", [1, 3])
def test_counts_are_those_of_counting_one_by_one(text, least):
    ids, looks, columns = text
    features = Features.of(columns, ids, looks, 9, least)
    pairs = naive(ids, looks, columns)
    totals = Counter()
    for (number, words, _), count in pairs.items():
        totals[number, words] += count
    totals = {key: count for key, count in totals.items() if count >= least}
    assert features.totals.sum() == sum(totals.values())
    assert sorted(features.totals.tolist()) == sorted(totals.values())
    which = active(columns, looks, features.keys, features.begins)
    links = links_of(which, ids, features.starts, features.targets)
    for place in range(len(ids)):
        for number, one in enumerate(looks):
            lacks = one.reach and columns[one.reach - 1][place] == NOTHING
            words = tuple(int(columns[back - 1][place]) for back in one.places)
            if lacks or (number, words) not in totals:
                assert which[place, number] == links[place, number] == NONE
                continue
            feature, link = which[place, number], links[place, number]
            assert features.begins[number] <= feature < features.begins[number + 1]
            assert features.totals[feature] == totals[number, words]
            assert features.starts[feature] <= link < features.starts[feature + 1]
            assert (features.targets[link], features.counts[link]) == (ids[place], pairs[number, words, ids[place]])


def test_threads_count_the_same(text):
    ids, looks, columns = text
    one, two = (Features.of(columns, ids, looks, 9, threads=threads) for threads in (1, 2))
    assert all((left == right).all() for left, right in zip(one, two, strict=True))


def test_a_word_that_never_followed_has_no_link(text):
    ids, looks, columns = text
    features = Features.of(columns, ids, looks, 12)
    which = active(columns, looks, features.keys, features.begins)
    for never in (9, 11):  # above all words of a row; searches must not run over its end
        assert (links_of(which, np.full(len(ids), never), features.starts, features.targets) == NONE).all()


def test_a_text_of_nothing_has_no_features():
    features = Features.of([np.empty(0, np.int32)], np.empty(0, np.int64), templates(2, 0, 2), 4)
    assert len(features.keys) == len(features.totals) == 0
    assert (active([np.array([1])], templates(2, 0, 2), features.keys, features.begins) == NONE).all()
