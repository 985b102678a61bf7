"""Words that are written backwards, by way of one vector and with attention."""

import math

import elman.lab
from elman.lab.backwards import LETTERS, pairs, shares


class Backwards:
    """Writes what is short enough."""

    def __init__(self, most):
        self.most = most

    def predict(self, sources):
        return [source[::-1][: self.most] for source in sources]


def test_words_have_all_lengths_and_stand_backwards():
    some = pairs(2000, 12, 1)
    assert {len(source) for source, _ in some} == set(range(1, 13))
    assert all(target == source[::-1] for source, target in some)
    assert {letter for source, _ in some for letter in source} == set(LETTERS)
    assert pairs(5, 12, 1) == some[:5] != pairs(5, 12, 2)


def test_a_word_counts_where_all_of_it_is_right():
    assert shares(Backwards(5), pairs(500, 12, 3), 12) == [1.0, 0.0, 0.0]
    assert math.isnan(shares(Backwards(12), [("ab", "ba")], 12)[1])
    assert shares(Backwards(12), pairs(500, 12, 3), 12) == [1.0, 1.0, 1.0]


def test_E1_the_bottleneck_is_measured_by_length():
    made = elman.lab.bottleneck(longest=12, units=4, updates=2, words=64, tests=40)
    assert list(made.values) == ["initial, start of the decoder", "context, input of each step", "unfed, attention"]
    assert all(len(shares) == 3 and max(shares) <= 1 for shares in made.values.values())
    assert [row[0] for row in made.found.tables[0].rows] == list(made.values)
    assert made.found.tables[0].columns[1:] == ["1-5", "6-10", "11-12"]
    assert "Attention: " in made.found.result
