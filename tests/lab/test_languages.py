"""Languages of counted letters: their sets, who is right, and several networks that learn as each would alone."""

import itertools

import numpy as np
import pytest
import torch

import elman.lab
from elman.lab.abreast import Abreast, Lesson, affordable
from elman.lab.counted import finite_reach, reach
from elman.lab.finite_states import Grams, HiddenMarkov, baum_welch
from elman.lab.languages import Counted, accepted, margins, up_to
from elman.lab.training import Network, Setting
from elman.layers.initialization import initialize

CELLS = ("lstm_1997", "peephole_lstm", "lstm", "gru", "elman")


def test_D44_T24_the_sets_are_those_of_all_strings_that_go_on_so():
    for letters in (2, 3):
        problem = Counted(letters, 10)
        words = [tuple(problem.word(n)) for n in range(1, 30)]
        some = problem.strings(range(1, 8))
        for row, word in enumerate(words[:7]):
            assert int(some.lengths[row]) == len(word) - 1
            for end in range(1, len(word)):
                after = {other[end] for other in words if other[:end] == word[:end]}
                assert {1 + int(one) for one in some.y[row, end - 1].nonzero()} == after
                assert int(some.x[row, end - 1].argmax()) == word[end - 1]


def test_T25_T26_right_up_to_n_means_every_string_before_and_nothing_behind_their_ends():
    problem = Counted(2, 4)
    some = problem.strings(range(1, 7))
    said = some.y - 0.5
    said[0, 3:] = 9.0  # behind the end of the first
    assert up_to(margins(said, some) > 0) == 6
    assert problem.score(said, some) == 1
    said[3, 4, 1] = -0.1  # one set of the fourth
    assert up_to(margins(said, some) > 0) == 3
    assert problem.score(said, some) == pytest.approx(5 / 6)
    assert margins(said, some)[3] == pytest.approx(-0.1)


def perfect(drawn, letters):
    """Return what somebody says who counts."""
    said = torch.full((*drawn.x.shape[:2], letters + 1), -1.0)
    for row, ids in enumerate(drawn.x.argmax(-1).tolist()):
        for place in range(len(ids)):
            past = ids[1 : place + 1]
            a, b = past.count(1), past.count(2)
            if past != sorted(past) or b > a:
                continue
            may = [0] if not past else [0, 1] if not b else [1] if b < a else [2]
            said[row, place, may] = 1.0
    return said


def test_T24_all_strings_are_judged_by_their_sets():
    problem = Counted(2, 4)
    texts = problem.every(6)
    assert len(texts.belong) == sum(2**size for size in range(1, 7))
    assert int(texts.belong.sum()) == 3
    assert torch.equal(accepted(perfect(texts.drawn, 2), texts.drawn), texts.belong)
    everything = torch.ones(*texts.drawn.x.shape[:2], 3)
    assert bool(accepted(everything, texts.drawn).all())


@pytest.mark.parametrize("cell", CELLS)
def test_networks_abreast_learn_as_each_would_alone(cell):
    problem, setting, seeds = Counted(2, 4), Setting("", cell, 3, 0.02, {}), (4, 7)
    drawn = problem.strings(range(1, 5))
    together = Abreast(problem, setting, seeds)
    for _ in range(5):
        together.update(drawn)
    with torch.no_grad():
        said = together.said(drawn)
    for number, seed in enumerate(seeds):
        network = Network(problem, setting)
        initialize(network, seed)
        optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
        for _ in range(5):
            optimizer.zero_grad()
            problem.loss(network(drawn), drawn).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        torch.testing.assert_close(said[number], network(drawn).detach(), atol=2e-4, rtol=0)


def enumerated(model, text):
    """Return the probability of a text, the sum over all paths."""
    states = range(len(model.start))
    total = 0.0
    for path in itertools.product(states, repeat=len(text)):
        p = model.start[path[0]] * model.emit[path[0], text[0]]
        for (one, other), symbol in zip(itertools.pairwise(path), text[1:], strict=True):
            p *= model.move[one, other] * model.emit[other, symbol]
        total += p
    return total


