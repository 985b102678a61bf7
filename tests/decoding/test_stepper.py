"""What every stepper can do, from its single steps."""

import numpy as np
import pytest

from elman.decoding.choice import Banned, Choice
from elman.decoding.until import Until
from tests.decoding.toys import Markov

LENGTHS = np.array([3, 1, 6, 2])


def texts():
    return np.random.default_rng(0).integers(0, 4, (4, 6))


def test_reading_scores_all_but_the_first_and_leaves_the_last_for_the_next_call():
    stepper, ids = Markov(4, 1), texts()
    read = stepper.read(ids, LENGTHS, stepper.begin(np.arange(4)))
    assert read.nats.shape == (4, 5)
    for row, length in enumerate(LENGTHS.tolist()):
        state = stepper.begin(np.array([row]))
        for t in range(length - 1):
            log_probs, state = stepper.advance(ids[row, t : t + 1], state)
            assert read.nats[row, t] == -log_probs[0, ids[row, t + 1]]
        assert (read.nats[row, length - 1 :] == 0).all()
        pending = ids[row, length - 1 : length]
        one = stepper.select(read.state, np.array([row]))
        assert np.array_equal(stepper.advance(pending, one)[0], stepper.advance(pending, state)[0])


def test_reading_keeps_where_was_looked_if_that_is_wanted_and_known():
    class Watching(Markov):
        def looked(self, state):
            return np.eye(4)[state[:, 1]]

    ids = texts()
    for stepper in (Watching(4, 1), Until(Watching(4, 1), 3)):
        read = stepper.read(ids, LENGTHS, stepper.begin(np.arange(4)), ["looked"])
        assert read.kept["looked"].shape == (4, 5, 4)
        for row, length in enumerate(LENGTHS.tolist()):
            assert read.kept["looked"][row, : length - 1].argmax(-1).tolist() == ids[row, : length - 1].tolist()
            assert not read.kept["looked"][row, length - 1 :].any()
        assert stepper.read(ids, LENGTHS, stepper.begin(np.arange(4))).kept == {}
    assert Markov(4, 1).read(ids, LENGTHS, Markov(4, 1).begin(np.arange(4)), ["looked"]).kept == {}


def test_a_text_in_pieces_reads_as_the_whole():
    stepper, ids = Markov(4, 1), texts()
    whole = stepper.read(ids, None, stepper.begin(np.arange(4)))
    first = stepper.read(ids[:, :3], None, stepper.begin(np.arange(4)))
    second = stepper.read(ids[:, 2:], None, first.state)
    assert np.array_equal(np.hstack([first.nats, second.nats]), whole.nats)
    assert np.array_equal(second.state, whole.state)


def test_the_best_leave_out_the_end_and_what_is_banned():
    stepper = Markov(5, 2, end=1)
    state = stepper.begin(np.arange(3))
    log_probs, _ = stepper.advance(np.array([0, 2, 3]), state)
    best = stepper.best(np.array([0, 2, 3]), state, 2, Banned([4], [1, 2], [0, 1]))
    for row, out in enumerate([{1, 4}, {1, 4, 0}, {1, 4}]):
        left = sorted((token for token in range(5) if token not in out), key=lambda token: -log_probs[row, token])
        assert best.ids[row].tolist() == left[:2]
        assert best.log_probs[row].tolist() == log_probs[row, left[:2]].tolist()
    assert best.log_end.tolist() == [log_probs[0, 1], log_probs[1, 1], -np.inf]


def test_drawing_is_what_the_next_call_goes_on_from():
    stepper, draws = Markov(4, 3), np.random.default_rng(1).random((2, 7))
    ids, state = np.array([0, 2]), stepper.begin(np.arange(2))
    whole, end = stepper.draw(ids, state, Choice(), draws)
    first, state = stepper.draw(ids, state, Choice(), draws[:, :3])
    second, state = stepper.draw(first[:, -1], state, Choice(), draws[:, 3:])
    assert np.array_equal(whole, np.hstack([first, second]))
    assert np.array_equal(end, state)


def test_states_may_be_tuples_of_arrays():
    stepper = Markov(4)
    one, other = (np.arange(3), (np.eye(3),)), (np.arange(2), (np.ones((2, 3)),))
    numbers, (rows,) = stepper.select(stepper.join([one, other]), np.array([4, 0]))
    assert numbers.tolist() == [1, 0]
    assert rows.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_what_is_banned_is_drawn_where_nothing_else_is_possible():
    stepper = Markov(3, 0, sparse=False)
    stepper.table[:] = [-np.inf, 0.0, -np.inf]
    found, _ = stepper.draw(np.array([0]), stepper.begin(np.array([0])), Choice(), np.array([[0.3]]), Banned([1]))
    assert found.tolist() == [[1]]


@pytest.mark.parametrize("length", [0, 1, 4])
def test_rows_of_no_batch(length):
    stepper = Markov(4)
    read = stepper.read(np.empty((0, length + 1), np.int64), None, stepper.begin(np.empty(0, np.int64)))
    assert read.nats.shape == (0, length)
    assert len(read.state) == 0
