"""Targets that are searched for, drawn and read, against every path of a toy counted out."""

import numpy as np
import pytest

from elman.decoding.choice import Choice
from elman.decoding.length_rules import Average, SumOfLogs
from elman.decoding.targets import TargetWriter, read_targets
from tests.decoding.toys import Markov, every_path

SIZE = 4
END = SIZE - 1
MOST, LEAST = np.array([4, 3, 4, 2]), np.zeros(4, np.int64)
KEYS = [7, 8, 9, 10]


def best(number, most, count, prefix=(), least=0):
    stepper = Markov(SIZE, 5, end=END)
    paths = [(log_prob, path) for path, log_prob in every_path(stepper, most, number, prefix) if len(path) >= least]
    return sorted(paths, key=lambda one: -one[0])[:count]


@pytest.mark.parametrize(("count", "prefix", "least"), [(1, [], 0), (3, [], 0), (2, [1], 0), (2, [], 2)])
def test_a_wide_search_finds_the_likeliest_targets(count, prefix, least):
    writer = TargetWriter(64, SumOfLogs(), prefix=np.array(prefix, np.int64))
    found = writer.write(Markov(SIZE, 5, end=END), MOST, LEAST + least, count, KEYS)
    for number, (most, paths) in enumerate(zip(MOST, found, strict=True)):
        shortest = min(least, most - 1)
        expected = best(number, max(most, len(prefix) + 1), count, prefix, shortest)
        assert [one.ids for one in paths] == [path for _, path in expected]
        assert [one.log_prob for one in paths] == pytest.approx([log_prob for log_prob, _ in expected])


def test_draws_have_their_log_probability_and_depend_on_nothing_beside_them():
    writer, stepper = TargetWriter(0, choice=Choice(1.5), seed=3), Markov(SIZE, 5, end=END)
    together = writer.write(stepper, MOST, LEAST, 6, KEYS)

    class One(Markov):
        def begin(self, inputs):
            return super().begin(inputs + self.number)

    for number, found in enumerate(together):
        assert 1 < len({tuple(one.ids) for one in found}) == len(found)
        assert [one.log_prob for one in found] == sorted((one.log_prob for one in found), reverse=True)
        for one in found:
            path = [*one.ids, END] if one.ended else one.ids
            assert len(path) <= MOST[number]
            assert one.log_prob == pytest.approx(stepper.log_prob(path, number))
        alone = One(SIZE, 5, end=END)
        alone.number = number
        [again] = writer.write(alone, MOST[[number]], LEAST[[number]], 6, KEYS[number : number + 1])
        assert [one.ids for one in again] == [one.ids for one in found]


def test_draws_go_on_from_a_prefix_whose_part_of_the_log_probability_is_told():
    prefix, stepper = np.array([2, 1]), Markov(SIZE, 5, end=END)
    found = TargetWriter(0, prefix=prefix).write(stepper, MOST + 2, LEAST, 2, KEYS)
    for number, texts in enumerate(found):
        for one in texts:
            assert one.ids[:2] == [2, 1]
            assert one.given == pytest.approx(stepper.log_prob([2, 1], number))


def test_draws_come_as_often_as_they_are_likely():
    stepper, most = Markov(SIZE, 5, end=END, inputs=1), 3
    keys = range(4000)
    writer = TargetWriter(0, seed=11)
    drawn = writer.write(stepper, np.full(len(keys), most), np.zeros(len(keys), np.int64), 1, keys)
    for path, log_prob in every_path(stepper, most):
        share = np.mean([one.ended and one.ids == path for [one] in drawn])
        assert share == pytest.approx(np.exp(log_prob), abs=4 * np.sqrt(np.exp(log_prob) / len(keys)) + 1e-3)


def test_what_a_search_found_is_as_likely_when_it_is_read():
    stepper = Markov(SIZE, 5, end=END)
    writer = TargetWriter(3, Average(0.5))
    found = writer.write(stepper, MOST, LEAST, 3, KEYS)
    inputs = np.repeat(np.arange(4), [len(one) for one in found])
    flat = [one for texts in found for one in texts]
    read = read_targets(stepper, inputs, [one.ids for one in flat], [one.ended for one in flat], Average(0.5))
    assert [one.log_prob for one in read] == pytest.approx([one.log_prob for one in flat])
    assert [one.score for one in read] == pytest.approx([one.score for one in flat])


def test_reading_nothing_gives_nothing():
    assert read_targets(Markov(SIZE, 5, end=END), np.zeros(0, np.int64), [], [], SumOfLogs()) == []