def test_a_hidden_markov_model_is_the_sum_over_paths_and_learning_raises_it():
    draw = np.random.default_rng(1)
    parts = [draw.dirichlet(np.ones(shape[-1]), shape[:-1]) for shape in ((3,), (3, 3), (3, 2))]
    model, text = HiddenMarkov(*parts), [0, 1, 1, 0, 1]
    following = model.following(text[:-1])
    first = enumerated(model, text[:1])
    chain = first * np.prod([following[t, symbol] for t, symbol in enumerate(text[1:])])
    assert chain == pytest.approx(enumerated(model, text), rel=1e-12)
    texts = [text, [1, 1, 0], [0, 0, 1]]
    before = -np.inf
    for rounds in (0, 1, 2, 5, 20):
        learned = baum_welch(texts, 3, 2, rounds, 1)
        likelihood = sum(np.log(enumerated(learned, one)) for one in texts)
        assert likelihood > before
        before = likelihood
    np.testing.assert_allclose(learned.move.sum(1), 1)


def chain_of(count):
    """Return an HMM that emits S, n a, n b and T for n up to a count: the one that counts as far as it has states."""
    states = 2 * count + 2
    move, emit = np.zeros((states, states)), np.zeros((states, 4))
    emit[0, 0] = emit[-1, 3] = move[-1, -1] = 1
    move[0, 1] = 1
    for n in range(1, count + 1):
        emit[n, 1] = emit[count + n, 2] = 1
        move[n, count + n] = 0.5
        if n < count:
            move[n, n + 1] = 0.5
        move[count + n, count + n - 1 if n > 1 else -1] = 1
    move[count, 2 * count] = 1
    return HiddenMarkov(np.eye(states)[0], move, emit)


def test_D44_a_finite_memory_counts_as_far_as_it_has_states():
    problem = Counted(2, 10)
    for count in (3, 12):
        assert finite_reach(problem, chain_of(count), 30) == count - 1  # it never saw one a more


def test_D44_baselines_remember_training_at_most():
    problem = Counted(2, 10)
    words = [problem.word(n) for n in range(1, 11)]
    assert [finite_reach(problem, Grams(words, 4, order), 30) for order in (2, 3, 5, 8, 12, 22, 40)] == [
        0, 0, 1, 3, 5, 9, 9,
    ]  # fmt: skip
    assert finite_reach(problem, baum_welch(words, 10, 4, 100, 1), 30) == 0
    assert 4 <= finite_reach(problem, baum_welch(words, 40, 4, 100, 1), 30) <= 9


def test_D44_the_cell_of_1997_counts_on_and_loses_nothing():
    problem = Counted(2, 10)
    found = reach(problem, Setting("", "lstm_1997", 3, 0.02, {}), [2, 5], 300, 40)
    assert max(found.counts) > 20
    assert found.leaks == []
    forgets = reach(problem, Setting("", "lstm", 3, 0.02, {}), [2, 3], 20, 40)
    assert all(0 < leak < 1 for leak in forgets.leaks)
    assert min(forgets.wrong) > 0
    assert affordable([Lesson(problem, Setting("", "lstm", 3, 0.02, {}), problem.strings([1, 2]))], 2, 0.001) >= 10


def test_D44_the_experiment_says_what_it_found():
    made = elman.lab.formal(updates=10, seeds=2, longest=4, most=12)
    assert made.values["22-gram, aⁿbⁿ"] == [3]
    assert len(made.values["LSTM of 1997, aⁿbⁿcⁿ"]) == 2
    assert len(made.values["HMM, 40 states, aⁿbⁿ"]) == 2
    assert "22-gram 3" in made.found.result
    assert "right up to n; an arrow: 12 or more" in made.svg()
