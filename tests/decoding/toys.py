"""Small steppers whose every sequence can be counted out."""

import itertools

import numpy as np

from elman.decoding.stepper import Stepper


class Markov(Stepper):
    """The next token depends on the last two and on the input."""

    def __init__(self, size, seed=0, end=None, inputs=4, sparse=False):
        draw = np.random.default_rng(seed)
        table = draw.dirichlet(np.full(size, 0.6), (inputs, size, size))
        if sparse:
            table[draw.random(table.shape) < 0.3] = 0
        with np.errstate(divide="ignore"):
            self.table = np.log(table)
        self.size, self.start, self.end = size, 0, end

    def begin(self, inputs):
        return np.stack([inputs % len(self.table), np.zeros_like(inputs)], 1)

    def advance(self, ids, state):
        return self.table[state[:, 0], state[:, 1], ids], np.stack([state[:, 0], ids], 1)

    def log_prob(self, path, number):
        """Return log p of a whole path, its end included if it has one, token by token."""
        before = [0, self.start, *path]
        return sum(self.table[number, a, b, c] for a, b, c in zip(before, before[1:], path, strict=False))


class Table(Stepper):
    """The toy of the brief: the next token by the last one."""

    def __init__(self, rows, start, end):
        with np.errstate(divide="ignore"):
            self.rows = np.log(np.array(rows))
        self.size, self.start, self.end = len(rows), start, end

    def begin(self, inputs):
        return np.zeros(len(inputs))

    def advance(self, ids, state):
        return self.rows[ids], state


def every_path(stepper, most, number=0, prefix=()):
    """Yield every path that ends within `most` tokens, or is that long where there is no end, and its log p."""
    if stepper.end is None:
        for rest in itertools.product(range(stepper.size), repeat=most - len(prefix)):
            yield [*prefix, *rest], stepper.log_prob([*prefix, *rest], number)
        return
    others = [token for token in range(stepper.size) if token != stepper.end]
    for length in range(most - len(prefix)):
        for rest in itertools.product(others, repeat=length):
            yield [*prefix, *rest], stepper.log_prob([*prefix, *rest, stepper.end], number)


def told_apart(stepper, rows, tokens):
    """Assert that a stepper's nats of some tokens behind rows, and its state, are those of reading them all."""
    draw = np.random.default_rng(5)
    state = stepper.begin(np.arange(rows))
    for _ in range(2):
        state = stepper.advance(draw.choice(tokens, rows), state)[1]
    ids, behind = draw.choice(tokens, rows), np.sort(draw.integers(0, rows, 3 * rows))
    wanted = draw.choice(tokens, 3 * rows)
    log_probs, after = stepper.advance(ids, state)
    nats, told = stepper.nats_of(ids, state, behind, wanted)
    np.testing.assert_allclose(nats, -log_probs[behind, wanted], atol=1e-9)
    following = draw.choice(tokens, rows)
    np.testing.assert_allclose(stepper.advance(following, told)[0], stepper.advance(following, after)[0], atol=1e-9)
